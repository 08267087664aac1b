import type { Distribution } from './distribution.ts';

/** Number of trials up to the first success: 1, 2, 3, … with the given mean (at least 1). */
export function geometric(mean: number): Distribution {
  // Mean 1 makes this -Infinity, and every variate 1.
  const logFailure = Math.log1p(-1 / mean);
  return {
    mean,
    scv: 1 - 1 / mean,
    sample: (u) => 1 + Math.floor(Math.log1p(-u) / logFailure),
  };
}
