/** The policy core as a file describes it: the one way from a specification to a balancer, in both worlds. */
import { Balancer, type BalancerConfig, type LbMethod, type WorkerConfig } from '../core/index.ts';
import type { BalancerSpec, MemberSpec } from './spec.ts';

/** `alternatives`: methods that the manager may switch to. `rng`: where the methods' own draws start. */
export function balancerOf(
  spec: BalancerSpec,
  lbmethod: LbMethod,
  alternatives: readonly LbMethod[],
  rng: NonNullable<BalancerConfig['rng']>,
): Balancer {
  return new Balancer(balancerConfigOf(spec, lbmethod, alternatives, rng));
}

/** What `balancerOf` makes its balancer from. */
export function balancerConfigOf(
  spec: BalancerSpec,
  lbmethod: LbMethod,
  alternatives: readonly LbMethod[],
  rng: NonNullable<BalancerConfig['rng']>,
): BalancerConfig {
  const { sticky } = spec;
  return {
    ...spec,
    lbmethod,
    alternatives: alternatives.filter(({ name }) => name !== lbmethod.name),
    workers: spec.workers.map(workerConfig),
    stickysession: sticky === null ? '' : `${sticky.cookie}|${sticky.path}`,
    stickysessionsep: sticky?.separator ?? '.',
    scolonpathdelim: sticky?.scolonpathdelim ?? false,
    rng,
  };
}

function workerConfig(spec: MemberSpec): WorkerConfig {
  const { acquireNs, ...same } = spec;
  return acquireNs === null ? same : { ...same, acquireNs };
}
