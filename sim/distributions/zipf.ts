import { discrete } from './discrete.ts';
import type { Distribution } from './distribution.ts';

/**
 * Zipf's law on 1 … `max`: the chance of k is proportional to k^-exponent; exponent 0 makes all equal. Mean and scv are
 * quotients of generalised harmonic numbers. A table of `max` entries.
 */
export function zipf(exponent: number, max: number): Distribution {
  const weights = new Float64Array(max);
  let total = 0;
  let first = 0;
  let second = 0;
  for (let k = max; k >= 1; k--) {
    // the small ones first
    const weight = Math.exp(-exponent * Math.log(k));
    weights[k - 1] = weight;
    total += weight;
    first += weight * k;
    second += weight * k * k;
  }
  const mean = first / total;
  return { mean, scv: second / total / (mean * mean) - 1, sample: discrete(1, weights) };
}
