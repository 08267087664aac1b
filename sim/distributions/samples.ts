import { mean as meanOf, variance } from 'simple-statistics';
import type { Distribution } from './distribution.ts';

/** The empirical distribution: each of `values` (at least one) is equally likely. O(1) a variate. */
export function samples(values: readonly number[]): Distribution {
  const sorted = Float64Array.from(values).sort();
  const count = sorted.length;
  const mean = meanOf(values as number[]);
  return {
    mean,
    scv: mean === 0 ? 0 : variance(values as number[]) / (mean * mean),
    sample: (u) => sorted[Math.floor(u * count)],
  };
}
