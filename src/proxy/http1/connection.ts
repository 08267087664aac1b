/**
 * A client's connection over HTTP/1: its requests one after the other. What comes behind a request that is not
 * answered yet is kept as it came and read when its turn has come, so that picks come in the order of the answers.
 */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { LAST_REQUEST_MS } from '../drain.ts';
import type { Peer } from '../front.ts';
import { turn } from '../turn.ts';
import { Exchange } from './exchange.ts';
import type { Http1Front } from './index.ts';
import type { Client } from './known-fields.ts';
import { FEED_BYTES } from './llhttp.ts';
import { Output, type OutputOwner } from './output.ts';
import { RequestParser } from './request-parser.ts';
import { shortcut } from './shortcut.ts';
import { unreadable } from './unreadable.ts';

/** Reading stops when more bytes, or more pieces, than these wait behind the request under way. */
export const BACKLOG_BYTES = 65_536;
export const BACKLOG_PIECES = 64;
/** How long a connection is read from after an answer that ends it, so that the client sees the answer. */
export const LINGER_MS = 2000;

/** What a connection is doing; a time limit holds for each but the last. */
type Phase =
  /** Its first request, or the rest of a head, is still to come. */
  | 'head'
  /** Between requests. */
  | 'idle'
  | 'request'
  /** It is ended on this side; what comes is thrown away. */
  | 'lingers'
  | 'tunnel';

export class Connection implements OutputOwner {
  readonly front: Http1Front;
  readonly peer: Peer;
  readonly output: Output;
  readonly client: Client;
  /** How many requests have come. */
  requests = 0;
  readonly #socket: Socket;
  /** From now on what comes is for the stream. */
  readonly #detour: () => void;
  readonly #parser: RequestParser;
  #phase: Phase = 'head';
  /** Something has come. */
  #heard = false;
  /** Tick of the front's clock at which the phase began. */
  #since: number;
  #current: Exchange | null = null;
  /** What came behind the current request. */
  #backlog: Buffer[] = [];
  #backlogBytes = 0;
  /** The head that is read now came behind a request that was not answered yet. */
  #pipelined = false;
  /** No further request is taken. */
  #closing = false;
  /** Whatever comes is thrown away. */
  #deaf = false;
  /** The reader of the current body has not taken what came. */
  #bodyFull = false;
  /** Read as HTTP, in all; and what was read and sent when that was asked for last. */
  #bytesIn = 0;
  #askedIn = 0;
  #askedOut = 0;

