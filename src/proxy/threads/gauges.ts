/** What each thread has under way, where all can see it. Row 0 is the supervisor's and stays empty. */
import type { Socket } from 'node:net';

/** Numbers of a row: a cache line. */
const ROW = 16;
const CONNECTIONS = 0;
const OPEN = 1;

/** Does not serve, or not yet. */
const AWAY = 0x7fff_ffff;

/** How long a thread that has more than its part of the connections lets others go first, for each one more. */
const YIELD_MS = 0.05;
const YIELD_MS_MAX = 0.25;

export function gaugesFor(threads: number): SharedArrayBuffer {
  return new SharedArrayBuffer((threads + 1) * ROW * 4);
}

export class Gauges {
  readonly #cells: Int32Array;
  readonly #row: number;
  #connections = 0;
  #begun = false;
  /** Nobody writes here: sleeping on it ends by time. */
  readonly #pillow = new Int32Array(new SharedArrayBuffer(4));

  constructor(memory: SharedArrayBuffer, thread: number) {
    this.#cells = new Int32Array(memory);
    this.#row = thread * ROW;
  }

  /** The thread serves connections from now on, those that it has accepted already among them. */
  begin(): void {
    this.#begun = true;
    this.#show();
  }

  /** The thread is gone, or not there yet. */
  clear(): void {
    Atomics.store(this.#cells, this.#row + CONNECTIONS, AWAY);
    Atomics.store(this.#cells, this.#row + OPEN, 0);
  }

  opened(): void {
    Atomics.add(this.#cells, this.#row + OPEN, 1);
  }

  closed(): void {
    Atomics.sub(this.#cells, this.#row + OPEN, 1);
  }

  /** Requests of all threads that have not been closed. */
  get open(): number {
    let open = 0;
    for (let row = 0; row < this.#cells.length; row += ROW) {
      open += Atomics.load(this.#cells, row + OPEN);
    }
    return open;
  }

  /**
   * Counts a connection. All threads accept from one socket, and the one that wakes first would take all that wait
   * there, so who has more than another sleeps for a moment: others that are awake and idle take what comes next.
   */
  accepted(socket: Socket): void {
    this.#connections++;
    this.#show();
    socket.once('close', () => {
      this.#connections--;
      this.#show();
    });
    const ahead = this.#connections - this.#fewest - 1;
    if (ahead > 0) Atomics.wait(this.#pillow, 0, 0, Math.min(YIELD_MS_MAX, YIELD_MS * ahead));
  }

  /** Tells the others how many connections this thread has. */
  #show(): void {
    if (this.#begun) Atomics.store(this.#cells, this.#row + CONNECTIONS, this.#connections);
  }

  /** Other threads that serve. */
  get others(): number {
    let others = 0;
    for (let row = ROW; row < this.#cells.length; row += ROW) {
      if (row !== this.#row && Atomics.load(this.#cells, row + CONNECTIONS) !== AWAY) others++;
    }
    return others;
  }

  get #fewest(): number {
    let fewest = AWAY;
    for (let row = ROW; row < this.#cells.length; row += ROW) {
      fewest = Math.min(fewest, Atomics.load(this.#cells, row + CONNECTIONS));
    }
    return fewest;
  }
}
