/** From a configuration to what runs: a group for every balancer and for every worker that stands alone. */

import { balancerConfigOf } from '../config/balancer-of.ts';
import type { BalancerConf, MemberConf, ProxyConfig } from '../config/config.ts';
import { lbmethodOf } from '../config/lbmethod-of.ts';
import type { BalancerSpec } from '../config/spec.ts';
import {
  Balancer,
  type BalancerConfig,
  type LbMethod,
  lbmethods,
  type SavedBalancer,
  type SavedWorker,
} from '../core/index.ts';
import { nowNs } from './clock.ts';
import { Group, type GroupConf } from './group.ts';
import type { RunningBalancer } from './proxy.ts';
import { conditionOf, type SavedState, savedRows, stopped } from './state-file.ts';

export type Words = [number, number, number, number];

/** What stands behind the balancers and workers of a configuration. */
export interface GroupsOf<G> {
  /** In the order of `config.balancers`. */
  readonly balancers: readonly G[];
  /** In the order of `config.workers`. */
  readonly workers: readonly G[];
}

export type Groups = GroupsOf<Group>;

export function allOf<G>({ balancers, workers }: GroupsOf<G>): readonly G[] {
  return [...balancers, ...workers];
}

/** As in `RunningProxy`. */
export function balancersByName(
  groups: GroupsOf<Pick<Group, 'conf' | 'balancer' | 'members'>>,
): ReadonlyMap<string, RunningBalancer> {
  return new Map(
    groups.balancers.map(({ conf, balancer, members }) => [
      nameWithin(conf),
      { balancer, members: members.map(({ name }) => name) },
    ]),
  );
}

/** What a balancer is told apart by, without `balancer://`. */
export function nameWithin({ label }: Pick<GroupConf, 'label'>): string {
  return label.slice('balancer://'.length);
}

/** Makes the groups of a configuration at once. `before`: those that they take the place of, if any. */
export type MakeGroups<G = Group> = (before: GroupsOf<G> | null) => GroupsOf<G>;

/** Who is among those of its name is not known yet. */
type Unlabelled = Omit<GroupConf, 'label'>;

/** What a balancer may go on from. */
interface Predecessor {
  readonly conf: Unlabelled;
  readonly members: readonly MemberConf[];
}

/** A group, or whoever holds a balancer in its place. */
interface Successor<G> extends Predecessor {
  inherit(old: G): void;
  /** Goes on where a balancer stopped. `rows`: what is known of each member. */
  restore(
    saved: SavedBalancer,
    rows: readonly (SavedWorker | null)[],
    nowNs: number,
    goneNs: number,
  ): void;
}

/** The methods of a configuration's balancers, in their order. @throws LabError when one cannot be loaded. */
export function methodsOf(config: ProxyConfig): Promise<LbMethod[]> {
  return Promise.all(config.balancers.map(({ lbmethod }) => lbmethodOf(lbmethod)));
}

/**
 * Loads all that has to be waited for. `rng`: four words that the lbmethods' own draws start from; random without.
 * @throws LabError when an lbmethod of the user's cannot be loaded.
 */
export function groupsOf(
  config: ProxyConfig,
  rng?: Words,
  state: SavedState | null = null,
): Promise<MakeGroups> {
  return groupsBy(config, rng, state, (conf, of) => new Group(conf, new Balancer(of)));
}