  constructor(front: Http1Front, socket: Socket, peer: Peer) {
    this.front = front;
    this.peer = peer;
    this.#socket = socket;
    this.output = new Output(socket, peer.tls !== null, front.options.timeoutMs, this);
    this.client = front.known.enter(wayOf(peer));
    this.#parser = new RequestParser(front.options.headerBytes, front.known, this.client);
    this.#parser.begin();
    this.#since = front.ticks;
    socket.on('data', this.#arrived);
    this.#detour = shortcut(socket, this.#arrived);
    socket.on('drain', this.#drained);
    socket.on('end', this.#destroy);
    socket.on('error', this.#destroy);
    socket.on('timeout', this.#reset);
    socket.on('close', this.#closed);
  }

  /** The connection ends behind the current answer. */
  get closing(): boolean {
    return this.#closing || this.front.closing;
  }

  endBehindAnswer(): void {
    this.#closing = true;
  }

  /** Bytes that came, or were sent, since this was asked last; of a tunnel, both ways. */
  bytesIn(): number {
    const before = this.#askedIn;
    this.#askedIn = this.#phase === 'tunnel' ? this.#socket.bytesRead : this.#bytesIn;
    return this.#askedIn - before;
  }

  bytesOut(): number {
    const before = this.#askedOut;
    this.#askedOut = this.#phase === 'tunnel' ? this.#socket.bytesWritten : this.output.bytes;
    return this.#askedOut - before;
  }

  /** Ends it at once, but for what was sent before if `flushing`. */
  drop(flushing: boolean): void {
    this.#closing = true;
    this.#deaf = true;
    if (flushing) this.#socket.destroySoon();
    else this.#socket.destroy();
  }

  /** Hands over the connection, and what came behind the head. */
  handOver(): { connection: Duplex; first: Buffer } {
    const socket = this.#socket;
    this.#phase = 'tunnel';
    this.#detour();
    socket.off('data', this.#arrived).off('drain', this.#drained).off('end', this.#destroy);
    socket.off('timeout', this.#reset).setTimeout(0);
    const first = Buffer.concat(this.#backlog);
    this.#backlog = [];
    return { connection: socket, first };
  }

  /** The client has the answer. */
  answered(exchange: Exchange): void {
    if (this.#current !== exchange || this.#phase !== 'request') return;
    if (this.#closing) this.#hangUp();
    else if (exchange.complete) this.#next();
  }

  /**
   * While the client is slow nothing is read from it, since that would count as progress; but a body must go on, for
   * the client may want to be rid of it first.
   */
  pressureChanged(): void {
    this.#flow();
  }

  sentAll(): void {
    this.#current?.sent();
  }

  /** The reader of the current body wants more. */
  bodyWanted(): void {
    if (!this.#bodyFull) return;
    this.#bodyFull = false;
    this.#flow();
  }

  /** The client gets a moment for another request, if it has none. */
  drain(): void {
    if (this.#phase === 'idle') this.#since = this.front.ticks;
  }

  /** Ends it if no request is under way; a head that has begun may still come. */
  closeIdle(): void {
    this.#closing = true;
    if (this.#phase === 'idle' || !this.#heard) this.#socket.destroy();
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Called from time to time; whoever has had too long is done with. */
  tick(): void {
    const { front } = this;
    const { headerMs, keepAliveMs } = front.options;
    const idleMs = front.closing ? Math.min(keepAliveMs, LAST_REQUEST_MS) : keepAliveMs;
    const waitedMs = (front.ticks - this.#since) * front.tickMs;
    if (this.#phase === 'head') {
      if (waitedMs > headerMs) this.#broke(408);
    } else if (this.#phase === 'idle') {
      if (waitedMs > idleMs) this.#hangUp();
    } else if (this.#phase === 'lingers') {
      if (waitedMs > LINGER_MS) this.#socket.destroy();
    } else if (this.#phase === 'request' && this.#current?.isSlow(front.tickMs) === true) {
      this.#broke(408);
    }
  }

  readonly #arrived = (bytes: Buffer): void => {
    if (this.#deaf) return;
    this.#heard = true;
    if (this.#backlog.length > 0) this.#keep(bytes);
    else turn(bytes, this.#read);
  };

  readonly #read = (bytes: Buffer): void => {
    for (let at = 0; at < bytes.length && !this.#deaf; ) {
      if (this.#current?.complete === true) {
        this.#keep(at === 0 ? bytes : bytes.subarray(at));
        return;
      }
      at = this.#feed(bytes, at, Math.min(bytes.length, at + FEED_BYTES));
    }
  };

  /** Returns where the parser stopped. */
  #feed(bytes: Buffer, from: number, to: number): number {
    const parser = this.#parser;
    if (this.#phase === 'idle') this.#enter('head');
    const reached = parser.feed(bytes, from, to);
    this.#bytesIn += (reached < 0 ? to : reached) - from;
    const begins = parser.headReady;
    if (begins && !this.#begin()) return to;
    const current = this.#current;
    if (current !== null) {
      if (parser.bodyBytes > 0 && !current.arrived(parser.takeBody(bytes, from))) {
        this.#bodyFull = true;
        this.#flow();
      }
      if (parser.complete) current.ended();
      if (begins) this.front.gateway(current, current);
      else if (parser.complete && current.closed) this.answered(current);
    }
    if (reached >= 0) return reached;
    this.#broke(parser.fault);
    return to;
  }

  /** A head is there. False: it must not be used. */
  #begin(): boolean {
    const head = this.#parser.takeHead();
    if (head === null) {
      this.#broke(400);
      return false;
    }
    this.#enter('request');
    this.requests++;
    this.#current = new Exchange(this, head, this.#pipelined);
    return true;
  }

  #keep(bytes: Buffer): void {
    if (this.#closing) return; // nobody will read it
    this.#backlog.push(bytes);
    this.#backlogBytes += bytes.length;
    if (this.#isFull) this.#flow();
  }

  get #isFull(): boolean {
    return this.#backlogBytes > BACKLOG_BYTES || this.#backlog.length > BACKLOG_PIECES;
  }

  /** On to the next request. */
  #next(): void {
    this.bodyWanted(); // nobody will read what is left of it
    this.#current = null;
    this.#parser.begin();
    const backlog = this.#backlog;
    this.#pipelined = backlog.length > 0;
    this.#enter(this.#pipelined ? 'head' : 'idle');
    if (!this.#pipelined) return;
    this.#backlog = [];
    this.#backlogBytes = 0;
    for (const bytes of backlog) this.#arrived(bytes);
    this.#flow();
  }

  /** What comes is no request, or comes too slowly. */
  #broke(status: number): void {
    const current = this.#current;
    this.#deaf = true;
    this.#closing = true;
    if (current === null) this.#refuse(status);
    else if (current.closed) this.#hangUp();
    else if (current.answered)
      return; // the answer is on its way
    else if (current.listener === null) this.#socket.destroy();
    else current.listener.bodyFailed(status);
  }

  /** What came is no request that can be read, but is answered as others are, and told of. */
  #refuse(status: number): void {
    this.#enter('request');
    this.requests++;
    const exchange = unreadable(this, this.#parser.firstLine, status);
    this.#current = exchange;
    this.front.gateway(exchange, exchange);
  }

  /** Ends this side, and waits a little for the other, since closing with bytes unread would lose the answer. */
  #hangUp(): void {
    this.#deaf = true;
    this.#backlog = [];
    this.#backlogBytes = 0;
    this.#bodyFull = false;
    this.#enter('lingers');
    this.#socket.end();
    this.#flow();
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#since = this.front.ticks;
  }

  /** Reads on, or not; a tunnel's flow is its own. */
  #flow(): void {
    if (this.#phase === 'tunnel') return;
    const waits = this.output.pressed && this.#current?.complete === true;
    if (this.#bodyFull || this.#isFull || waits) this.#socket.pause();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  readonly #drained = (): void => {
    this.#current?.listener?.clientDrained();
  };

  readonly #destroy = (): void => {
    this.#socket.destroy();
  };

  /** Ends it without what the system would still keep for the client, which takes nothing. */
  readonly #reset = (): void => {
    if (this.peer.tls !== null) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  };

  readonly #closed = (): void => {
    this.#deaf = true;
    this.#parser.dispose();
    this.front.forget(this);
    this.#current?.gone();
  };
}

/** From whom, and by what way: what a request goes on with depends on it. */
function wayOf({ remoteAddress, localAddress, localPort, tls }: Peer): string {
  return `${remoteAddress} ${localAddress} ${localPort} ${tls !== null}`;
}
