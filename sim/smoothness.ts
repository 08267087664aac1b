/** Prefix discrepancy of a sequence of picks; `pick` is O(1) and allocates nothing. */
export interface Smoothness {
  pick(worker: number): void;
  /** Largest |picks of a worker - target x picks so far| over all workers and times. O(workers). */
  worst(): number;
}

/**
 * Follows how far the picks of each worker stray from their target share of all picks so far. Between two picks
 * of a worker its lead only falls, so that its extremes are just before and just after its own picks, and now.
 */
export function smoothness(targets: ArrayLike<number>): Smoothness {
  const shares = Float64Array.from(targets);
  const picks = new Float64Array(shares.length);
  // Numbers that change live in typed arrays: a captured `let` would allocate a double on each assignment.
  const totals = new Float64Array(2);
  const TIME = 0;
  const WORST = 1;

  return {
    pick(worker) {
      const share = shares[worker];
      const time = totals[TIME];
      const behind = time * share - picks[worker];
      const ahead = ++picks[worker] - (time + 1) * share;
      totals[TIME] = time + 1;
      if (behind > totals[WORST]) totals[WORST] = behind;
      if (ahead > totals[WORST]) totals[WORST] = ahead;
    },
    worst() {
      let worst = totals[WORST];
      for (let i = 0; i < shares.length; i++) {
        worst = Math.max(worst, totals[TIME] * shares[i] - picks[i]);
      }
      return worst;
    },
  };
}
