/**
 * A member that does as it is told: bare sockets, so that it knows every byte it received and what it answers is
 * written out to the last one. Each request names its order in `X-Ask`.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { type Ask, bodyBytes, statusLine } from '../case.ts';

/** What is to happen with a request, and what has. One side's request is one order. */
export interface Order {
  readonly ask: Ask;
  /** Resolved once the request is here, body and all. */
  readonly arrived: (arrival: Arrival) => void;
  /** The answer waits for it. */
  readonly released: Promise<void>;
}

export interface Arrival {
  readonly member: number;
  /** Bytes of the request. */
  readonly sent: number;
  /** The first request of its connection. */
  readonly fresh: boolean;
}

export type Orders = ReadonlyMap<string, Order>;

export class Backend {
  readonly port: number;
  readonly #member: number;
  readonly #orders: Orders;
  #server: Server | null = null;
  /** Connections, and whether a request is on them. */
  readonly #connections = new Map<Socket, boolean>();

  constructor(member: number, port: number, orders: Orders) {
    this.#member = member;
    this.port = port;
    this.#orders = orders;
  }

  async up(): Promise<void> {
    if (this.#server) return;
    const server = createServer((socket) => this.#serve(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.port, '127.0.0.1', 1024, resolve);
    });
  }

  /** Refuses connections from now on, and closes those that carry nothing. Held requests stay. */
  async down(): Promise<void> {
    this.#server?.close();
    this.#server = null;
    const idle = [...this.#connections].filter(([, inUse]) => !inUse).map(([socket]) => socket);
    await Promise.all(idle.map(closed));
  }

  /** Ends everything. */
  async close(): Promise<void> {
    this.#server?.close();
    this.#server = null;
    await Promise.all([...this.#connections.keys()].map(closed));
  }

  #serve(socket: Socket): void {
    socket.setNoDelay(true);
    socket.on('error', () => {}); // the other side went away; `close` follows
    socket.once('close', () => this.#connections.delete(socket));
    this.#connections.set(socket, false);
    let bytes: Buffer = Buffer.alloc(0);
    let fresh = true;
    socket.on('data', (chunk) => {
      this.#connections.set(socket, true);
      bytes = Buffer.concat([bytes, chunk]);
      const length = requestLength(bytes);
      if (length === null) return;
      const request = bytes.subarray(0, length);
      bytes = bytes.subarray(length);
      void this.#answer(socket, request, fresh);
      fresh = false;
    });
  }

  async #answer(socket: Socket, request: Buffer, fresh: boolean): Promise<void> {
    const [, name = ''] = /^x-ask: (.*)\r$/im.exec(headOf(request)) ?? [];
    const order = this.#orders.get(name);
    if (!order) throw new Error(`a backend got a request that nobody sent: ${headOf(request)}`);
    order.arrived({ member: this.#member, sent: request.length, fresh });
    await order.released;
    const { ask } = order;
    if (ask.answer.fault === 'stall') return; // the other side closes the connection some time
    // While it is down nobody may find a kept connection to it.
    const closes = this.#server === null || ask.answer.framing === 'close';
    const bytes = answerTo(ask, closes);
    this.#connections.set(socket, false);
    if (closes || ask.answer.fault !== null) socket.end(bytes);
    else socket.write(bytes);
  }
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve()).destroy();
  });
}

function headOf(request: Buffer): string {
  return request.toString('latin1', 0, request.indexOf('\r\n\r\n') + 2);
}

/** Bytes of the request at the front of `bytes`, as a proxy writes it; null while it is not complete. */
function requestLength(bytes: Buffer): number | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = headOf(bytes);
  const [, length = '0'] = /^content-length: (\d+)\r$/im.exec(head) ?? [];
  const whole = end + 4 + Number(length);
  if (/^transfer-encoding: chunked\r$/im.test(head)) return chunksEnd(bytes, end + 4);
  return bytes.length < whole ? null : whole;
}

function chunksEnd(bytes: Buffer, from: number): number | null {
  for (let at = from; ; ) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return null;
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    at = line + 2 + size + 2;
    if (at > bytes.length) return null;
    if (size === 0) return at;
  }
}

function answerTo(ask: Ask, closes: boolean): string {
  const { status, framing, interim, fault, body } = ask.answer;
  const before = interim === null ? '' : `${statusLine(interim)}\r\nLink: </a>\r\n\r\n`;
  if (fault === 'vanish') return before;
  const bytes = bodyBytes(ask);
  const none = status === 204 || status === 304;
  const lines = [statusLine(status), 'Content-Type: text/plain'];
  if (!none && framing === 'length') lines.push(`Content-Length: ${body}`);
  if (!none && framing === 'chunked') lines.push('Transfer-Encoding: chunked');
  if (closes) lines.push('Connection: close');
  const head = `${before}${lines.join('\r\n')}\r\n\r\n`;
  if (none || ask.method === 'HEAD') return head;
  if (framing !== 'chunked') return head + 'b'.repeat(bytes);
  return head + chunks(bytes) + (fault === 'cut' ? '' : '0\r\n\r\n');
}

/** `bytes` of body in chunks of uneven sizes. */
function chunks(bytes: number): string {
  const parts: string[] = [];
  for (let left = bytes, size = 7; left > 0; left -= size, size = size * 3 + 1) {
    size = Math.min(size, left);
    parts.push(`${size.toString(16)}\r\n${'b'.repeat(size)}\r\n`);
  }
  return parts.join('');
}
