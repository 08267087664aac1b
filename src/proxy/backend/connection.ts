/**
 * One connection to a worker: writes requests, reads responses, and knows whether another request may follow.
 *
 * It may follow only behind a request that was written and a response that was read, both completely, with not a byte
 * left over (spec: hardening). Bytes are read into one buffer that all connections share; what must last is copied.
 */
import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { WorkerTls } from '../../config/tls.ts';
import { isNamed } from '../field-names.ts';
import { FEED_BYTES } from '../http1/llhttp.ts';
import { turn } from '../turn.ts';
import type { Attempt, Carrier } from './attempt.ts';
import type { Failure, ResponseHead, TryListener } from './backend.ts';
import type { Seeker } from './opening.ts';
import type { Address } from './resolve.ts';
import { ResponseParser } from './response-parser.ts';
import { connectSecurely, distrust } from './secure.ts';
import { StallTimer } from './stall-timer.ts';
import { Tunnel } from './tunnel.ts';
import { Upload, writeStart } from './upload.ts';

/** Interim heads in a row that are too many. */
const TOO_MANY_INTERIMS = 10;

const input = Buffer.allocUnsafeSlow(FEED_BYTES);

export interface ConnectionConf {
  /** TCP keep-alive. */
  readonly keepalive: boolean;
  readonly responsefieldsize: number;
  /** Absent: in the clear. */
  readonly tls?: WorkerTls;
}

/** Who is told what becomes of a connection. */
export interface ConnectionOwner {
  made(connection: Connection): void;
  /** It has done its request and can take another one. False: it is not wanted. */
  freed(connection: Connection): boolean;
  /** It is closed, perhaps while it was idle. */
  closed(connection: Connection): void;
}

/** Who waits for a connection to open. Exactly one of these is called, unless it is closed before. */
export interface ConnectionOpener {
  opened(connection: Connection): void;
  unreachable(connection: Connection): void;
  /** Somebody is there, but the handshake failed, or his certificate will not do. */
  untrusted(connection: Connection, why: string): void;
}

export class Connection implements Carrier {
  /** When it was freed last. */
  idleSinceMs = 0;
  /** Whom the worker's certificate was checked against; null in the clear. */
  readonly tlsName: string | null;

  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #parser: ResponseParser;
  readonly #timer: StallTimer;
  #opener: ConnectionOpener | null;
  #attempt: Attempt | null = null;
  #tunnel: Tunnel | null = null;
  #closed = false;
  /** Somebody answers at the address. */
  #reached = false;
  /** Bytes not yet taken by the system when the timer last looked. */
  #queued = 0;

  constructor(
    address: Address,
    { tlsName, proxyHeader, connectTimeoutNs }: Seeker['request'],
    conf: ConnectionConf,
    owner: ConnectionOwner,
    opener: ConnectionOpener,
  ) {
    this.#owner = owner;
    this.#opener = opener;
    this.tlsName = tlsName;
    this.#parser = new ResponseParser(conf.responsefieldsize);
    this.#timer = new StallTimer(() => this.#stalled());
    const onread = {
      buffer: input,
      callback: (length: number) => {
        turn(length, this.#read);
        return true;
      },
    };
    const shared = { allowHalfOpen: true, noDelay: true, keepAlive: conf.keepalive, onread };
    const { tls } = conf;
    if (tls === undefined || tlsName === null) {
      this.#socket = connect({ ...address, ...shared });
      this.#socket.on('connect', () => {
        if (proxyHeader !== null) this.#socket.write(proxyHeader);
        this.#opened();
      });
    } else {
      const socket = connectSecurely(address, tls, tlsName, shared, proxyHeader);
      this.#socket = socket.setNoDelay(true).setKeepAlive(conf.keepalive);
      socket.on('connect', () => {
        this.#reached = true;
      });
      socket.on('secureConnect', () => this.#shaken(socket, tls, tlsName));
    }
    this.#socket.on('drain', () => this.#drained());
    this.#socket.on('end', () => this.#lost(null));
    this.#socket.on('error', (error) => this.#lost(error));
    this.#socket.on('close', () => this.#lost(null));
    this.#timer.start(Math.ceil(connectTimeoutNs / 1e6));
    owner.made(this);
  }

