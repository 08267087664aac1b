/**
 * Clients that send a body too slowly, as httpd's `RequestReadTimeout body=20,MinRate=500` has it: a grace period, and
 * a second more for so many bytes. Only the time in which the proxy waits for the client counts, not the time in which
 * a worker is slow to take what came, and only what comes of this body: not its padding, pings, or other bodies.
 */
import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';

const TICK_MS = 1000;

interface Watched {
  readonly socket: Socket;
  bytes: number;
  waitedSeconds: number;
  readonly expired: () => void;
}

/** One timer for all bodies under way; none while there are none. */
export class BodyWatch {
  readonly #graceSeconds: number;
  readonly #bytesPerSecond: number;
  readonly #watched = new Map<ServerHttp2Stream, Watched>();
  #timer: NodeJS.Timeout | null = null;

  constructor(graceSeconds: number, bytesPerSecond: number) {
    this.#graceSeconds = graceSeconds;
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Calls `expired` when the body of `stream` has become too slow. Stops by itself when it is complete. */
  add(stream: ServerHttp2Stream, socket: Socket, expired: () => void): void {
    const watched: Watched = { socket, bytes: 0, waitedSeconds: 0, expired };
    this.#watched.set(stream, watched);
    // A listener for its data would set the stream going.
    const push = stream.push.bind(stream);
    stream.push = (chunk, encoding) => {
      if (chunk !== null) watched.bytes += chunk.length;
      return push(chunk, encoding);
    };
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  #tick(): void {
    for (const [stream, watched] of this.#watched) {
      if (stream.readableEnded || stream.destroyed || watched.socket.destroyed) {
        this.#watched.delete(stream);
      } else if (this.#isSlow(stream, watched)) {
        this.#watched.delete(stream);
        watched.expired();
      }
    }
    if (this.#watched.size === 0 && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
  }

  #isSlow(stream: ServerHttp2Stream, watched: Watched): boolean {
    if (stream.readableFlowing !== true || stream.readableLength > 0) return false;
    watched.waitedSeconds += TICK_MS / 1000;
    return watched.waitedSeconds > this.#graceSeconds + watched.bytes / this.#bytesPerSecond;
  }
}
