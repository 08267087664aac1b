/**
 * A configuration as people write it after httpd's manual, live twice: here and, where it is installed, in the real
 * httpd, in front of the same backends. Only addresses are replaced: `192.168.1.50:80` and up by the backends'.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { notes } from '../../../src/proxy/announce.ts';
import { startProxy } from '../../../src/proxy/proxy.ts';
import {
  type Asking,
  ask,
  type Backend,
  backend,
  configuration,
  onFreePorts,
  Rig,
} from '../rig.ts';
import { freePort, hasHttpd, startHttpd } from '../servers/httpd.ts';

/** For the names of tests. */
export const compared = hasHttpd
  ? 'as httpd does'
  : '(httpd is not installed: not compared with it)';

/** What a client sees of an answer, apart from the pages of a proxy itself. */
export interface Seen {
  readonly status: number;
  /** Who served it: `name method url` of the backend; null: the proxy itself. */
  readonly served: string | null;
  readonly cookies: readonly string[];
  readonly location: string | null;
}

export interface Fronts {
  readonly backends: readonly Backend[];
  /** What ours says at its start. */
  readonly notes: string;
  /** The same request to both, which must answer the same; resolves with that. */
  get(path: string, asking?: Asking): Promise<Seen>;
  /** Names of the backends that serve `count` such requests; `-` for answers of the proxy. */
  names(count: number, path: string, asking?: Asking): Promise<string>;
}

/** Names of the backends by address, in order. */
const NAMES = ['a', 'b', 'c', 'd'];

/** Starts `conf/NAME.conf` with a backend for each address in it. `edit` changes its text. */
export async function fronts(
  name: string,
  handler: (name: string) => RequestListener = plain,
  edit: (text: string) => string = (text) => text,
): Promise<Fronts> {
  const written = edit(readFileSync(new URL(`conf/${name}.conf`, import.meta.url), 'utf8'));
  const backends: Backend[] = [];
  for (const [i, one] of NAMES.entries()) {
    if (written.includes(address(i))) backends[i] = await backend(one, handler(one));
  }
  const lines = NAMES.reduce(
    (text, _, i) => text.replaceAll(address(i), `127.0.0.1:${backends[i]?.port}`),
    `ServerName www.example.com\n${written}`,
  );
  const config = configuration(lines);
  const ours = new Rig(await startProxy(onFreePorts(config)));
  onTestFinished(() => ours.proxy.close(0));
  const ports = [ours.port, ...(hasHttpd ? [await httpd(lines)] : [])];

  const get = async (path: string, asking: Asking = {}): Promise<Seen> => {
    const all: Seen[] = [];
    for (const port of ports) all.push(await seen(port, path, asking));
    const [first, ...others] = all;
    for (const other of others) expect(first, `${path} of ${name}.conf`).toEqual(other);
    return first!;
  };
  const names = async (count: number, path: string, asking: Asking = {}) => {
    let text = '';
    for (let i = 0; i < count; i++) text += (await get(path, asking)).served?.[0] ?? '-';
    return text;
  };
  return { backends, notes: notes(config), get, names };
}

const address = (i: number) => `192.168.1.${50 + i}:80`;

/** Says what it was asked. */
export function plain(name: string): RequestListener {
  return ({ method, url }, response) => {
    response.setHeader('X-Served', `${name} ${method} ${url}`).end(`served by ${name}`);
  };
}

async function seen(port: number, path: string, asking: Asking): Promise<Seen> {
  const headers = { Host: 'www.example.com', ...asking.headers };
  const answer = await ask(port, path, { ...asking, headers });
  const served = answer.headers['x-served'];
  return {
    status: answer.status,
    served: typeof served === 'string' ? served : null,
    cookies: answer.headers['set-cookie'] ?? [],
    location: answer.headers.location ?? null,
  };
}

/** Its port. */
async function httpd(lines: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-tutorial-'));
  const port = await freePort();
  const modules = lines.includes('hcmethod') ? HEALTH_CHECKS : '';
  const running = await startHttpd(folder, `${modules}Listen 127.0.0.1:${port}\n${lines}`, port);
  onTestFinished(async () => {
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return port;
}

const HEALTH_CHECKS =
  'LoadModule proxy_hcheck_module /usr/lib/apache2/modules/mod_proxy_hcheck.so\n';
