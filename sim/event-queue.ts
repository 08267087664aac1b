/**
 * The future: a flat 4-ary heap of (time, sequence, event) in typed arrays. Stable: events at the same instant
 * come out in the order in which they were put in. Push and pop are O(log n) and allocate nothing until
 * the heap has to grow.
 *
 * `pop` leaves a hole at the root, for most events put another into the future while they are handled: that one
 * sinks in from the root, one way through the heap instead of two. Only when none came does the next look
 * at the heap close the hole with the last leaf, as heaps usually do.
 */
export class EventQueue {
  size = 0;
  /** The event that `pop` took last. */
  timeNs = Number.NaN; // a double from the start: V8 keeps fields as what they first held
  sequence = Number.NaN;
  event = 0;

  #times: Float64Array;
  #sequences: Float64Array;
  #events: Int32Array;
  #nextSequence = 0;
  /** The root is free; the others are in rows 1 to `size`. */
  #hollow = false;

  constructor(capacity = 1024) {
    this.#times = new Float64Array(capacity);
    this.#sequences = new Float64Array(capacity);
    this.#events = new Int32Array(capacity);
  }

  /** Time of the earliest event; meaningless when there is none. */
  get earliestNs(): number {
    if (this.#hollow) this.#close();
    return this.#times[0];
  }

  /** Claims the place in the order of scheduling for an event that is pushed later. */
  claim(): number {
    return this.#nextSequence++;
  }

  /** Returns the event's sequence number, which tells it from every other. */
  push(timeNs: number, event: number, sequence: number = this.#nextSequence++): number {
    if (this.#hollow) {
      this.#hollow = false;
      this.#sink(timeNs, sequence, event, ++this.size);
    } else this.#rise(timeNs, sequence, event);
    return sequence;
  }

  /** Takes the earliest event into `timeNs`, `sequence` and `event`; false when there is none. */
  pop(): boolean {
    if (this.#hollow) this.#close();
    if (this.size === 0) return false;
    this.timeNs = this.#times[0];
    this.sequence = this.#sequences[0];
    this.event = this.#events[0];
    this.size--;
    this.#hollow = true;
    return true;
  }

  /** Fills the hole with the last leaf. */
  #close(): void {
    this.#hollow = false;
    const last = this.size; // the hole counts
    if (last > 0) this.#sink(this.#times[last], this.#sequences[last], this.#events[last], last);
  }

  /** Puts an event in at the end of the heap. */
  #rise(timeNs: number, sequence: number, event: number): void {
    if (this.size === this.#events.length) this.#grow();
    const times = this.#times;
    const sequences = this.#sequences;
    const events = this.#events;
    let hole = this.size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      const parentTime = times[parent];
      if (parentTime < timeNs || (parentTime === timeNs && sequences[parent] < sequence)) break;
      times[hole] = parentTime;
      sequences[hole] = sequences[parent];
      events[hole] = events[parent];
      hole = parent;
    }
    times[hole] = timeNs;
    sequences[hole] = sequence;
    events[hole] = event;
  }

  /** Puts an event in at the root, which is free, of a heap of `count` rows. */
  #sink(timeNs: number, sequence: number, event: number, count: number): void {
    const times = this.#times;
    const sequences = this.#sequences;
    const events = this.#events;
    let hole = 0;
    for (let child = 1; child < count; child = 4 * hole + 1) {
      const end = Math.min(child + 4, count);
      let least = child;
      let leastTime = times[child];
      for (let other = child + 1; other < end; other++) {
        const otherTime = times[other];
        if (
          otherTime < leastTime ||
          (otherTime === leastTime && sequences[other] < sequences[least])
        ) {
          least = other;
          leastTime = otherTime;
        }
      }
      if (timeNs < leastTime || (timeNs === leastTime && sequence < sequences[least])) break;
      times[hole] = leastTime;
      sequences[hole] = sequences[least];
      events[hole] = events[least];
      hole = least;
    }
    times[hole] = timeNs;
    sequences[hole] = sequence;
    events[hole] = event;
  }

  #grow(): void {
    const capacity = this.#events.length * 2;
    const times = new Float64Array(capacity);
    const sequences = new Float64Array(capacity);
    const events = new Int32Array(capacity);
    times.set(this.#times);
    sequences.set(this.#sequences);
    events.set(this.#events);
    this.#times = times;
    this.#sequences = sequences;
    this.#events = events;
  }
}
