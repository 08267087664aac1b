/**
 * Deadlines that all lie the same distance ahead, such as the client timeouts of one class: they come due in
 * the order in which they were set, so a ring does in O(1) what the event queue would do in O(log n), and
 * the many that are never needed (the answer came first) do not swell the queue. The queue holds one event for
 * the ring's head.
 */
import type { EventQueue } from './event-queue.ts';

export class DeadlineRing {
  readonly #queue: EventQueue;
  readonly #event: number;
  readonly #aheadNs: number;
  #times = new Float64Array(64);
  #sequences = new Float64Array(64);
  #serials = new Float64Array(64);
  #ids = new Int32Array(64);
  #head = 0;
  #size = 0;

  /** `event` is what the queue delivers when the head is due. */
  constructor(queue: EventQueue, event: number, aheadNs: number) {
    this.#queue = queue;
    this.#event = event;
    this.#aheadNs = aheadNs;
  }

  /** `serial` tells this use of `id` from every other. */
  set(id: number, serial: number, nowNs: number): void {
    if (this.#size === this.#ids.length) this.#grow();
    const at = (this.#head + this.#size) & (this.#ids.length - 1);
    this.#times[at] = nowNs + this.#aheadNs;
    this.#sequences[at] = this.#queue.claim();
    this.#serials[at] = serial;
    this.#ids[at] = id;
    if (this.#size++ === 0) this.#arm();
  }

  /**
   * Takes the head, whose time has come, and arms the next one that still matters by `serials[id]`.
   * Returns its id, or -1 when the head itself no longer matters.
   */
  due(serials: Float64Array): number {
    const id = this.#ids[this.#head];
    const due = serials[id] === this.#serials[this.#head];
    this.#drop();
    while (this.#size > 0 && serials[this.#ids[this.#head]] !== this.#serials[this.#head]) {
      this.#drop();
    }
    if (this.#size > 0) this.#arm();
    return due ? id : -1;
  }

  #arm(): void {
    this.#queue.push(this.#times[this.#head], this.#event, this.#sequences[this.#head]);
  }

  #drop(): void {
    this.#head = (this.#head + 1) & (this.#ids.length - 1);
    this.#size--;
  }

  #grow(): void {
    this.#times = unrolled(this.#times, this.#head);
    this.#sequences = unrolled(this.#sequences, this.#head);
    this.#serials = unrolled(this.#serials, this.#head);
    this.#ids = unrolled(this.#ids, this.#head);
    this.#head = 0;
  }
}

/** The full ring, head first, in an array of twice the length. */
function unrolled<T extends Float64Array | Int32Array>(ring: T, head: number): T {
  const longer = new (ring.constructor as new (length: number) => T)(ring.length * 2);
  longer.set(ring.subarray(head));
  longer.set(ring.subarray(0, head), ring.length - head);
  return longer;
}
