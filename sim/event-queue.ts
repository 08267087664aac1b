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

class Entry {
  timeNs = Number.NaN; // a double from the start: V8 keeps fields as what they first held
  sequence = Number.NaN;
  event = 0;
  next: Entry | null = null;
}

export class EventQueue {
  /** The event that `pop` took last. */
  timeNs = Number.NaN;
  sequence = Number.NaN;
  event = 0;

  /** The list, earliest first, and how long it is. */
  #head: Entry | null = null;
  #near = 0;
  readonly #long: number;
  /** Nothing here is earlier than anything in the list. */
  readonly #far = new EventHeap();
  /** Time of the earliest in the heap; Infinity when it is empty. */
  #farNs = Number.POSITIVE_INFINITY;
  /** Entries to use again. */
  #free: Entry | null = null;
  #nextSequence = Number.NaN;

  /** `long`: the most entries of the list. */
  constructor(long = LONG) {
    this.#long = long;
    this.#nextSequence = 0;
  }

  get size(): number {
    return this.#near + this.#far.size;
  }

  /** Time of the earliest event. Needs one. */
  get earliestNs(): number {
    return this.#head === null ? this.#farNs : this.#head.timeNs;
  }

  /** Claims the place in the order of scheduling for an event that is pushed later. */
  claim(): number {
    return this.#nextSequence++;
  }

  /** Returns the event's sequence number, which tells it from every other. */
  push(timeNs: number, event: number, sequence: number = this.#nextSequence++): number {
    if (timeNs >= this.#farNs && this.#isFar(timeNs, sequence)) {
      this.#far.push(timeNs, sequence, event);
      return sequence;
    }
    const entry = this.#free ?? new Entry();
    this.#free = entry.next;
    entry.timeNs = timeNs;
    entry.sequence = sequence;
    entry.event = event;
    let before: Entry | null = null;
    let after = this.#head;
    while (after !== null) {
      if (after.timeNs >= timeNs && (after.timeNs > timeNs || after.sequence > sequence)) break;
      before = after;
      after = after.next;
    }
    entry.next = after;
    if (before === null) this.#head = entry;
    else before.next = entry;
    if (++this.#near > this.#long) this.#spill();
    return sequence;
  }

  /** Takes the earliest event into `timeNs`, `sequence` and `event`; false when there is none. */
  pop(): boolean {
    if (this.#head === null) this.#fetch();
    const entry = this.#head;
    if (entry === null) return false;
    this.#head = entry.next;
    this.#near--;
    this.timeNs = entry.timeNs;
    this.sequence = entry.sequence;
    this.event = entry.event;
    this.#give(entry);
    return true;
  }

  #give(entry: Entry): void {
    entry.next = this.#free;
    this.#free = entry;
  }

  /** For an event not before `#farNs`: whether it also comes after the heap's first in the order of scheduling. */
  #isFar(timeNs: number, sequence: number): boolean {
    return timeNs > this.#farNs || sequence > this.#far.earliestSequence;
  }

  /** Fills the list, which is empty, from the heap, to half its length. */
  #fetch(): void {
    let last: Entry | null = null;
    while (this.#near < this.#long / 2 && this.#far.size > 0) {
      const entry: Entry = this.#free ?? new Entry();
      this.#free = entry.next;
      entry.timeNs = this.#far.earliestNs;
      entry.sequence = this.#far.earliestSequence;
      entry.event = this.#far.pop();
      entry.next = null;
      if (last === null) this.#head = entry;
      else last.next = entry;
      last = entry;
      this.#near++;
    }
    this.#farNs = this.#far.earliestNs;
  }

  /** Sends the later half of the list to the heap. */
  #spill(): void {
    const keep = this.#near >> 1;
    let last = this.#head;
    for (let passed = 1; passed < keep; passed++) last = last?.next ?? null;
    if (last === null) return;
    for (let entry = last.next; entry !== null; ) {
      const { next } = entry;
      this.#far.push(entry.timeNs, entry.sequence, entry.event);
      this.#give(entry);
      entry = next;
    }
    last.next = null;
    this.#near = keep;
    this.#farNs = this.#far.earliestNs;
  }
}
