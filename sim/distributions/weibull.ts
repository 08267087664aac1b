import type { Distribution } from './distribution.ts';
import { logGamma } from './log-gamma.ts';

/** Weibull with the given mean; a `shape` below 1 has a heavier tail than an exponential. F(x) = 1 - exp(-(x/scale)^shape). */
export function weibull(shape: number, mean: number): Distribution {
  const logMean = logGamma(1 + 1 / shape); // at scale 1
  const logScale = Math.log(mean) - logMean;
  return {
    mean,
    scv: Math.expm1(logGamma(1 + 2 / shape) - 2 * logMean),
    sample: (u) => Math.exp(logScale + Math.log(-Math.log1p(-u)) / shape),
  };
}
