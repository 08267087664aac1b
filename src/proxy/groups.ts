/** From a configuration to what runs: a group for every balancer and for every worker that stands alone. */

import { balancerOf } from '../config/balancer-of.ts';
import type { BalancerConf, MemberConf, ProxyConfig } from '../config/config.ts';
import { lbmethodOf } from '../config/lbmethod-of.ts';
import type { BalancerSpec } from '../config/spec.ts';
import { lbmethods } from '../core/index.ts';
import { Group } from './group.ts';

type Words = [number, number, number, number];

export interface Groups {
  /** In the order of `config.balancers`. */
  readonly balancers: readonly Group[];
  /** In the order of `config.workers`. */
  readonly workers: readonly Group[];
}

/**
 * `rng`: four words that the lbmethods' own draws start from; random without.
 * @throws LabError when an lbmethod of the user's cannot be loaded.
 */
export async function groupsOf(config: ProxyConfig, rng?: Words): Promise<Groups> {
  const words = rng ?? (Array.from(crypto.getRandomValues(new Uint32Array(4))) as Words);
  const balancers = config.balancers.map(async (conf) =>
    groupOf(`balancer://${conf.name}`, conf, words, nonceOf(conf)),
  );
  const workers = config.workers.map(async (conf) => groupOf(conf.name, alone(conf), words, ''));
  return { balancers: await Promise.all(balancers), workers: await Promise.all(workers) };
}

async function groupOf(
  name: string,
  spec: BalancerSpec<MemberConf>,
  rng: Words,
  nonce: string,
): Promise<Group> {
  const lbmethod = await lbmethodOf(spec.lbmethod);
  const alternatives = lbmethods.filter(({ needs }) => needs === undefined);
  return new Group(name, spec.workers, balancerOf(spec, lbmethod, alternatives, rng), nonce);
}

/** Without one of its own, a balancer has one that nobody can guess. */
function nonceOf({ nonce }: BalancerConf): string {
  if (nonce === null) return crypto.randomUUID();
  return nonce === 'None' ? '' : nonce;
}

/** A worker outside every balancer ignores errors and is never tried twice (spec: httpd 9.3). */
function alone(worker: MemberConf): BalancerSpec<MemberConf> {
  return {
    lbmethod: { name: 'byrequests', file: null },
    sticky: null,
    nofailover: false,
    timeoutSeconds: 0,
    maxattempts: 0,
    failonstatus: [],
    failontimeout: false,
    forcerecovery: true,
    workers: [{ ...worker, status: `${worker.status}I` }],
  };
}
