/** A proxy between real sockets: backends that a test scripts, a configuration as text, clients down to the bytes. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import {
  Agent,
  createServer,
  type IncomingMessage,
  type RequestListener,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import type { ProxyConfig } from '../../src/config/config.ts';
import { loadHttpd } from '../../src/config/httpd.ts';
import { statusLetters } from '../../src/core/index.ts';
import { type ProxyOptions, type RunningProxy, startProxy } from '../../src/proxy/proxy.ts';

vi.setConfig({ testTimeout: 60_000 }); // against hanging: tests wait for events

/** An HTTP server behind the proxy that can go down and come back at the same port. */
export class Backend {
  port = 0;
  /** Requests so far. */
  seen = 0;
  /** Requests whose handler has not been told to finish: `hold` keeps them. */
  readonly held: ServerResponse[] = [];
  handler: RequestListener;
  #server: Server | null = null;

  constructor(handler: RequestListener) {
    this.handler = handler;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async up(): Promise<this> {
    const server = createServer((message, response) => {
      this.seen++;
      this.handler(message, response);
    });
    server.keepAliveTimeout = 60_000;
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    return this;
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
}

/** Answers with its name, and reads what comes. */
export async function backend(name: string, handler?: RequestListener): Promise<Backend> {
  const plain: RequestListener = (message, response) => {
    message.resume();
    message.on('end', () => response.end(name));
  };
  const made = await new Backend(handler ?? plain).up();
  onTestFinished(() => made.down());
  return made;
}

/** A TCP server behind the proxy; `serve` gets each connection and, if it wants, what came first. */
export async function rawBackend(
  serve: (socket: Socket) => void,
): Promise<{ url: string; port: number }> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port };
}

/** A port that refuses. */
export async function refusingPort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export class Rig {
  readonly proxy: RunningProxy;
  readonly port: number;
  readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(proxy: RunningProxy) {
    this.proxy = proxy;
    this.port = proxy.addresses[0]!.port;
  }

  /** The balancer `c`, or the only one. */
  get core() {
    return (this.proxy.balancers.get('c') ?? [...this.proxy.balancers.values()][0]!).balancer;
  }

  column(name: 'lbstatus' | 'busy' | 'elected' | 'transferred' | 'read'): number[] {
    return [...this.core.workers[name]];
  }

  /** Status letters of each worker, without O. */
  get flags(): string[] {
    return [...this.core.workers.status].map(statusLetters);
  }

  get(path = '/', options: Asking = {}): Promise<Answer> {
    return ask(this.port, path, options);
  }

  /** On the client connection of the request before. */
  again(path = '/', options: Asking = {}): Promise<Answer> {
    return ask(this.port, path, { ...options, agent: this.agent });
  }

  /** Resolves when nothing is open and nothing is charged. */
  async idle(): Promise<void> {
    await vi.waitUntil(() => this.proxy.open === 0, { timeout: 20_000, interval: 5 });
    if (!this.proxy.balanced) throw new Error(`busy is ${this.column('busy')} with nothing open`);
  }
}

/** What an httpd.conf with these lines says. `Listen 127.0.0.1:8` is added as its first line. */
export function configuration(lines: string): ProxyConfig {
  const dir = mkdtempSync(join(tmpdir(), 'fairlead-proxy-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, 'httpd.conf');
  writeFileSync(file, `Listen 127.0.0.1:8\n${lines}\n`);
  return loadHttpd(file);
}

/** The same, listening on free ports. */
export function onFreePorts(config: ProxyConfig): ProxyConfig {
  return { ...config, listen: config.listen.map((one) => ({ ...one, port: 0 })) };
}

/** A proxy with this configuration on a free port, gone after the test. */
export async function rig(lines: string, options: ProxyOptions = {}): Promise<Rig> {
  const config = onFreePorts(configuration(lines));
  const made = new Rig(await startProxy(config, { rng: [1, 2, 3, 4], ...options }));
  onTestFinished(async () => {
    made.agent.destroy();
    await made.proxy.close(0);
  });
  return made;
}

/** `ProxyPass / balancer://c/` over these members; each is a URL and its parameters. */
export function balancer(members: readonly string[], parameters = '', more = ''): string {
  const lines = members.map((member) => `  BalancerMember ${member}`).join('\n');
  const set = parameters === '' ? '' : `\n  ProxySet ${parameters}`;
  return `<Proxy balancer://c>\n${lines}${set}\n</Proxy>\nProxyPass / balancer://c/\n${more}`;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Buffer;
  /** Without a Content-Length. */
  readonly chunked?: boolean;
  readonly agent?: Agent;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export function ask(port: number, path: string, asking: Asking = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body, chunked = false, agent } = asking;
  return new Promise((resolve, reject) => {
    const length =
      body === undefined || chunked ? {} : { 'Content-Length': `${Buffer.byteLength(body)}` };
    const sent = request(
      {
        port,
        path,
        method,
        host: '127.0.0.1',
        headers: { ...headers, ...length },
        agent: agent ?? false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode: status = 0, headers, rawHeaders } = response;
          resolve({ status, headers, rawHeaders, body: Buffer.concat(chunks).toString('latin1') });
        });
      },
    );
    sent.on('error', reject);
    if (chunked && body !== undefined) sent.write(body);
    sent.end(chunked ? undefined : body);
  });
}

/** A client down to the bytes: sends `text`, collects what comes until the connection ends. */
export class RawClient {
  readonly socket: Socket;
  text = '';
  ended = false;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setEncoding('latin1');
    this.socket.on('data', (chunk) => {
      this.text += chunk;
    });
    this.socket.on('error', () => this.socket.destroy());
    this.socket.on('close', () => {
      this.ended = true;
    });
    onTestFinished(() => {
      this.socket.destroy();
    });
  }

  send(text: string): this {
    this.socket.write(text, 'latin1');
    return this;
  }

  /** What came, once `has` holds for it. */
  async until(has: (text: string) => boolean): Promise<string> {
    await vi.waitUntil(() => has(this.text), { timeout: 20_000, interval: 5 });
    return this.text;
  }

  /** What came until the other side ended the connection. */
  async end(): Promise<string> {
    await vi.waitUntil(() => this.ended, { timeout: 20_000, interval: 5 });
    return this.text;
  }
}
