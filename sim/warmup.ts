const BATCH = 5;

/** Where the steady state begins. */
export interface WarmupCut {
  /** Observations to drop, a multiple of 5. */
  readonly cut: number;
  /** The best cut was the last one allowed (half of the curve): the curve has not settled, and the cut says little. */
  readonly tooShort: boolean;
}

/**
 * MSER-5: drops as many leading batches of 5 as make the standard error of the remaining mean smallest.
 * For curves averaged over pilot replications (a single one biases it). O(observations).
 * Source: White, Cobb & Spratt (2000), "A comparison of five steady-state truncation heuristics", WSC.
 */
export function mser5(curve: ArrayLike<number>): WarmupCut {
  const batches = Math.floor(curve.length / BATCH);
  const last = Math.max(0, Math.ceil(batches / 2) - 1);
  let best = last;
  let smallest = Infinity;
  // From the end backwards, Welford's running mean and sum of squared deviations of what remains.
  let mean = 0;
  let squares = 0;
  for (let d = batches - 1; d >= 0; d--) {
    const remaining = batches - d;
    const value = batchMean(curve, d);
    const distance = value - mean;
    mean += distance / remaining;
    squares += distance * (value - mean);
    const error = squares / (remaining * remaining);
    if (d <= last && error <= smallest) {
      smallest = error;
      best = d;
    }
  }
  return { cut: best * BATCH, tooShort: best === last };
}

function batchMean(curve: ArrayLike<number>, batch: number): number {
  let sum = 0;
  for (let i = batch * BATCH; i < (batch + 1) * BATCH; i++) sum += curve[i];
  return sum / BATCH;
}
