/** The policy core as a scenario describes it. */
import { Balancer, type LbMethod, type WorkerConfig } from '../src/core/index.ts';
import type { BalancerSpec, WorkerSpec } from '../src/scenario/scenario.ts';
import type { Uniform } from './streams.ts';

/** `alternatives`: methods that the scenario's manager events switch to. `uniform` seeds the policy's own draws. */
export function balancerOf(
  spec: BalancerSpec,
  lbmethod: LbMethod,
  alternatives: readonly LbMethod[],
  uniform: Uniform,
): Balancer {
  const { sticky } = spec;
  const word = () => Math.floor(uniform() * 4294967296);
  return new Balancer({
    ...spec,
    lbmethod,
    alternatives: alternatives.filter(({ name }) => name !== lbmethod.name),
    workers: spec.workers.map(workerConfig),
    stickysession: sticky === null ? '' : `${sticky.cookie}|${sticky.path}`,
    stickysessionsep: sticky?.separator ?? '.',
    scolonpathdelim: sticky?.scolonpathdelim ?? false,
    rng: [word(), word(), word(), word()],
  });
}

function workerConfig(spec: WorkerSpec): WorkerConfig {
  const { acquireNs, ...same } = spec;
  return acquireNs === null ? same : { ...same, acquireNs };
}
