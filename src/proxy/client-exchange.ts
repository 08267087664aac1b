/**
 * One request and its answer over node:http, as the gateway knows them: both directions in one object, since there
 * is one of them for every request.
 */
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import type { ClientConnection } from './client-connection.ts';
import type { ClientListener, ClientRequest, ClientResponse, Peer } from './front.ts';
import type { ClientHead } from './http1/client-head.ts';

/** How long a connection is read from after an answer that ends it, so that the client sees the answer. */
const LINGER_MS = 2000;

/** Answers up to this size go out as one text with their head; above it joining costs more than it saves. */
const SMALL_BYTES = 8192;

/** node:http's response, knowing whose it is. */
export class FrontResponse extends ServerResponse {
  exchange: ClientExchange | null = null;
  /** Lets go of a socket that is node:http's no more. */
  release: () => void = () => {};
}

/** Heads that wait to be sent with the first bytes of their body; those that get none go out alone, a turn later. */
let unsent: ClientExchange[] = [];

function flushHeads(): void {
  const heads = unsent;
  unsent = [];
  for (const exchange of heads) exchange.flush();
}

export class ClientExchange implements ClientRequest, ClientResponse {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly rawHeaders: readonly string[];
  readonly host: string | null;
  readonly cookies: string | null;
  readonly upgrade: string | null;
  readonly body: Readable | null;
  readonly bodyBytes: number | null;
  readonly ordinal: number;
  readonly expectContinue: boolean;
  readonly refusal: number;
  listener: ClientListener | null = null;

  readonly #connection: ClientConnection;
  readonly #incoming: IncomingMessage;
  readonly #outgoing: FrontResponse;
  /** What came behind the head of a request to upgrade; null for all others. */
  readonly #behind: Buffer | null;
  /** What comes behind it on the connection cannot be read. */
  readonly #last: boolean;
  #waitsForDrain = false;
  #flushed = false;
  /** The first piece of the body: if it is the only one, it goes out with the head as one text. */
  #first: Buffer | null = null;
  #closed = false;

  constructor(
    connection: ClientConnection,
    incoming: IncomingMessage,
    outgoing: FrontResponse,
    head: ClientHead,
    behind: Buffer | null,
    last: boolean,
  ) {
    this.method = incoming.method ?? 'GET';
    this.target = incoming.url ?? '/';
    this.version = incoming.httpVersionMinor === 0 ? '1.0' : '1.1';
    this.rawHeaders = incoming.rawHeaders;
    this.host = head.host;
    this.cookies = head.cookies;
    this.upgrade = behind === null ? null : head.upgrade;
    this.body = head.chunked || (head.bodyBytes ?? 0) > 0 ? incoming : null;
    this.bodyBytes = head.bodyBytes;
    this.expectContinue = head.expects && this.body !== null;
    this.refusal = head.refusal;
    this.ordinal = ++connection.requests;
    this.#connection = connection;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.#behind = behind;
    this.#last = last;
    outgoing.exchange = this;
    outgoing.on('close', closed);
  }

  get peer(): Peer {
    return this.#connection.peer;
  }

  get remoteAddress(): string {
    return this.#connection.peer.remoteAddress;
  }

  get remotePort(): number {
    return this.#connection.peer.remotePort;
  }

  get localAddress(): string {
    return this.#connection.peer.localAddress;
  }

  get localPort(): number {
    return this.#connection.peer.localPort;
  }

  get secure(): boolean {
    return this.#connection.peer.tls !== null;
  }

  /** The body has come completely. */
  get complete(): boolean {
    return this.body === null || this.#incoming.complete;
  }

  get persists(): boolean {
    return !this.#connection.closing;
  }

  bytesIn(): number {
    return this.#connection.bytesIn();
  }

  bytesOut(): number {
    return this.#connection.bytesOut();
  }

