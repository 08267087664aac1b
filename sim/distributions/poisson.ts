import { constant } from './constant.ts';
import { discrete } from './discrete.ts';
import type { Distribution } from './distribution.ts';
import { logGamma } from './log-gamma.ts';

/** Standard deviations beyond which there is less than the last bit of a uniform. */
const REACH = 12;

/** One and a Poisson number more: 1, 2, 3, … with the given mean (at least 1), as `geometric` counts. */
export function poisson(mean: number): Distribution {
  if (mean === 1) return constant(1);
  const more = mean - 1;
  const reach = REACH * Math.sqrt(more) + 20;
  const from = Math.max(0, Math.floor(more - reach));
  const weights = Float64Array.from({ length: Math.ceil(more + reach) - from }, (_, i) =>
    Math.exp((from + i) * Math.log(more) - more - logGamma(from + i + 1)),
  );
  return { mean, scv: more / (mean * mean), sample: discrete(1 + from, weights) };
}
