/**
 * Deadlines that all lie the same distance ahead, such as the client timeouts of one class: they come due in
 * the order in which they were set, so a ring does in O(1) what the event queue would do in O(log n). Most are
 * never needed, for the answer comes first; those leave the ring when they reach its head, so that it is about as
 * long as the requests under way. The queue holds one event for the whole ring.
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
  #armed = false;

  /** `event` is what the queue delivers when a deadline may be due. */
  constructor(queue: EventQueue, event: number, aheadNs: number) {
    this.#queue = queue;
    this.#event = event;
    this.#aheadNs = aheadNs;
  }

  /** Sets a deadline for `id`; it matters for as long as `serials[id]` stays what it is now. */
  set(id: number, serials: Float64Array, nowNs: number): void {
    this.#trim(serials);
    if (this.#size === this.#ids.length) this.#grow();
    const at = (this.#head + this.#size++) & (this.#ids.length - 1);
    this.#times[at] = nowNs + this.#aheadNs;
    this.#sequences[at] = this.#queue.claim();
    this.#serials[at] = serials[id];
    this.#ids[at] = id;
    if (!this.#armed) this.#arm();
  }

  /** Handles the event. Returns the id whose deadline it is, or -1 when none is due. */
  due(serials: Float64Array, nowNs: number): number {
    this.#armed = false;
    this.#trim(serials);
    if (this.#size === 0) return -1;
    const id = this.#times[this.#head] <= nowNs ? this.#ids[this.#head] : -1;
    if (id !== -1) {
      this.#drop();
      this.#trim(serials);
    }
    if (this.#size > 0) this.#arm();
    return id;
  }

  #trim(serials: Float64Array): void {
    const ids = this.#ids;
    const own = this.#serials;
    let head = this.#head;
    let size = this.#size;
    while (size > 0 && serials[ids[head]] !== own[head]) {
      head = (head + 1) & (ids.length - 1);
      size--;
    }
    this.#head = head;
    this.#size = size;
  }

  #arm(): void {
    this.#armed = true;
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
