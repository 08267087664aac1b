/**
 * The future: a flat 4-ary heap of (time, sequence, event) in typed arrays. Stable: events at the same instant
 * come out in the order in which they were put in. Push and pop are O(log n) and allocate nothing until
 * the heap has to grow.
 */
export class EventQueue {
  size = 0;
  /** The event that `pop` took last. */
  timeNs = 0;
  sequence = 0;
  event = 0;

  #times: Float64Array;
  #sequences: Float64Array;
  #events: Int32Array;
  #nextSequence = 0;

  constructor(capacity = 1024) {
    this.#times = new Float64Array(capacity);
    this.#sequences = new Float64Array(capacity);
    this.#events = new Int32Array(capacity);
  }

  /** Time of the earliest event; meaningless when there is none. */
  get earliestNs(): number {
    return this.#times[0];
  }

  /** Claims the place in the order of scheduling for an event that is pushed later. */
  claim(): number {
    return this.#nextSequence++;
  }

  /** Returns the event's sequence number, which tells it from every other. */
  push(timeNs: number, event: number, sequence: number = this.#nextSequence++): number {
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
    return sequence;
  }

  /** Takes the earliest event into `timeNs`, `sequence` and `event`; false when there is none. */
  pop(): boolean {
    if (this.size === 0) return false;
    const times = this.#times;
    const sequences = this.#sequences;
    const events = this.#events;
    this.timeNs = times[0];
    this.sequence = sequences[0];
    this.event = events[0];
    const last = --this.size;
    const time = times[last];
    const sequence = sequences[last];
    let hole = 0;
    for (let child = 1; child < last; child = 4 * hole + 1) {
      const end = Math.min(child + 4, last);
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
      if (time < leastTime || (time === leastTime && sequence < sequences[least])) break;
      times[hole] = leastTime;
      sequences[hole] = sequences[least];
      events[hole] = events[least];
      hole = least;
    }
    times[hole] = time;
    sequences[hole] = sequence;
    events[hole] = events[last];
    return true;
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
