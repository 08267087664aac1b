/** Shares over the last picks; `pick` is O(1) (O(workers) once) and allocates nothing. */
export interface SlidingShare {
  pick(worker: number): void;
  /** Largest |share - target| over all workers and all full windows so far; NaN before the first. */
  worst(): number;
  /** Whether every share of the current window is within `tolerance` of its target; false before the first. */
  withinNow(tolerance: number): boolean;
}

/** Follows each worker's share of the last `window` picks. */
export function slidingShare(targets: ArrayLike<number>, window: number): SlidingShare {
  const shares = Float64Array.from(targets);
  const picks = new Uint32Array(shares.length);
  const ring = new Uint32Array(window);
  const position = new Uint32Array(1);
  const full = new Uint8Array(1);
  const worst = new Float64Array([Number.NaN]);
  // A share is furthest from its target at its fewest or its most picks: others need no division.
  const fewest = new Uint32Array(shares.length);
  const most = new Uint32Array(shares.length);

  const errorOf = (worker: number) => Math.abs(picks[worker] / window - shares[worker]);

  function fill(worker: number, at: number): void {
    picks[worker]++;
    if (at < window - 1) return;
    full[0] = 1;
    worst[0] = 0;
    fewest.set(picks);
    most.set(picks);
    for (let i = 0; i < shares.length; i++) worst[0] = Math.max(worst[0], errorOf(i));
  }

  /** Only the shares of the pick that comes and of the one that goes change. */
  function slide(worker: number, at: number): void {
    const gone = ring[at];
    if (gone === worker) return;
    const less = --picks[gone];
    const more = ++picks[worker];
    if (less < fewest[gone]) {
      fewest[gone] = less;
      worst[0] = Math.max(worst[0], errorOf(gone));
    }
    if (more > most[worker]) {
      most[worker] = more;
      worst[0] = Math.max(worst[0], errorOf(worker));
    }
  }

  return {
    pick(worker) {
      const at = position[0];
      if (full[0] === 1) slide(worker, at);
      else fill(worker, at);
      ring[at] = worker;
      position[0] = at + 1 === window ? 0 : at + 1;
    },
    worst: () => worst[0],
    withinNow(tolerance) {
      if (full[0] === 0) return false;
      for (let i = 0; i < shares.length; i++) if (errorOf(i) > tolerance) return false;
      return true;
    },
  };
}
