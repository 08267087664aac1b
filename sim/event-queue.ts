/**
 * The future. Stable: events at the same instant come out in the order in which they were put in. Allocates
 * nothing until it has to grow.
 *
 * The next few events are a sorted list, in which a push passes a handful of entries and a pop none: with ten
 * workers that is all there is. What comes later than the heap's first waits in the heap; when the list is empty it
 * takes the earliest from there, and when it is long its later half goes there. A list of objects, because a step
 * along it costs V8 a dozen instructions, a step along typed arrays four times as many.
 */
import { EventHeap } from './event-heap.ts';

/** Beyond about thirty entries, passing half a list costs more than a heap. */
const LONG = 32;

/** An event. What has no next one in the list points to its end: V8 need not look what it finds there. */
export class Entry {
  timeNs: number;
  /** Its place in the order of scheduling. */
  sequence: number;
  event = 0;
  next: Entry;

  constructor(timeNs: number, next?: Entry) {
    this.timeNs = timeNs;
    this.sequence = timeNs;
    this.next = next ?? this;
  }
}

export class EventQueue {
  /** The event that `pop` took last. */
  timeNs = Number.NaN;
  sequence = Number.NaN;
  event = 0;

  /** The list lies between these two, earliest first. */
  private readonly end = new Entry(Number.POSITIVE_INFINITY);
  private readonly start = new Entry(Number.NEGATIVE_INFINITY, this.end);
  /** How long it is, and the longest it may be. */
  private near = 0;
  private readonly long: number;
  /** Nothing here is earlier than anything in the list. */
  private readonly far = new EventHeap();
  /** Time of the earliest in the heap; Infinity when it is empty. */
  private farNs = Number.POSITIVE_INFINITY;
  /** Entries to use again, up to the end. */
  private free: Entry = this.end;
  private nextSequence = Number.NaN;

  /** `long`: the most entries of the list. */
  constructor(long = LONG) {
    this.long = long;
    this.nextSequence = 0;
  }

  get size(): number {
    return this.near + this.far.size;
  }

  /** Time of the earliest event. Needs one. */
  get earliestNs(): number {
    return this.near === 0 ? this.farNs : this.start.next.timeNs;
  }

  /** Claims the place in the order of scheduling for an event that is pushed later. */
  claim(): number {
    return this.nextSequence++;
  }

  /** Returns the event's sequence number, which tells it from every other. */
  push(timeNs: number, event: number, sequence: number = this.nextSequence++): number {
    if (timeNs >= this.farNs && this.#isFar(timeNs, sequence)) {
      this.far.push(timeNs, sequence, event);
      return sequence;
    }
    const entry = this.#take();
    entry.timeNs = timeNs;
    entry.sequence = sequence;
    entry.event = event;
    let before = this.start;
    let after = before.next;
    while (after.timeNs < timeNs || (after.timeNs === timeNs && after.sequence < sequence)) {
      before = after;
      after = after.next;
    }
    before.next = entry;
    entry.next = after;
    if (++this.near > this.long) this.#spill();
    return sequence;
  }

  /** Takes the earliest event into `timeNs`, `sequence` and `event`; false when there is none, or none before `other`. */
  pop(other: Entry = this.end): boolean {
    if (this.near === 0) this.#fetch();
    const entry = this.start.next;
    const { timeNs } = entry;
    if (other.timeNs < timeNs || (other.timeNs === timeNs && other.sequence < entry.sequence)) {
      return false;
    }
    if (entry === this.end) return false;
    this.start.next = entry.next;
    this.near--;
    this.timeNs = timeNs;
    this.sequence = entry.sequence;
    this.event = entry.event;
    this.#give(entry);
    return true;
  }

  #take(): Entry {
    const entry = this.free;
    if (entry === this.end) return new Entry(Number.NaN, this.end);
    this.free = entry.next;
    return entry;
  }

  #give(entry: Entry): void {
    entry.next = this.free;
    this.free = entry;
  }

  /** For an event not before `farNs`: whether it also comes after the heap's first in the order of scheduling. */
  #isFar(timeNs: number, sequence: number): boolean {
    return timeNs > this.farNs || sequence > this.far.earliestSequence;
  }

  /** Fills the list, which is empty, from the heap, to half its length. */
  #fetch(): void {
    let last = this.start;
    while (this.near < this.long / 2 && this.far.size > 0) {
      const entry = this.#take();
      entry.timeNs = this.far.earliestNs;
      entry.sequence = this.far.earliestSequence;
      entry.event = this.far.pop();
      last.next = entry;
      last = entry;
      this.near++;
    }
    last.next = this.end;
    this.farNs = this.far.earliestNs;
  }

  /** Sends the later half of the list to the heap. */
  #spill(): void {
    const keep = this.near >> 1;
    let last = this.start;
    for (let passed = 0; passed < keep; passed++) last = last.next;
    for (let entry = last.next; entry !== this.end; ) {
      const { next } = entry;
      this.far.push(entry.timeNs, entry.sequence, entry.event);
      this.#give(entry);
      entry = next;
    }
    last.next = this.end;
    this.near = keep;
    this.farNs = this.far.earliestNs;
  }
}
