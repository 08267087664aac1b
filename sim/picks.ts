/**
 * The sequence of picks, and what is measured of it. A pick is only noted; a batch of notes is looked at at once, as
 * one tight loop costs less than as many visits, and keeps the request's way clear of what only measures.
 */
import { SlidingShare } from './sliding-share.ts';
import { Smoothness } from './smoothness.ts';

const BATCH = 256;

/** Bits of a note, below the worker. */
const OPEN = 1;
const MEASURED = 2;
const FLAGS = 2;

export class Picks {
  /** FNV-1a over the workers picked, in order, warm-up and drain included: equal decisions, equal number. */
  decisions = 0x811c9dc5 | 0;
  /** Of the requests that count. */
  readonly smoothness: Smoothness;
  /** Inside the window. */
  readonly sliding: SlidingShare;
  private readonly notes = new Int32Array(BATCH);
  private noted = 0;

  constructor(targets: Float64Array) {
    this.smoothness = new Smoothness(targets);
    this.sliding = new SlidingShare(targets, 100 * targets.length);
  }

  /** `measured`: 1 if the request counts; `open`: 1 inside the window. */
  note(worker: number, measured: number, open: number): void {
    const at = this.noted;
    this.notes[at] = (worker << FLAGS) | (measured << 1) | open;
    this.noted = at + 1;
    if (at + 1 === BATCH) this.settle();
  }

  /** Looks at what was noted: before anything else here is read. */
  settle(): void {
    const { notes, noted, smoothness, sliding } = this;
    let { decisions } = this;
    for (let i = 0; i < noted; i++) {
      const note = notes[i];
      const worker = note >> FLAGS;
      decisions = Math.imul(decisions ^ worker, 0x01000193);
      if (note & MEASURED) smoothness.pick(worker);
      if (note & OPEN) sliding.pick(worker);
    }
    this.decisions = decisions;
    this.noted = 0;
  }
}
