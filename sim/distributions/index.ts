import type { DistributionSpec } from '../../src/scenario/scenario.ts';
import { constant } from './constant.ts';
import type { Distribution } from './distribution.ts';
import { exponential } from './exponential.ts';
import { gamma } from './gamma.ts';
import { geometric } from './geometric.ts';
import { hyperexponential } from './hyperexponential.ts';
import { lognormal } from './lognormal.ts';
import { pareto } from './pareto.ts';
import { poisson } from './poisson.ts';
import { samples } from './samples.ts';
import { uniform } from './uniform.ts';
import { weibull } from './weibull.ts';
import { zipf } from './zipf.ts';

/** Of samples, which may be some million: one table for all who share them, in one thread. */
const ofSamples = new WeakMap<DistributionSpec, Distribution>();

/** The distribution a scenario names, in the unit of its field. A few of them keep a table: make each once. */
export function distributionOf(spec: DistributionSpec): Distribution {
  switch (spec.kind) {
    case 'constant':
      return constant(spec.value);
    case 'exponential':
      return exponential(spec.mean);
    case 'uniform':
      return uniform(spec.min, spec.max);
    case 'erlang':
      return gamma(spec.k, spec.mean);
    case 'gamma':
      return gamma(spec.shape, spec.mean);
    case 'weibull':
      return weibull(spec.shape, spec.mean);
    case 'lognormal':
      return lognormal(spec.mean, spec.cv);
    case 'pareto':
      return pareto(spec.shape, spec.min, spec.max);
    case 'hyperexponential':
      return hyperexponential(spec.branches);
    case 'samples': {
      const made = ofSamples.get(spec) ?? samples(spec.values);
      ofSamples.set(spec, made);
      return made;
    }
    case 'geometric':
      return geometric(spec.mean);
    case 'poisson':
      return poisson(spec.mean);
    case 'zipf':
      return zipf(spec.exponent, spec.max);
  }
}
