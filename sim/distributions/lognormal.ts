import { constant } from './constant.ts';
import type { Distribution } from './distribution.ts';
import { normalQuantile } from './normal-quantile.ts';

/** Lognormal by its mean and coefficient of variation (not the parameters of the underlying normal). */
export function lognormal(mean: number, cv: number): Distribution {
  if (cv === 0) return constant(mean);
  const scv = cv * cv;
  const variance = Math.log1p(scv);
  const sigma = Math.sqrt(variance);
  const mu = Math.log(mean) - variance / 2;
  return { mean, scv, sample: (u) => Math.exp(mu + sigma * normalQuantile(u)) };
}
