/** From a configuration to what runs: a group for every balancer and for every worker that stands alone. */

import { balancerOf } from '../config/balancer-of.ts';
import type { BalancerConf, MemberConf, ProxyConfig } from '../config/config.ts';
import { lbmethodOf } from '../config/lbmethod-of.ts';
import type { BalancerSpec } from '../config/spec.ts';
import { type LbMethod, lbmethods } from '../core/index.ts';
import { Group, type GroupConf } from './group.ts';

export type Words = [number, number, number, number];

export interface Groups {
  /** In the order of `config.balancers`. */
  readonly balancers: readonly Group[];
  /** In the order of `config.workers`. */
  readonly workers: readonly Group[];
}

/** Makes the groups of a configuration at once. `before`: those that they take the place of, if any. */
export type MakeGroups = (before: Groups | null) => Groups;

/**
 * Loads all that has to be waited for. `rng`: four words that the lbmethods' own draws start from; random without.
 * @throws LabError when an lbmethod of the user's cannot be loaded.
 */
export async function groupsOf(config: ProxyConfig, rng?: Words): Promise<MakeGroups> {
  const words = rng ?? randomWords();
  const methods = await Promise.all(config.balancers.map(({ lbmethod }) => lbmethodOf(lbmethod)));
  const single = await lbmethodOf({ name: 'byrequests', file: null });
  return (before) => {
    const left = [...(before?.balancers ?? [])];
    const balancers = config.balancers.map((conf, i) => {
      const at = left.findIndex(({ name }) => name === `balancer://${conf.name}`);
      const [old = null] = at < 0 ? [] : left.splice(at, 1);
      return balancerGroup(conf, methods[i]!, words, old);
    });
    const workers = config.workers.map((worker) => groupFrom(alone(worker), single, words));
    return { balancers, workers };
  };
}

/** Where draws start when nobody says it. */
export function randomWords(): Words {
  return Array.from(crypto.getRandomValues(new Uint32Array(4))) as Words;
}

/** With BalancerPersist before and now, it goes on where `old` is; else it starts as it is written, as in httpd. */
function balancerGroup(
  conf: BalancerConf,
  lbmethod: LbMethod,
  rng: Words,
  old: Group | null,
): Group {
  const name = `balancer://${conf.name}`;
  const { persist = false, growth, workers } = conf;
  const written = workers.length;
  if (old === null || !old.conf.persist || !persist) {
    const fresh = { ...conf, name, persist, growth, written, nonce: nonceOf(conf) };
    return groupFrom(fresh, lbmethod, rng);
  }
  const members = [
    ...workers.map((worker) => old.members.find(({ name }) => name === worker.name) ?? worker),
    ...addedTo(old, workers).slice(0, growth),
  ];
  const group = groupFrom(
    {
      ...conf,
      name,
      persist,
      nonce: old.nonce,
      sticky: old.conf.sticky ?? conf.sticky,
      workers: members,
      written,
      growth: written + growth - members.length,
    },
    lbmethod,
    rng,
  );
  group.inherit(old);
  return group;
}

/** Members that a manager has added, and that the configuration does not name. */
function addedTo(old: Group, workers: readonly MemberConf[]): MemberConf[] {
  const added = old.members.slice(old.conf.written);
  return added.filter((member) => workers.every(({ name }) => name !== member.name));
}

function groupFrom(conf: GroupConf, lbmethod: LbMethod, rng: Words): Group {
  const alternatives = lbmethods.filter(({ needs }) => needs === undefined);
  return new Group(conf, balancerOf(conf, lbmethod, alternatives, rng));
}

/** Without one of its own, a balancer has one that nobody can guess. */
function nonceOf({ nonce }: BalancerConf): string {
  if (nonce === null) return crypto.randomUUID();
  return nonce === 'None' ? '' : nonce;
}

/** A worker outside every balancer ignores errors and is never tried twice (spec: httpd 9.3). */
function alone(worker: MemberConf): GroupConf {
  const spec: BalancerSpec = {
    lbmethod: { name: 'byrequests', file: null },
    sticky: null,
    nofailover: false,
    timeoutSeconds: 0,
    maxattempts: 0,
    failonstatus: [],
    failontimeout: false,
    forcerecovery: true,
    workers: [],
  };
  const workers = [{ ...worker, status: `${worker.status}I` }];
  return { ...spec, name: worker.name, workers, persist: false, nonce: '', growth: 0, written: 1 };
}
