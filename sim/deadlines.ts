/**
 * Deadlines that all lie the same distance ahead, such as the client timeouts of one class: they come due in the order
 * in which they were set, so a list does in O(1) what the event queue would do in O(log n). Most are never needed, for
 * the answer comes first. The queue holds one event for the whole list.
 */
import type { EventQueue } from './event-queue.ts';

const NONE = -1;

/** Made once and set again and again, in one list at a time. */
export class Deadline {
  /** Whose it is. */
  readonly id: number;
  atNs = Number.NaN;
  /** Its place in the order of scheduling. */
  sequence = Number.NaN;
  /** Neighbours in the circle of those that are set, which begins and ends at the list's own; itself while it is not set. */
  next: Deadline = this;
  before: Deadline = this;

  constructor(id: number) {
    this.id = id;
  }

  get isSet(): boolean {
    return this.next !== this;
  }

  /** It does not matter any more; one that has come or is not set is left alone. */
  lift(): void {
    const { next, before } = this;
    if (next === this) return;
    before.next = next;
    next.before = before;
    this.next = this;
  }
}

export class Deadlines {
  private readonly queue: EventQueue;
  private readonly event: number;
  private readonly aheadNs: number;
  private readonly ends = new Deadline(NONE);
  /** 1 while the queue holds the event; V8 tests numbers in three instructions, truth in eight. */
  private armed = 0;

  /** `event` is what the queue delivers when a deadline may be due. */
  constructor(queue: EventQueue, event: number, aheadNs: number) {
    this.queue = queue;
    this.event = event;
    this.aheadNs = aheadNs;
  }

  /** Sets `deadline`, which is not set. */
  set(deadline: Deadline, nowNs: number): void {
    const { ends } = this;
    const last = ends.before;
    deadline.atNs = nowNs + this.aheadNs;
    deadline.sequence = this.queue.claim();
    deadline.before = last;
    deadline.next = ends;
    last.next = deadline;
    ends.before = deadline;
    if (this.armed === 0) this.#arm();
  }

  /** Handles the event. Returns the id whose deadline it is, or -1 when none is due. */
  due(nowNs: number): number {
    this.armed = 0;
    const first = this.ends.next;
    const isDue = first.atNs <= nowNs; // never of the end, whose time is no number
    if (isDue) first.lift();
    if (this.ends.isSet) this.#arm();
    return isDue ? first.id : NONE;
  }

  #arm(): void {
    const { atNs, sequence } = this.ends.next;
    this.armed = 1;
    this.queue.push(atNs, this.event, sequence);
  }
}
