/**
 * Sojourn times on their way into histograms, a batch at a time: buckets lie apart in memory, and in a tight loop a
 * processor waits for several of them at once.
 */
import { type Histogram, record } from './histogram.ts';

const BATCH = 64;

export class Sojourns {
  private readonly all: Histogram;
  /** Of one worker alone, or null. */
  private readonly own: Histogram | null;
  private readonly times = new Float64Array(BATCH);
  private noted = 0;

  constructor(all: Histogram, own: Histogram | null) {
    this.all = all;
    this.own = own;
  }

  note(sojournNs: number): void {
    const at = this.noted;
    this.times[at] = sojournNs;
    this.noted = at + 1;
    if (at + 1 === BATCH) this.settle();
  }

  /** Records what was noted: before the histograms are read. */
  settle(): void {
    const { times, noted, own } = this;
    record(this.all, times, noted);
    if (own !== null) record(own, times, noted);
    this.noted = 0;
  }
}
