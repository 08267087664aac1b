/**
 * Clients that send a body too slowly, as httpd's `RequestReadTimeout body=20,MinRate=500` has it: a grace period, and
 * a second more for so many bytes. Only the time in which the proxy waits for the client counts, not the time in which
 * a worker is slow to take what came, and only what bodies are made of: no padding, no pings. Whatever comes of a body
 * counts for all that its connection has under way, in equal parts: a client may send one after another, but holds many
 * only at the pace of many.
 */
import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';

const TICK_MS = 1000;

/** The bodies under way of a connection, and the bytes that each of them may count as its own. */
interface Pace {
  bodies: number;
  bytesEach: number;
}

interface Watched {
  readonly socket: Socket;
  readonly pace: Pace;
  readonly bytesBefore: number;
  waitedSeconds: number;
  readonly expired: () => void;
}

/** One timer for all bodies under way; none while there are none. */
export class BodyWatch {
  readonly #graceSeconds: number;
  readonly #bytesPerSecond: number;
  readonly #watched = new Map<ServerHttp2Stream, Watched>();
  readonly #paces = new WeakMap<Socket, Pace>();
  #timer: NodeJS.Timeout | null = null;

  constructor(graceSeconds: number, bytesPerSecond: number) {
    this.#graceSeconds = graceSeconds;
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Calls `expired` when the body of `stream` has become too slow. Stops by itself when it is complete. */
  add(stream: ServerHttp2Stream, socket: Socket, expired: () => void): void {
    const pace = this.#paces.get(socket) ?? { bodies: 0, bytesEach: 0 };
    this.#paces.set(socket, pace);
    pace.bodies++;
    const watched = { socket, pace, bytesBefore: pace.bytesEach, waitedSeconds: 0, expired };
    this.#watched.set(stream, watched);
    // A listener for its data would set the stream going.
    const push = stream.push.bind(stream);
    stream.push = (chunk, encoding) => {
      if (chunk === null) this.#forget(stream, watched);
      else pace.bytesEach += chunk.length / Math.max(1, pace.bodies);
      return push(chunk, encoding);
    };
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  #tick(): void {
    for (const [stream, watched] of this.#watched) {
      if (stream.readableEnded || stream.destroyed || watched.socket.destroyed) {
        this.#forget(stream, watched);
      } else if (this.#isSlow(stream, watched)) {
        this.#forget(stream, watched);
        watched.expired();
      }
    }
    if (this.#watched.size === 0 && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
  }

  #forget(stream: ServerHttp2Stream, watched: Watched): void {
    if (this.#watched.delete(stream)) watched.pace.bodies--;
  }

  #isSlow(stream: ServerHttp2Stream, watched: Watched): boolean {
    if (stream.readableFlowing !== true || stream.readableLength > 0) return false;
    watched.waitedSeconds += TICK_MS / 1000;
    const bytes = watched.pace.bytesEach - watched.bytesBefore;
    return watched.waitedSeconds > this.#graceSeconds + bytes / this.#bytesPerSecond;
  }
}
