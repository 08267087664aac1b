import type { DistributionSpec } from './scenario.ts';

/**
 * Mean of a distribution in closed form, in the unit of its field. The simulator computes its own; a test
 * of the simulator holds the two together.
 */
export function meanOf(spec: DistributionSpec): number {
  switch (spec.kind) {
    case 'constant':
      return spec.value;
    case 'uniform':
      return (spec.min + spec.max) / 2;
    case 'hyperexponential':
      return spec.branches.reduce((sum, { share, mean }) => sum + share * mean, 0);
    case 'samples':
      return spec.values.reduce((sum, value) => sum + value, 0) / spec.values.length;
    case 'pareto':
      return boundedParetoMean(spec.shape, spec.min, spec.max);
    case 'zipf':
      return zipfMean(spec.exponent, spec.max);
    default:
      return spec.mean;
  }
}

/** With r = min/max: shape min (1 - r^(shape-1)) / ((shape-1) (1 - r^shape)), by its limit at shape 1. */
function boundedParetoMean(shape: number, min: number, max: number): number {
  const logRatio = Math.log(min / max);
  const excess = shape - 1;
  const head = excess === 0 ? -logRatio : -Math.expm1(excess * logRatio) / excess;
  return (shape * min * head) / -Math.expm1(shape * logRatio);
}

function zipfMean(exponent: number, max: number): number {
  let total = 0;
  let sum = 0;
  for (let k = max; k >= 1; k--) {
    const chance = Math.exp(-exponent * Math.log(k));
    total += chance;
    sum += chance * k;
  }
  return sum / total;
}
