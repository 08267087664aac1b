/**
 * Deadlines that all lie the same distance ahead, such as the client timeouts of one class: they come due in
 * the order in which they were set, so a ring does in O(1) what the event queue would do in O(log n). Most are
 * never needed, for the answer comes first; those leave the ring from its head when it is full, so that it is no longer
 * than the requests under way ask for. The queue holds one event for the whole ring.
 */
import type { EventQueue } from './event-queue.ts';

const NONE = -1;

export class DeadlineRing {
  private readonly queue: EventQueue;
  private readonly event: number;
  private readonly aheadNs: number;
  private times = new Float64Array(64);
  private sequences = new Float64Array(64);
  /** NONE where the deadline was lifted. */
  private ids = new Int32Array(64);
  /** Deadlines that ever left and ever came: a deadline's place is its number modulo the length of the ring. */
  private head = 0;
  private tail = 0;
  private armed = false;

  /** `event` is what the queue delivers when a deadline may be due. */
  constructor(queue: EventQueue, event: number, aheadNs: number) {
    this.queue = queue;
    this.event = event;
    this.aheadNs = aheadNs;
  }

  /** Sets a deadline for `id`. Returns its number, by which it can be lifted. */
  set(id: number, nowNs: number): number {
    if (this.tail - this.head === this.ids.length) this.#makeRoom();
    const number = this.tail++;
    const at = number & (this.ids.length - 1);
    this.times[at] = nowNs + this.aheadNs;
    this.sequences[at] = this.queue.claim();
    this.ids[at] = id;
    if (!this.armed) this.#arm();
    return number;
  }

  /** The deadline does not matter any more; one that has come or was lifted before is left alone. */
  lift(number: number): void {
    if (number >= this.head) this.ids[number & (this.ids.length - 1)] = NONE;
  }

  /** Handles the event. Returns the id whose deadline it is, or -1 when none is due. */
  due(nowNs: number): number {
    this.armed = false;
    this.#trim();
    if (this.head === this.tail) return NONE;
    const at = this.head & (this.ids.length - 1);
    const id = this.times[at] <= nowNs ? this.ids[at] : NONE;
    if (id !== NONE) {
      this.head++;
      this.#trim();
    }
    if (this.head < this.tail) this.#arm();
    return id;
  }

  /** Drops lifted deadlines from the head. */
  #trim(): void {
    const ids = this.ids;
    const tail = this.tail;
    let head = this.head;
    while (head < tail && ids[head & (ids.length - 1)] === NONE) head++;
    this.head = head;
  }

  #arm(): void {
    const at = this.head & (this.ids.length - 1);
    this.armed = true;
    this.queue.push(this.times[at], this.event, this.sequences[at]);
  }

  #makeRoom(): void {
    this.#trim();
    if (this.tail - this.head < this.ids.length) return;
    this.times = unrolled(this.times, this.head);
    this.sequences = unrolled(this.sequences, this.head);
    this.ids = unrolled(this.ids, this.head);
  }
}

/** The full ring in an array of twice the length: each deadline where its number, from `head` on, wants it. */
function unrolled<T extends Float64Array | Int32Array>(ring: T, head: number): T {
  const longer = new (ring.constructor as new (length: number) => T)(ring.length * 2);
  for (let number = head; number < head + ring.length; number++) {
    longer[number % longer.length] = ring[number % ring.length];
  }
  return longer;
}
