/** A connection after a 101, as a stream: what the two sides say is theirs (spec: httpd 10.5). */
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
