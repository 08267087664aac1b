import { constant } from './constant.ts';
import type { Distribution } from './distribution.ts';

/**
 * Bounded Pareto on [min, max] with tail index `shape`: F(x) = (1 - (min/x)^shape) / (1 - (min/max)^shape).
 * Source: Harchol-Balter, Crovella & Murta (1999), "On choosing a task assignment policy".
 */
export function pareto(shape: number, min: number, max: number): Distribution {
  if (min === max) return constant(min);
  const logRange = Math.log(max / min);
  const mass = -Math.expm1(-shape * logRange);
  const mean = moment(1, shape, min, logRange) / mass;
  const second = moment(2, shape, min, logRange) / mass;
  return {
    mean,
    scv: second / (mean * mean) - 1,
    sample: (u) => min * Math.exp(-Math.log1p(-u * mass) / shape),
  };
}

/** Integral of x^j over the unnormalised density; the quotient tends to `logRange` where shape = j. */
function moment(j: number, shape: number, min: number, logRange: number): number {
  const excess = j - shape;
  const growth = excess === 0 ? logRange : Math.expm1(excess * logRange) / excess;
  return shape * Math.exp(j * Math.log(min)) * growth;
}
