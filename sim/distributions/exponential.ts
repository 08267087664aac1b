import type { Distribution } from './distribution.ts';

/** Exponential with the given mean. With 53-bit uniforms the largest variate is 36.7 means. */
export function exponential(mean: number): Distribution {
  return { mean, scv: 1, sample: (u) => -mean * Math.log1p(-u) };
}
