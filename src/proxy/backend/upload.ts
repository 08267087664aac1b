/**
 * The body of a request on its way out, framed and counted as httpd does it: what was read before connecting is one
 * chunk, what follows goes in chunks as it comes, 8192 bytes at most (spec: httpd 3.3).
 */
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { OutgoingRequest } from './backend.ts';

/** httpd reads a request body in pieces of this size. */
const PIECE_BYTES = 8192;
/** Heads and bodies up to this size are joined into one write. */
const JOIN_BYTES = 65_536;
const LAST_CHUNK = '0\r\n\r\n';

/** Writes `head` (may be empty) and the part of the body that is there, in one write if it is small; returns bytes. */
export function writeStart(socket: Socket, head: string, request: OutgoingRequest): number {
  const { body, chunked } = request;
  let bodyBytes = 0;
  for (const piece of body) bodyBytes += piece.length;
  const framed = chunked && bodyBytes > 0;
  const before = framed ? `${head}${bodyBytes.toString(16)}\r\n` : head;
  let after = framed ? '\r\n' : '';
  if (chunked && request.rest === null) after += LAST_CHUNK;
  const total = before.length + bodyBytes + after.length;
  if (total === 0) return 0;
  if (bodyBytes === 0) {
    socket.write(before + after, 'latin1');
    return total;
  }
  if (total > JOIN_BYTES) {
    socket.cork();
    socket.write(before, 'latin1');
    for (const piece of body) socket.write(piece);
    socket.write(after, 'latin1');
    socket.uncork();
    return total;
  }
  const joined = Buffer.allocUnsafe(total);
  let at = joined.write(before, 0, 'latin1');
  for (const piece of body) at += piece.copy(joined, at);
  joined.write(after, at, 'latin1');
  socket.write(joined);
  return total;
}

/** Passes `rest` on, as fast as the connection takes it. Calls `done` or `broken` once, or neither after `stop`. */
export class Upload {
  readonly #socket: Socket;
  readonly #rest: Readable;
  readonly #chunked: boolean;
  readonly #sent: (bytes: number) => void;
  readonly #done: () => void;
  readonly #broken: () => void;
  #ended = false;

  constructor(
    socket: Socket,
    rest: Readable,
    chunked: boolean,
    sent: (bytes: number) => void,
    done: () => void,
    broken: () => void,
  ) {
    this.#socket = socket;
    this.#rest = rest;
    this.#chunked = chunked;
    this.#sent = sent;
    this.#done = done;
    this.#broken = broken;
  }

  start(): void {
    const rest = this.#rest;
    rest.on('data', this.#onData);
    rest.on('end', this.#onEnd);
    rest.on('error', this.#onBroken);
    rest.on('close', this.#onBroken);
    if (rest.readableEnded) this.#onEnd();
    else if (rest.destroyed) this.#onBroken();
    else if (this.#socket.writableNeedDrain) rest.pause();
    else rest.resume();
  }

  /** The client is waited for, not the backend. */
  get starved(): boolean {
    return this.#socket.writableLength === 0;
  }

  /** The connection takes more. */
  drained(): void {
    if (!this.#ended) this.#rest.resume();
  }

  /** Sends nothing more. What is left of `rest` stays there, paused. */
  stop(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#rest.pause();
    this.#rest.off('data', this.#onData);
    this.#rest.off('end', this.#onEnd);
    this.#rest.off('close', this.#onBroken);
    // An error that comes later must find somebody.
    this.#rest.off('error', this.#onBroken);
    this.#rest.on('error', ignore);
  }

  readonly #onData = (data: Buffer): void => {
    const socket = this.#socket;
    let framing = 0;
    if (this.#chunked) {
      socket.cork();
      for (let from = 0; from < data.length; from += PIECE_BYTES) {
        const piece = data.subarray(from, from + PIECE_BYTES);
        const size = `${piece.length.toString(16)}\r\n`;
        socket.write(size, 'latin1');
        socket.write(piece);
        socket.write('\r\n', 'latin1');
        framing += size.length + 2;
      }
      socket.uncork();
    } else {
      socket.write(data);
    }
    if (socket.writableNeedDrain) this.#rest.pause();
    this.#sent(data.length + framing);
  };

  readonly #onEnd = (): void => {
    if (this.#ended) return;
    this.stop();
    if (this.#chunked) {
      this.#socket.write(LAST_CHUNK, 'latin1');
      this.#sent(LAST_CHUNK.length);
    }
    this.#done();
  };

  readonly #onBroken = (): void => {
    if (this.#ended) return;
    this.stop();
    this.#broken();
  };
}

function ignore(): void {}