  interim(status: number, reason: string, rawHeaders: readonly string[]): void {
    if (this.version === '1.0' || this.#outgoing.headersSent || this.#closed) return;
    // Told this way, node:http knows that the body comes, and keeps the connection.
    if (status === 100 && rawHeaders.length === 0) this.#outgoing.writeContinue();
    else this.#connection.socket.write(headText(status, reason, rawHeaders), 'latin1');
  }

  head(status: number, reason: string, rawHeaders: readonly string[], close: boolean): void {
    const outgoing = this.#outgoing;
    // For HTTP/1.0 there are no chunks: without a length the end of the connection is the end of the body.
    const open = this.version === '1.0' && !hasLength(rawHeaders);
    if (close || open || this.#last || this.#connection.closing) outgoing.shouldKeepAlive = false;
    outgoing.writeHead(status, reason, rawHeaders as string[]);
    // node:http has reasons of its own, such as a client that was not told to go on.
    if (!outgoing.shouldKeepAlive) {
      this.#connection.endBehindAnswer();
      if (!this.complete) linger(this.#connection);
    }
    if (unsent.push(this) === 1) setImmediate(flushHeads);
  }

  /** Sends the head, and what there is of the body, if they have not gone out. */
  flush(): void {
    if (this.#flushed || this.#closed) return;
    this.#flushed = true;
    if (this.#first === null) this.#outgoing.flushHeaders();
    else this.#writeFirst();
  }

  write(chunk: Buffer): boolean {
    if (!this.#flushed && this.#first === null && chunk.length <= SMALL_BYTES) {
      this.#first = chunk;
      return true;
    }
    this.#flushed = true;
    if (this.#first !== null) this.#writeFirst();
    if (this.#outgoing.write(chunk)) return true;
    if (!this.#waitsForDrain) {
      this.#waitsForDrain = true;
      this.#outgoing.on('drain', drained);
    }
    return false;
  }

  end(): void {
    this.#flushed = true;
    const first = this.#first;
    if (first === null) this.#outgoing.end();
    else {
      this.#first = null;
      this.#outgoing.end(first.toString('latin1'), 'latin1');
    }
    // What nobody read of the body must not stand in the way of the next request.
    if (this.body !== null && !this.#incoming.readableEnded) this.#incoming.resume();
  }

  #writeFirst(): void {
    const first = this.#first;
    this.#first = null;
    if (first !== null) this.#outgoing.write(first);
  }

  drop(): void {
    if (this.#outgoing.headersSent) this.flush();
    this.#flushed = true;
    this.#connection.endBehindAnswer();
    const { socket } = this.#connection;
    if (this.#outgoing.headersSent) socket.destroySoon();
    else socket.destroy();
  }

  tunnel(status: number, reason: string, rawHeaders: readonly string[]) {
    this.#flushed = true;
    const { socket } = this.#connection;
    this.#outgoing.release();
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.closed());
    socket.write(headText(status, reason, rawHeaders), 'latin1');
    return { connection: socket as Duplex, first: this.#behind ?? Buffer.alloc(0) };
  }

  /** The answer is with the client, or the client is gone. */
  closed(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.listener?.clientClosed(this.#outgoing.writableFinished);
    this.#connection.finished(this);
  }
}

function headText(status: number, reason: string, rawHeaders: readonly string[]): string {
  let text = `HTTP/1.1 ${status} ${reason}\r\n`;
  for (let i = 0; i < rawHeaders.length; i += 2)
    text += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`;
  return `${text}\r\n`;
}

function hasLength(rawHeaders: readonly string[]): boolean {
  return rawHeaders.some((name, i) => i % 2 === 0 && name.toLowerCase() === 'content-length');
}

function closed(this: FrontResponse): void {
  this.exchange?.closed();
}

function drained(this: FrontResponse): void {
  this.exchange?.listener?.clientDrained();
}

/** The body of the request is still coming: closing at once would reset the connection and lose the answer. */
function linger({ socket }: ClientConnection): void {
  socket.destroySoon = () => {
    socket.end();
    socket.resume();
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => clearTimeout(timer));
  };
}
