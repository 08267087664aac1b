/**
 * Prefix discrepancy of a sequence of picks: how far the picks of each worker stray from their target share of all
 * picks so far. Between two picks of a worker its lead only falls, so that its extremes are just before and just after
 * its own picks, and now.
 */
export class Smoothness {
  readonly #shares: Float64Array;
  readonly #picks: Float64Array;
  /** Picks so far. */
  #time = 0;
  #worst = Number.NaN; // a double from the start: V8 keeps fields as what they first held

  constructor(targets: ArrayLike<number>) {
    this.#shares = Float64Array.from(targets);
    this.#picks = new Float64Array(targets.length);
    this.#worst = 0;
  }

  /** O(1); allocates nothing. */
  pick(worker: number): void {
    const share = this.#shares[worker];
    const before = this.#picks[worker];
    const time = this.#time++;
    const behind = time * share - before;
    const ahead = before + 1 - (time + 1) * share;
    this.#picks[worker] = before + 1;
    if (behind > this.#worst) this.#worst = behind;
    if (ahead > this.#worst) this.#worst = ahead;
  }

  /** Largest |picks of a worker - target x picks so far| over all workers and times. O(workers). */
  worst(): number {
    let worst = this.#worst;
    for (let i = 0; i < this.#shares.length; i++) {
      worst = Math.max(worst, this.#time * this.#shares[i] - this.#picks[i]);
    }
    return worst;
  }
}
