/**
 * Prefix discrepancy of a sequence of picks: how far the picks of each worker stray from their target share of all
 * picks so far. Between two picks of a worker its lead only falls, so that its extremes are just before and just after
 * its own picks, and now.
 */
export class Smoothness {
  private readonly workers: readonly Picks[];
  /** Picks so far. */
  time = 0;
  private furthest = Number.NaN; // a double from the start: V8 keeps fields as what they first held

  constructor(targets: ArrayLike<number>) {
    this.workers = Array.from(targets, (share) => new Picks(share));
    this.furthest = 0;
  }

  /** O(1); allocates nothing. */
  pick(worker: number): void {
    const picks = this.workers[worker];
    const { share, count } = picks;
    const time = this.time++;
    const behind = time * share - count;
    const ahead = count + 1 - (time + 1) * share;
    picks.count = count + 1;
    if (behind > this.furthest) this.furthest = behind;
    if (ahead > this.furthest) this.furthest = ahead;
  }

  /** Picks of each worker. */
  get counts(): Float64Array {
    return Float64Array.from(this.workers, ({ count }) => count);
  }

  /** Largest |picks of a worker - target x picks so far| over all workers and times. O(workers). */
  worst(): number {
    return this.workers.reduce(
      (worst, { share, count }) => Math.max(worst, this.time * share - count),
      this.furthest,
    );
  }
}

/** Of one worker. An object, as in `sliding-share.ts`: V8 reads a field of it faster than an entry of a typed array. */
class Picks {
  readonly share: number;
  count = 0;

  constructor(share: number) {
    this.share = share;
  }
}
