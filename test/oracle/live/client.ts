/** A client of a side: requests on connections of their own, and the pages of balancer-manager. */
import { request } from 'node:http';
import type { Ask, Got, MemberState, Parameters } from '../case.ts';
import { hostOf, memberUrl, NONCE } from './conf.ts';

/** Sends `ask`; resolves with what came back when it is complete or broke off. */
export function send(port: number, name: string, ask: Ask, order: string): Promise<Got> {
  const headers: string[] = ['Host', hostOf(name), 'X-Ask', order];
  if (ask.cookie !== null) headers.push('Cookie', ask.cookie);
  if (ask.post !== null && !ask.chunked) headers.push('Content-Length', String(ask.post));
  if (ask.post !== null && ask.chunked) headers.push('Transfer-Encoding', 'chunked');
  const body = ask.post === null ? null : Buffer.alloc(ask.post, 'p');
  return exchange(port, ask.method, ask.target, headers, body).then(({ status, cookie, body }) => ({
    status,
    cookie,
    body: body.length,
  }));
}

interface Answer {
  readonly status: number;
  readonly cookie: string | null;
  readonly body: Buffer;
}

/** Status 0: the connection was closed without an answer. */
function exchange(
  port: number,
  method: string,
  path: string,
  headers: readonly string[],
  body: Buffer | null,
): Promise<Answer> {
  return new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false });
    sent.once('error', () => resolve({ status: 0, cookie: null, body: Buffer.alloc(0) }));
    sent.once('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', () => {}); // broke off: `close` follows
      response.once('close', () => {
        const cookie = response.headers['set-cookie']?.join(' | ') ?? null;
        resolve({ status: response.statusCode ?? 0, cookie, body: Buffer.concat(parts) });
      });
    });
    sent.end(body ?? undefined);
  });
}

/** Letters of the words that balancer-manager shows. */
const letters: Readonly<Record<string, string>> = {
  Init: '',
  Ok: '',
  Ign: 'I',
  Drn: 'N',
  Gen: 'G',
  Shut: 'U',
  Dis: 'D',
  Stop: 'S',
  Err: 'E',
  Stby: 'H',
  Spar: 'R',
  Free: 'F',
  HcFl: 'C',
};

/** Every member's state as balancer-manager shows it (spec: httpd 8.5). */
export async function managerState(port: number, name: string): Promise<MemberState[]> {
  const headers = ['Host', hostOf(name), 'Referer', `http://${hostOf(name)}/`];
  const { status, body } = await exchange(port, 'GET', '/balancer-manager?xml=1', headers, null);
  if (status !== 200) throw new Error(`balancer-manager answered ${status}: ${body}`);
  const workers = body.toString().match(/<httpd:worker>.*?<\/httpd:worker>/gs) ?? [];
  return workers.map((worker) => {
    const field = (tag: string) => worker.split(`<httpd:${tag}>`)[1]?.split('<')[0] ?? '';
    const words = field('status').trim().split(' ');
    const flags = words.map((word) => letters[word] ?? `?${word}`).sort();
    const columns = ['lbstatus', 'elected', 'busy', 'transferred', 'read'].map(field).map(Number);
    return [...columns, flags.join('')] as unknown as MemberState;
  });
}

/** Sends a form of balancer-manager; `memberPort` null: the balancer's. */
export async function manage(
  port: number,
  name: string,
  memberPort: number | null,
  set: Parameters,
): Promise<void> {
  const fields = { b: name, nonce: NONCE, ...set };
  const form = new URLSearchParams(
    memberPort === null ? fields : { ...fields, w: memberUrl(memberPort) },
  ).toString();
  const headers = ['Host', hostOf(name), 'Referer', `http://${hostOf(name)}/`];
  headers.push('Content-Type', 'application/x-www-form-urlencoded');
  headers.push('Content-Length', String(form.length));
  const { status } = await exchange(port, 'POST', '/balancer-manager', headers, Buffer.from(form));
  if (status !== 200) throw new Error(`balancer-manager answered a form with ${status}`);
}
