/**
 * A connection that was given away, as after a 101 (spec: httpd 10.5), as a stream: what the two sides say is theirs.
 */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

export class Tunnel extends Duplex {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
  }

  arrived(bytes: Buffer): void {
    if (!this.push(bytes)) this.#socket.pause();
  }

  /** No more will arrive. */
  ended(): void {
    if (!this.readableEnded && !this.destroyed) this.push(null);
  }

  /** In the clear: ends it so that the worker does not take that for the end of what was to be said. */
  reset(): void {
    // Of a socket in the file system there is no such end.
    if (this.#socket.remoteFamily !== undefined) this.#socket.resetAndDestroy();
    this.destroy();
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
