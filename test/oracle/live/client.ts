/** A client of a side: requests on connections of their own, and the pages of balancer-manager. */
import { type Agent, type ClientRequest, type RequestOptions, request } from 'node:http';
import type { Ask, Got, MemberState, Parameters } from '../case.ts';
import { hostOf, memberUrl, NONCE } from './conf.ts';

export interface Sent {
  /** What came back, when it is complete or broke off. */
  readonly got: Promise<Got>;
  /** Whether the connection carried a request before; known once the request is on its way. */
  keptAlive(): boolean;
}

/** Sends `ask` on a connection of `agent`; false: on one of its own. */
export function send(
  port: number,
  name: string,
  ask: Ask,
  order: string,
  agent: Agent | false,
): Sent {
  const headers: string[] = ['Host', hostOf(name), 'X-Ask', order];
  if (ask.cookie !== null) headers.push('Cookie', ask.cookie);
  if (ask.post !== null && !ask.chunked) headers.push('Content-Length', String(ask.post));
  if (ask.post !== null && ask.chunked) headers.push('Transfer-Encoding', 'chunked');
  const options = { port, method: ask.method, path: ask.target, headers, agent };
  const { sent, answer } = exchange(
    options,
    ask.post === null ? null : Buffer.alloc(ask.post, 'p'),
  );
  const got = answer.then(({ status, cookie, body }) => ({ status, cookie, body: body.length }));
  return { got, keptAlive: () => sent.reusedSocket };
}

interface Answer {
  /** 0: the connection was closed without an answer. */
  readonly status: number;
  readonly cookie: string | null;
  readonly body: Buffer;
}

function exchange(
  options: RequestOptions,
  body: Buffer | null,
): { sent: ClientRequest; answer: Promise<Answer> } {
  const sent = request({ host: '127.0.0.1', ...options });
  const answer = new Promise<Answer>((resolve) => {
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
  return { sent, answer };
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
  const path = '/balancer-manager?xml=1';
  const { answer } = exchange({ port, path, headers, agent: false }, null);
  const { status, body } = await answer;
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
  const path = '/balancer-manager';
  const options = { port, method: 'POST', path, headers, agent: false as const };
  const { status } = await exchange(options, Buffer.from(form)).answer;
  if (status !== 200) throw new Error(`balancer-manager answered a form with ${status}`);
}
