/** Servers that speak in bytes, and a listener that writes down what a try tells. */
import { createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { MemberConf } from '../../../src/config/config.ts';
import {
  type Backend,
  backendFor,
  type OutgoingRequest,
  type ResponseHead,
  type Try,
  type TryListener,
} from '../../../src/proxy/backend/index.ts';

export const MS = 1e6;

/** Listens on a free port, or on `path`, until the test is over. */
export async function serve(
  connected: (socket: Socket) => void,
  path?: string,
): Promise<{ port: number; sockets: Set<Socket>; accepted: () => number; close: () => void }> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    accepted++;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    connected(socket);
    socket.on('end', () => {
      sockets.delete(socket);
      socket.end();
    });
  });
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(close);
  await new Promise<void>((listening) => {
    if (path === undefined) server.listen(0, '127.0.0.1', listening);
    else server.listen(path, listening);
  });
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return { port, sockets, accepted: () => accepted, close };
}

/** Answers every head that arrives with what `answer` says, as it is. */
export function answering(answer: (head: string, count: number) => string | Buffer) {
  let count = 0;
  return (socket: Socket) => {
    let text = '';
    socket.on('data', (data) => {
      text += data.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const head = text.slice(0, end + 4);
        text = text.slice(end + 4);
        const said = answer(head, count++);
        socket.write(typeof said === 'string' ? Buffer.from(said, 'latin1') : said);
      }
    });
  };
}

export function member(port: number, differs: Partial<MemberConf> = {}): MemberConf {
  const place = { file: 'test', line: 1, column: 1 };
  return {
    name: `http://127.0.0.1:${port}`,
    loadfactor: 1,
    lbset: 0,
    route: '',
    redirect: '',
    status: '',
    retrySeconds: 60,
    max: 0,
    acquireNs: null,
    timeoutNs: 60_000 * MS,
    disablereuse: false,
    url: { scheme: 'http', host: '127.0.0.1', port, path: '', socket: null },
    place,
    written: {},
    timeoutSeconds: null,
    connectiontimeoutNs: null,
    pingNs: null,
    min: 0,
    smax: null,
    ttlSeconds: null,
    keepalive: false,
    addressttlSeconds: -1,
    responsefieldsize: 8192,
    upgrade: '',
    health: null,
    ...differs,
  };
}

/** A backend that is closed when the test is over. */
export function backend(port: number, differs: Partial<MemberConf> = {}): Backend {
  const made = backendFor(member(port, differs));
  onTestFinished(() => made.close());
  return made;
}

export const GET = 'GET /a HTTP/1.1\r\nHost: h\r\nConnection: Keep-Alive\r\n\r\n';

export function request(differs: Partial<OutgoingRequest> = {}): OutgoingRequest {
  return {
    method: 'GET',
    head: GET,
    body: [],
    rest: null,
    chunked: false,
    expectContinue: false,
    upgrade: null,
    keepAlive: true,
    timeoutNs: 20_000 * MS,
    connectTimeoutNs: 20_000 * MS,
    pingNs: null,
    tlsName: null,
    proxyHeader: null,
    ...differs,
  };
}

/** What a try told, in order. */
export interface Told {
  /** `connected`, `interim 103`, `responded 200`, `ended`, `truncated`, `failed closedEarly`, `upgraded 101`. */
  readonly events: string[];
  readonly heads: ResponseHead[];
  sent: number;
  body: string;
  bytes: number;
  statusLineBytes: number;
  trailers: readonly string[];
  /** Resolves with `events` at the end of the try. */
  readonly over: Promise<string[]>;
}

type Hooks = Omit<Partial<TryListener>, 'data'> & { data?(chunk: Buffer): void };

/** Dispatches and writes down. `hooks` are called after the writing. */
export function dispatch(
  to: Backend,
  what: OutgoingRequest,
  hooks: Hooks = {},
): Told & { attempt: Try } {
  let end: (events: string[]) => void = () => {};
  const over = new Promise<string[]>((resolve) => {
    end = resolve;
  });
  const told: Told = {
    events: [],
    heads: [],
    sent: 0,
    body: '',
    bytes: 0,
    statusLineBytes: 0,
    trailers: [],
    over,
  };
  const { events } = told;
  let ended = false;
  const note = (event: string) => {
    events.push(ended ? `AFTER THE END: ${event}` : event);
  };
  const last = (event: string) => {
    note(event);
    ended = true;
    // What comes too late is to be seen, too.
    setImmediate(() => end(events));
  };
  const listener: TryListener = {
    connected() {
      note('connected');
      return hooks.connected?.() ?? true;
    },
    sent(bytes) {
      if (ended) note(`sent ${bytes}`);
      told.sent += bytes;
      hooks.sent?.(bytes);
    },
    interim(head) {
      note(`interim ${head.status}`);
      told.heads.push(head);
      hooks.interim?.(head);
    },
    responded(head) {
      note(`responded ${head.status}`);
      told.heads.push(head);
      hooks.responded?.(head);
    },
    data(bytes, start, end) {
      const chunk = bytes.subarray(start, end);
      if (ended || !events.some((event) => event.startsWith('responded'))) note('data');
      told.bytes += chunk.length;
      if (told.bytes <= 1_000_000) told.body += chunk.toString('latin1');
      hooks.data?.(chunk);
    },
    ended(trailers) {
      told.trailers = trailers;
      last('ended');
      hooks.ended?.(trailers);
    },
    truncated() {
      last('truncated');
      hooks.truncated?.();
    },
    failed(why, statusLineBytes, detail) {
      told.statusLineBytes = statusLineBytes;
      last(`failed ${why}`);
      hooks.failed?.(why, statusLineBytes, detail);
    },
    upgraded(head, connection, first) {
      told.heads.push(head);
      last(`upgraded ${head.status}`);
      hooks.upgraded?.(head, connection, first);
    },
  };
  const attempt = to.dispatch(what, listener);
  return Object.assign(told, { attempt });
}

/** Waits until `condition` holds; the test's own deadline ends it otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((again) => setTimeout(again, 5));
}