/** The same, made by `make`. `state`: what balancers begin with that take nobody's place. */
export async function groupsBy<G extends Successor<G>>(
  config: ProxyConfig,
  rng: Words | undefined,
  state: SavedState | null,
  make: (conf: GroupConf, of: BalancerConfig) => G,
): Promise<MakeGroups<G>> {
  const words = rng ?? randomWords();
  const methods = await methodsOf(config);
  return (before) => {
    const labels = labelling();
    const made = (conf: Unlabelled, lbmethod: LbMethod) => {
      const labelled = { ...conf, label: labels(conf.name) };
      return make(labelled, configOf(labelled, lbmethod, words));
    };
    const running = [...(before?.balancers ?? [])];
    const kept = [...(state?.balancers ?? [])];
    const balancers = config.balancers.map((conf, i) => {
      const name = `balancer://${conf.name}`;
      const old = takeFirst(running, (one) => one.conf.name === name) ?? null;
      const saved =
        old === null && conf.persist ? takeFirst(kept, (one) => one.name === name) : undefined;
      const stood = saved === undefined ? old : stopped(saved, conf, config);
      const group = made(successor(conf, stood, config), methods[i]!);
      if (old !== null && goesOn(conf, old)) group.inherit(old);
      if (saved !== undefined && state !== null) {
        group.restore(saved.balancer, savedRows(saved, group.members), nowNs(), state.goneNs);
      }
      return group;
    });
    const workers = config.workers.map((worker) => made(alone(worker), byrequests));
    return { balancers, workers };
  };
}

/** Names that tell apart whoever has the same, in their order: the second of a name is `NAME#2`. */
export function labelling(): (name: string) => string {
  const counts = new Map<string, number>();
  return (name) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count === 1 ? name : `${name}#${count}`;
  };
}

/** Virtual hosts may each have a balancer of one name: the first goes on as the first. */
function takeFirst<T>(left: T[], isIt: (one: T) => boolean): T | undefined {
  const at = left.findIndex(isIt);
  return at < 0 ? undefined : left.splice(at, 1)[0];
}

/** Where draws start when nobody says it. */
export function randomWords(): Words {
  return Array.from(crypto.getRandomValues(new Uint32Array(4))) as Words;
}

/** What the balancer of a group is made from. */
export function configOf(
  conf: GroupConf,
  lbmethod: LbMethod,
  rng: Words = [1, 2, 3, 4],
): BalancerConfig {
  const alternatives = lbmethods.filter(({ needs }) => needs === undefined);
  return balancerConfigOf(conf, lbmethod, alternatives, rng);
}

/** With BalancerPersist before and now, a balancer goes on where the old one is. */
function goesOn({ persist = false }: BalancerConf, old: Predecessor): boolean {
  return old.conf.persist && persist;
}

/** What a balancer begins with: with members and a nonce of `old` if it goes on there, else as it is written. */
function successor(conf: BalancerConf, old: Predecessor | null, config: ProxyConfig): Unlabelled {
  const name = `balancer://${conf.name}`;
  const { persist = false, growth, workers } = conf;
  const written = workers.length;
  if (old === null || !goesOn(conf, old)) {
    return { ...conf, name, persist, growth, written, nonce: nonceOf(conf) };
  }
  const members = [
    ...workers.map((worker) => {
      const known = old.members.find(({ name }) => name === worker.name);
      return known === undefined ? worker : goingOn(known, worker, config);
    }),
    ...addedTo(old, workers).slice(0, growth),
  ];
  return {
    ...conf,
    name,
    persist,
    nonce: old.conf.nonce,
    sticky: old.conf.sticky ?? conf.sticky,
    workers: members,
    written,
    growth: written + growth - members.length,
  };
}

/** `known` as it is kept; whom to believe, and what its checks' expression means, is as it is written now. */
function goingOn(known: MemberConf, { tls }: MemberConf, config: ProxyConfig): MemberConf {
  const { health } = known;
  return {
    ...known,
    ...(tls !== undefined && { tls }),
    health: health && { ...health, ...conditionOf(health.expr, config) },
  };
}

/** Members that a manager has added, and that the configuration does not name. */
function addedTo(old: Predecessor, workers: readonly MemberConf[]): MemberConf[] {
  const added = old.members.slice(old.conf.written);
  return added.filter((member) => workers.every(({ name }) => name !== member.name));
}

/** Without one of its own, a balancer has one that nobody can guess. */
function nonceOf({ nonce }: BalancerConf): string {
  if (nonce === null) return crypto.randomUUID();
  return nonce === 'None' ? '' : nonce;
}

export const byrequests = lbmethods.find(({ name }) => name === 'byrequests')!;

/** A worker outside every balancer ignores errors and is never tried twice (spec: httpd 9.3). */
function alone(worker: MemberConf): Unlabelled {
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
