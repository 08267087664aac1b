/**
 * A session, for as long as its connection: how long it may be quiet, how long a client may take nothing of an answer,
 * and how it ends. Node knows timeouts of a session only as long as nothing at all happens on it: a client that
 * pings would never have one.
 */
import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { FrontOptions } from '../front.ts';

const LOOK_MS = 1000;

/** A client that has said nothing for so long while it has requests is asked whether it is there still. */
const SILENCE_MS = 5000;

/** How long a connection may stay behind the end of its session. */
const LINGER_MS = 2000;

/** Whoever takes so much in Timeout, of whichever stream, is slow and not stuck. */
const SLOW_BYTES = 16 * 1024;

/** What a PING or SETTINGS makes the proxy send, at most. */
const REPLY_BYTES = 64;

/** What is known of a stream whose answer the client may be slow to take. */
interface Taking {
  readonly giveUp: () => void;
  /** Bytes that it had not taken at the last look. */
  left: number;
  /** When it took some last, or had none to take. */
  sinceMs: number;
}

export class Session {
  readonly #session: ServerHttp2Session;
  readonly #socket: Socket;
  readonly #options: FrontOptions;
  readonly #streams = new Map<ServerHttp2Stream, Taking>();
  #idle: NodeJS.Timeout | null;
  #looking: NodeJS.Timeout | null = null;
  #repliedBytes = 0;
  #takenBytes = 0;
  /** When the client had taken SLOW_BYTES more. */
  #tookMs = 0;
  #bytesRead = 0;
  #heardMs = 0;
  /** It has ended, and its socket will. */
  #lingers = false;
  /** When the client was asked whether it is there; 0: it has said something since. */
  #askedMs = 0;

  constructor(session: ServerHttp2Session, socket: Socket, options: FrontOptions) {
    this.#session = session;
    this.#socket = socket;
    this.#options = options;
    this.#idle = setTimeout(() => session.close(), options.headerMs);
    session.on('error', () => {}); // it is being destroyed
    const replied = () => {
      this.#repliedBytes += REPLY_BYTES;
    };
    session.on('ping', replied).on('remoteSettings', replied);
    this.#endWell();
    socket.once('close', () => this.#forget());
  }

  /** `giveUp`: called when the client has taken nothing of the answer for Timeout. */
  began(stream: ServerHttp2Stream, giveUp: () => void): void {
    const taking: Taking = { giveUp, left: 0, sinceMs: performance.now() };
    this.#streams.set(stream, taking);
    stream.on('drain', () => {
      taking.sinceMs = performance.now();
    });
    stream.once('close', () => this.#ended(stream));
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
    this.#heardMs = performance.now();
    this.#looking ??= setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /**
   * Node destroys a session while nghttp2 is still reading what was wrong, and tells the client INTERNAL_ERROR. A
   * moment later nghttp2 has told what it was, if not that it was no HTTP/2 at all. And Node would wait for the client
   * to take all of it.
   */
  #endWell(): void {
    const session = this.#session;
    const destroy = session.destroy.bind(session);
    const end = (error?: Error, code?: number) => {
      destroy(error, code);
      this.#linger();
    };
    session.destroy = (error?: Error, code?: number) => {
      if (error instanceof Error && 'errno' in error) {
        setImmediate(end, error, code ?? constants.NGHTTP2_PROTOCOL_ERROR);
      } else end(error, code);
    };
  }

  #linger(): void {
    this.#forget();
    if (this.#lingers || this.#socket.destroyed) return;
    this.#lingers = true;
    const timer = setTimeout(() => this.#socket.destroy(), LINGER_MS);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  #forget(): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    if (this.#looking !== null) clearInterval(this.#looking);
    this.#idle = null;
    this.#looking = null;
  }

  #ended(stream: ServerHttp2Stream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0 || this.#session.destroyed) return;
    this.#idle = setTimeout(() => this.#session.close(), this.#options.keepAliveMs);
  }

  #look(): void {
    if (this.#streams.size === 0) {
      if (this.#looking !== null) clearInterval(this.#looking);
      this.#looking = null;
      return;
    }
    const nowMs = performance.now();
    const takenBytes = this.#socket.bytesWritten - this.#repliedBytes;
    if (takenBytes >= this.#takenBytes + SLOW_BYTES) {
      this.#takenBytes = takenBytes;
      this.#tookMs = nowMs;
    }
    for (const [stream, taking] of this.#streams) {
      const left = stream.writableLength;
      if (left === 0 || left < taking.left) taking.sinceMs = nowMs;
      taking.left = left;
      const sinceMs = Math.max(taking.sinceMs, this.#tookMs);
      if (nowMs - sinceMs > this.#options.timeoutMs) taking.giveUp();
    }
    this.#listen(nowMs);
  }

  /** Whoever is gone, or was ended by nghttp2, which tells nobody, does not answer. */
  #listen(nowMs: number): void {
    const { bytesRead } = this.#socket;
    if (bytesRead !== this.#bytesRead) {
      this.#bytesRead = bytesRead;
      this.#heardMs = nowMs;
      this.#askedMs = 0;
    } else if (this.#askedMs > 0) {
      if (nowMs - this.#askedMs > this.#options.headerMs) this.#session.destroy();
    } else if (nowMs - this.#heardMs > SILENCE_MS) {
      this.#askedMs = nowMs;
      this.#session.ping(() => {});
    }
  }
}