  /**
   * Sends a request. False: the connection turned out to be dead while nothing has left this machine, so another one
   * can be taken.
   */
  begin(attempt: Attempt): boolean {
    const { request, listener } = attempt;
    const socket = this.#socket;
    this.#parser.begin(request.method === 'HEAD');
    const bytes = attempt.held
      ? writeHead(socket, request.head)
      : writeStart(socket, request.head, request);
    if (socket.errored !== null) {
      this.close();
      return false;
    }
    this.#attempt = attempt;
    attempt.carrier = this;
    if (attempt.paused) socket.pause();
    const waitNs = attempt.held && request.pingNs !== null ? request.pingNs : request.timeoutNs;
    this.#queued = socket.writableLength;
    this.#timer.start(Math.ceil(waitNs / 1e6));
    listener.sent(bytes);
    if (!attempt.over && !attempt.held) this.#sendRest(attempt);
    return true;
  }

  /** Gives it away: whoever gets it says and hears what he likes. */
  handOver(): Tunnel {
    const tunnel = new Tunnel(this.#socket);
    this.#tunnel = tunnel;
    this.#timer.stop();
    tunnel.on('close', () => this.close());
    return tunnel;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#timer.touch();
    this.#socket.resume();
  }

  abandon(): void {
    this.#attempt = null;
    this.close();
  }

  /** Closes at once and tells the owner, once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#opener = null;
    this.#timer.dispose();
    this.#parser.dispose();
    this.#socket.destroy();
    this.#owner.closed(this);
  }

  #opened(): void {
    const opener = this.#opener;
    this.#opener = null;
    this.#timer.stop();
    this.#socket.unref(); // whoever waits for an answer is what keeps the process alive
    opener?.opened(this);
  }

  #shaken(socket: TLSSocket, tls: WorkerTls, name: string): void {
    const why = distrust(socket, tls, name);
    if (why === null) this.#opened();
    else this.#refused(why);
  }

  /** It did not come to an open connection. */
  #refused(why: string): void {
    const opener = this.#opener;
    this.close();
    if (this.#reached) opener?.untrusted(this, why);
    else opener?.unreachable(this);
  }

  #sendRest(attempt: Attempt): void {
    const { rest, chunked } = attempt.request;
    if (rest === null) return;
    attempt.upload = new Upload(
      this.#socket,
      rest,
      chunked,
      (bytes) => {
        this.#timer.touch();
        attempt.listener.sent(bytes);
      },
      () => {
        attempt.upload = null;
        this.#timer.touch();
      },
      () => {
        attempt.upload = null;
        attempt.cut = true;
        if (!attempt.responded) this.#fail('writeFailed');
      },
    );
    attempt.upload.start();
  }

