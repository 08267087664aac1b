/**
 * A flat 4-ary heap of (time, sequence, event) in typed arrays: earliest first, equal times by sequence. Push and
 * pop are O(log n) and allocate nothing until the heap has to grow.
 */
export class EventHeap {
  size = 0;

  private times: Float64Array;
  private sequences: Float64Array;
  private events: Int32Array;

  constructor(capacity = 64) {
    this.times = new Float64Array(capacity);
    this.sequences = new Float64Array(capacity);
    this.events = new Int32Array(capacity);
  }

  push(timeNs: number, sequence: number, event: number): void {
    if (this.size === this.events.length) this.#grow();
    const times = this.times;
    const sequences = this.sequences;
    const events = this.events;
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

  /** Infinity when there is none. */
  get earliestNs(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : this.times[0];
  }

  /** Infinity when there is none. */
  get earliestSequence(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : this.sequences[0];
  }

  /** Takes the earliest event out. Needs one. */
  pop(): number {
    const event = this.events[0];
    const last = --this.size;
    if (last > 0) this.#sink(this.times[last], this.sequences[last], this.events[last]);
    return event;
  }

  /** Puts an event in at the root, which is free. */
  #sink(timeNs: number, sequence: number, event: number): void {
    const { size } = this;
    const times = this.times;
    const sequences = this.sequences;
    const events = this.events;
    let hole = 0;
    for (let child = 1; child < size; child = 4 * hole + 1) {
      const end = Math.min(child + 4, size);
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
    const capacity = this.events.length * 2;
    const times = new Float64Array(capacity);
    const sequences = new Float64Array(capacity);
    const events = new Int32Array(capacity);
    times.set(this.times);
    sequences.set(this.sequences);
    events.set(this.events);
    this.times = times;
    this.sequences = sequences;
    this.events = events;
  }
}
