/**
 * Clients that send a body too slowly: 20 s, and a second more for every 500 bytes that came, as httpd's
 * `RequestReadTimeout body=20,MinRate=500` has it. Only the time in which the proxy waits for the client counts,
 * not the time in which a worker is slow to take what came.
 */
/** What there is to know of a body: node:http's messages have it. */
export interface WatchedBody {
  readonly complete: boolean;
  readonly destroyed: boolean;
  readonly readableFlowing: boolean | null;
  readonly readableLength: number;
  readonly socket: { readonly destroyed: boolean; readonly bytesRead: number };
}

const TICK_MS = 1000;

interface Watched {
  readonly bytesBefore: number;
  waitedSeconds: number;
  readonly expired: () => void;
}

/** One timer for all bodies under way; none while there are none. */
export class BodyWatch {
  readonly #graceSeconds: number;
  readonly #bytesPerSecond: number;
  readonly #watched = new Map<WatchedBody, Watched>();
  #timer: NodeJS.Timeout | null = null;

  constructor(graceSeconds = 20, bytesPerSecond = 500) {
    this.#graceSeconds = graceSeconds;
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Calls `expired` when `message` has become too slow. Stops by itself when the body is complete. */
  add(message: WatchedBody, expired: () => void): void {
    this.#watched.set(message, { bytesBefore: bytesRead(message), waitedSeconds: 0, expired });
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  #tick(): void {
    for (const [message, watched] of this.#watched) {
      // A message whose answer went out before its body came is not destroyed with its connection.
      const over = message.complete || message.destroyed || message.socket.destroyed;
      if (over) this.#watched.delete(message);
      else if (this.#isSlow(message, watched)) {
        this.#watched.delete(message);
        watched.expired();
      }
    }
    if (this.#watched.size === 0 && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
  }

  #isSlow(message: WatchedBody, watched: Watched): boolean {
    if (message.readableFlowing !== true || message.readableLength > 0) return false;
    watched.waitedSeconds += TICK_MS / 1000;
    const bytes = bytesRead(message) - watched.bytesBefore;
    return watched.waitedSeconds > this.#graceSeconds + bytes / this.#bytesPerSecond;
  }
}

function bytesRead(message: WatchedBody): number {
  return message.socket?.bytesRead ?? 0;
}
