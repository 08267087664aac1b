/**
 * The same health checks run twice: here and, where it is installed, by the real httpd, each against backends of its
 * own that the test answers check by check.
 */
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { statusText } from '../../../src/core/index.ts';
import { ask, rig } from '../rig.ts';
import { freePort, hasHttpd, startHttpd } from '../servers/httpd.ts';

const MODULE = '/usr/lib/apache2/modules/mod_proxy_hcheck.so';

const canCompare = hasHttpd && existsSync(MODULE);

/** Who runs the checks. */
export type Who = 'ours' | 'httpd';

export const everybody: readonly Who[] = canCompare ? ['ours', 'httpd'] : ['ours'];

/** For the names of tests. */
export const compared = canCompare
  ? 'as in httpd'
  : '(httpd with mod_proxy_hcheck is not installed: not compared with it)';

/** What is known of a member: its flags as the manager writes them, and the counters of failures and passes. */
export interface MemberState {
  readonly status: string;
  readonly fcount: number;
  readonly pcount: number;
}

export interface Side {
  /** Of the first balancer's members, by their names. */
  members(): Promise<ReadonlyMap<string, MemberState>>;
  /** Status of the answer to one request, and its body. */
  request(path?: string): Promise<{ readonly status: number; readonly body: string }>;
}

/** A proxy with one balancer of these lines, gone after the test. `before`: lines in front of it. */
export async function side(who: Who, lines: readonly string[], before = ''): Promise<Side> {
  const text = `${before}\n<Proxy balancer://c>\n${lines.join('\n')}\n</Proxy>\nProxyPass /m !\nProxyPass / balancer://c/`;
  return who === 'ours' ? ours(text) : httpd(text);
}

async function ours(text: string): Promise<Side> {
  const made = await rig(text);
  const { balancer, members } = made.proxy.balancers.get('c')!;
  const { workers, health } = balancer;
  return {
    members: async () =>
      new Map(
        members.map((name, i) => {
          const status = statusText(workers.status[i]!).trim();
          return [name, { status, fcount: health.fcount[i]!, pcount: health.pcount[i]! }];
        }),
      ),
    request: (path = '/') => ask(made.port, path),
  };
}

async function httpd(text: string): Promise<Side> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-health-'));
  const port = await freePort();
  const manager = '<Location /m>\nSetHandler balancer-manager\n</Location>';
  const running = await startHttpd(
    folder,
    `LoadModule proxy_hcheck_module ${MODULE}\nServerName localhost\nListen 127.0.0.1:${port}\n${text}\n${manager}\n`,
    port,
  );
  onTestFinished(async () => {
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    members: async () => membersOn((await ask(port, '/m')).body),
    request: (path = '/') => ask(port, path),
  };
}

/** Rows of the manager's page. */
function membersOn(page: string): ReadonlyMap<string, MemberState> {
  const found = new Map<string, MemberState>();
  for (const [row] of page.matchAll(/<tr>\s*<td><a href=[\s\S]*?<\/tr>/g)) {
    const cells = [...row.matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)].map(([, cell]) =>
      cell!.replace(/<[^>]*>/g, '').trim(),
    );
    const count = (cell: string) => Number(/\((\d+)\)/.exec(cell)![1]);
    const [pcount, fcount] = [count(cells[13]!), count(cells[14]!)];
    found.set(cells[0]!, { status: cells[5]!, fcount, pcount });
  }
  return found;
}

/** A check that waits for its answer. */
export interface Check {
  /** What was sent. */
  readonly request: string;
  /** Its connection has been closed. */
  readonly gone: Promise<void>;
  /** Sends `bytes` and ends the connection. */
  answer(bytes: string): void;
}

/** A member's backend: hands out checks one by one, serves other requests with its name. */
export class CheckedBackend {
  readonly name: string;
  /** What arrived before anybody asked for it. */
  readonly #checks: Check[] = [];
  readonly #waiting: ((check: Check) => void)[] = [];
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #port = 0;

  constructor(name: string) {
    this.name = name;
  }

  get port(): number {
    return this.#port;
  }

  async up(host = '127.0.0.1'): Promise<this> {
    const server = createServer((socket) => this.#accepted(socket));
    server.listen(this.#port, host);
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    return this;
  }

  /** Takes no connection any more; a check that waits stays. */
  down(): void {
    this.#server?.close();
    this.#server = null;
  }

  end(): void {
    this.down();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** The next check. When it is here, what the one before said has been counted. */
  next(): Promise<Check> {
    const check = this.#checks.shift();
    return check === undefined
      ? new Promise((resolve) => this.#waiting.push(resolve))
      : Promise.resolve(check);
  }

  #accepted(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    const gone = new Promise<void>((resolve) => socket.on('close', () => resolve()));
    let request = '';
    socket.on('data', (bytes) => {
      request += bytes.toString('latin1');
      if (!request.includes('\r\n\r\n')) return;
      if (/X-Forwarded-For/i.test(request)) socket.end(page(200, this.name));
      else this.#arrived({ request, gone, answer: (text) => socket.end(text, 'latin1') });
    });
  }

  #arrived(check: Check): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#checks.push(check);
    else waiting(check);
  }
}

/** Gone after the test. */
export async function checkedBackend(name: string, host?: string): Promise<CheckedBackend> {
  const made = await new CheckedBackend(name).up(host);
  onTestFinished(() => made.end());
  return made;
}

/** A whole answer of one connection. */
export function page(status: number, body = '', headers = ''): string {
  return `HTTP/1.1 ${status} Said so\r\nContent-Length: ${body.length}\r\nConnection: close\r\n${headers}\r\n${body}`;
}