  #drained(): void {
    this.#timer.touch();
    this.#attempt?.upload?.drained();
  }

  readonly #read = (length: number): void => {
    if (this.#closed) return;
    if (this.#tunnel !== null) {
      this.#tunnel.arrived(Buffer.from(input.subarray(0, length))); // a copy
      return;
    }
    const attempt = this.#attempt;
    if (attempt === null) {
      this.close(); // nobody asked for anything
      return;
    }
    this.#timer.touch();
    for (let from = 0; from < length && this.#attempt === attempt; ) {
      const reached = this.#parser.feed(input, from, length);
      this.#parsed(attempt, from, reached, length);
      if (reached < 0 && this.#attempt === attempt) this.#fail('badResponse');
      from = reached < 0 ? length : reached;
    }
  };

  /** Tells what was found between `from` and `reached`. */
  #parsed(attempt: Attempt, from: number, reached: number, length: number): void {
    const parser = this.#parser;
    const { listener } = attempt;
    if (parser.headReady) {
      const head = parser.takeHead();
      if (head === null) {
        this.#fail('badResponse');
        return;
      }
      if (head.status < 200) {
        if (head.status === 101) this.#upgrade(attempt, head, reached, length);
        else this.#interim(attempt, head);
        return;
      }
      this.#final(attempt, head);
    }
    if (parser.bodyBytes > 0 && !attempt.over) this.#tellBody(listener, from);
    if (parser.complete && !attempt.over) this.#finish(attempt, reached === length);
  }

  #tellBody(listener: TryListener, from: number): void {
    const { bodyStart, bodyBytes } = this.#parser;
    const start = from + bodyStart;
    if (bodyStart >= 0) listener.data(input, start, start + bodyBytes);
    else listener.data(this.#parser.takeBody(input, from), 0, bodyBytes);
  }

  #interim(attempt: Attempt, head: ResponseHead): void {
    attempt.interims++;
    attempt.listener.interim(head);
    if (attempt.over) return;
    if (attempt.interims === TOO_MANY_INTERIMS) {
      this.#fail('badResponse');
      return;
    }
    this.#parser.begin(attempt.request.method === 'HEAD');
    if (attempt.held && head.status === 100) this.#sendHeld(attempt);
  }

  #final(attempt: Attempt, head: ResponseHead): void {
    const { request, listener } = attempt;
    if (attempt.held) {
      // Answered instead of invited: a body that is here may follow as the head announced it, one that is not may not.
      if (request.rest === null && this.#parser.keepAlive) this.#sendHeld(attempt);
      else attempt.cut = true;
      attempt.held = false;
      if (attempt.over) return;
    }
    if (head.status >= 400 && attempt.upload !== null) {
      attempt.upload.stop();
      attempt.upload = null;
      attempt.cut = true;
    }
    this.#timer.limit(Math.ceil(request.timeoutNs / 1e6));
    attempt.responded = true;
    listener.responded(head);
  }

  #sendHeld(attempt: Attempt): void {
    const { request, listener } = attempt;
    attempt.held = false;
    this.#timer.start(Math.ceil(request.timeoutNs / 1e6));
    const bytes = writeStart(this.#socket, '', request);
    if (bytes > 0) listener.sent(bytes);
    if (!attempt.over) this.#sendRest(attempt);
  }

  #upgrade(attempt: Attempt, head: ResponseHead, reached: number, length: number): void {
    const { request, listener } = attempt;
    if (request.upgrade === null || !names(head, 'upgrade', request.upgrade)) {
      this.#fail('badResponse');
      return;
    }
    const first = Buffer.from(input.subarray(reached, length));
    this.#attempt = null;
    attempt.end();
    listener.upgraded(head, this.handOver(), first);
  }

  #finish(attempt: Attempt, nothingLeft: boolean): void {
    const socket = this.#socket;
    const { trailers } = this.#parser;
    const written = attempt.upload === null && !attempt.cut && socket.writableLength === 0;
    const keep = nothingLeft && written && this.#parser.keepAlive && attempt.request.keepAlive;
    if (attempt.paused) socket.resume();
    this.#attempt = null;
    attempt.end();
    this.#timer.stop();
    if (!keep || socket.errored !== null || !this.#owner.freed(this)) this.close();
    attempt.listener.ended(trailers);
  }

  #fail(why: Failure): void {
    const attempt = this.#attempt;
    const { statusLineBytes } = this.#parser;
    this.#attempt = null;
    this.close();
    attempt?.fail(why, statusLineBytes);
  }

  /** The other side has ended or broken the connection. */
  #lost(error: NodeJS.ErrnoException | null): void {
    if (this.#tunnel !== null) {
      if (error === null) this.#tunnel.ended();
      else this.#tunnel.destroy(error);
      return;
    }
    if (this.#closed) return;
    if (this.#opener !== null) {
      this.#refused(error?.message ?? 'it ended the connection inside the handshake');
      return;
    }
    const attempt = this.#attempt;
    if (attempt === null) {
      this.close();
      return;
    }
    const parser = this.#parser;
    if (error === null && attempt.responded && parser.finish()) {
      this.#finish(attempt, false);
      return;
    }
    if (parser.started) this.#fail('badResponse');
    else if (attempt.upload === null && this.#socket.writableLength === 0)
      this.#fail('closedEarly');
    else this.#fail(goneOrFailed(error));
  }

  /** Nothing has happened for too long. */
  #stalled(): void {
    if (this.#opener !== null) {
      this.#refused('its handshake took too long');
      return;
    }
    const attempt = this.#attempt;
    if (attempt === null) return;
    const queued = this.#socket.writableLength;
    const progress = queued < this.#queued;
    this.#queued = queued;
    const clientIsSlow = attempt.paused || (attempt.upload?.starved ?? false);
    if (progress || clientIsSlow) this.#timer.start(Math.ceil(attempt.request.timeoutNs / 1e6));
    else if (attempt.held) this.#fail('pingExpired');
    else if (queued > 0) this.#fail('writeTimedOut');
    else this.#fail(this.#parser.statusLineBytes > 0 ? 'badResponse' : 'timedOut');
  }
}

function writeHead(socket: Socket, head: string): number {
  socket.write(head, 'latin1');
  return head.length;
}

function goneOrFailed(error: NodeJS.ErrnoException | null): Failure {
  const gone = error === null || error.code === 'EPIPE' || error.code === 'ECONNRESET';
  return gone ? 'writeGone' : 'writeFailed';
}

/** Whether a header of the head is `value`, whatever the case of both. */
function names(head: ResponseHead, name: string, value: string): boolean {
  const { rawHeaders } = head;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (!isNamed(rawHeaders[i], name)) continue;
    if (rawHeaders[i + 1].toLowerCase() === value.toLowerCase()) return true;
  }
  return false;
}
