/**
 * A second lbmethod beside the first: for every request it decides as well, on a balancer of its own that sees the same
 * requests and the same members, and nobody follows it. What it decides is compared with the first pick of the request.
 *
 * Its balancer learns of its own picks: it charges them with `busy` until the real request is over, and takes the
 * bytes, the outcome and the latency of the real one for its own, as if the member had done what the other one did.
 * Members' flags, sets, factors and routes are taken from the first one before each pick. Nothing of the first one is
 * written or drawn. Requests that a session brought to its member are counted apart: that is no lbmethod's choice.
 */
import { balancerConfigOf } from '../../config/balancer-of.ts';
import { Balancer, type BalancerConfig, type LbMethod, NONE } from '../../core/index.ts';
import type { Group, GroupConf } from '../group.ts';
import { keyFor } from '../passage.ts';
import type { Counters } from './counters.ts';
import type { Sight } from './sight.ts';

export interface ShadowReport {
  readonly balancer: string;
  /** The first one, and the one beside it. */
  readonly lbmethod: string;
  readonly shadow: string;
  /** Requests that both decided; of these, those that went to the same member. */
  readonly picks: number;
  readonly alike: number;
  /** Requests that a session decided. */
  readonly bySession: number;
  readonly workers: readonly {
    readonly name: string;
    /** Requests that the first one, the second one, both gave it. */
    readonly first: number;
    readonly shadow: number;
    readonly both: number;
  }[];
}

/** Numbers of a member: given by the first one, by the shadow, by both. */
const MEMBER = 3;

/** A balancer to decide beside that of a group, and the way to change it other than by requests. */
export interface Decider {
  readonly balancer: Balancer;
  exclusively(change: () => void): void;
}

interface Beside extends Decider {
  /** Where its counters are: alike, by session, picks. Members come and go, so theirs do not add up to these. */
  readonly place: number;
  readonly members: number[];
  routesVersion: number;
}

export class Shadow {
  readonly lbmethod: LbMethod;
  readonly #counters: Counters;
  readonly #deciderOf: (group: Group) => Decider;
  readonly #besides = new WeakMap<Group, Beside>();

  /** `deciderOf`: who decides beside a balancer, formatted for `lbmethod`. */
  constructor(lbmethod: LbMethod, counters: Counters, deciderOf: (group: Group) => Decider) {
    this.lbmethod = lbmethod;
    this.#counters = counters;
    this.#deciderOf = deciderOf;
  }

  /** A pick was made. */
  picked(sight: Sight): void {
    const group = sight.group!;
    // Only the first one of a request whose end is still to come.
    if (sight.tries > 1 || sight.endNs !== 0 || !decides(group)) return;
    const beside = this.#beside(group);
    const { balancer } = beside;
    if (differs(group.balancer, beside)) {
      beside.exclusively(() => mirror(group.balancer, beside));
    }
    const route = balancer.routeId(sight.route?.route ?? null);
    const key = keyFor(balancer, sight.request, sight.asked?.target.rawPath ?? '');
    const worker = balancer.pick(route, sight.pickedNs, key);
    sight.shadow = worker;
    if (sight.via !== 'search') {
      this.#counters.values[beside.place + 1]!++;
      return;
    }
    const first = this.#member(group, beside, sight.worker);
    this.#counters.values[first]!++;
    this.#counters.values[beside.place + 2]!++;
    if (worker === NONE) return;
    const own = this.#member(group, beside, worker);
    this.#counters.values[own + 1]!++;
    if (worker !== sight.worker) return;
    this.#counters.values[own + 2]!++;
    this.#counters.values[beside.place]!++;
  }

  /** The request is over: its worker's time and bytes are taken for those of the shadow's choice. */
  closed({ group, shadow, status, pickedNs, endNs, bytesIn, bodyBytes }: Sight): void {
    if (group === null || shadow === NONE) return;
    const { balancer } = this.#beside(group);
    balancer.sent(shadow, bytesIn);
    balancer.received(shadow, bodyBytes);
    balancer.complete(shadow, status > 0 && status < 500, endNs - pickedNs, endNs);
    balancer.release(shadow);
  }

  report(groups: readonly Group[]): ShadowReport[] {
    return groups.filter(decides).map((group) => {
      const beside = this.#beside(group);
      const members = group.members.map(({ name }, worker) => {
        const at = this.#member(group, beside, worker);
        const [first = 0, shadow = 0, both = 0] = this.#counters.values.subarray(at, at + MEMBER);
        return { name, first, shadow, both };
      });
      const { values } = this.#counters;
      return {
        balancer: group.label,
        lbmethod: group.balancer.lbmethod.name,
        shadow: this.lbmethod.name,
        picks: values[beside.place + 2]!,
        alike: values[beside.place]!,
        bySession: values[beside.place + 1]!,
        workers: members,
      };
    });
  }

  #beside(group: Group): Beside {
    let beside = this.#besides.get(group);
    if (beside === undefined) {
      const { balancer, exclusively } = this.#deciderOf(group);
      const place = this.#counters.at(`${group.label}\n\nshadow`, 3);
      beside = { balancer, exclusively, place, members: [], routesVersion: NONE };
      this.#besides.set(group, beside);
    }
    return beside;
  }

  #member(group: Group, { members }: Beside, worker: number): number {
    members[worker] ??= this.#counters.at(
      `${group.label}\n${group.members[worker]?.name}\nshadow`,
      MEMBER,
    );
    return members[worker];
  }
}

/** What a decider's balancer is made from. `rng`: where its own draws start. */
export function deciderConfigOf(
  conf: GroupConf,
  lbmethod: LbMethod,
  rng: readonly [number, number, number, number],
): BalancerConfig {
  return balancerConfigOf(conf, lbmethod, [], [...rng]);
}

/** One for whoever has no other: nobody else changes it. */
export function ownDecider(config: BalancerConfig): Decider {
  return { balancer: new Balancer(config), exclusively: (change) => change() };
}

/** `own` with what others have counted by themselves. */
export function addedReports(
  own: readonly ShadowReport[],
  others: readonly (readonly ShadowReport[])[],
): ShadowReport[] {
  return own.map((report) => {
    const all = others.flat().filter(({ balancer }) => balancer === report.balancer);
    const total = (of: (one: ShadowReport) => number) =>
      all.reduce((sum, one) => sum + of(one), of(report));
    return {
      ...report,
      picks: total(({ picks }) => picks),
      alike: total(({ alike }) => alike),
      bySession: total(({ bySession }) => bySession),
      workers: report.workers.map(({ name }) => {
        const of = (what: 'first' | 'shadow' | 'both') =>
          total(({ workers }) => workers.find((one) => one.name === name)?.[what] ?? 0);
        return { name, first: of('first'), shadow: of('shadow'), both: of('both') };
      }),
    };
  });
}

/** A worker that stands alone leaves nothing to decide. */
export function decides({ name }: Pick<Group, 'name'>): boolean {
  return name.startsWith('balancer://');
}

/** Whether members have become others to the first one. */
function differs(from: Balancer, { balancer: to, routesVersion }: Beside): boolean {
  if (routesVersion !== from.views.routesVersion[0]) return true;
  const count = from.views.workers[0]!;
  if (to.views.workers[0]! < count) return true;
  const here = from.workers;
  const there = to.workers;
  for (let worker = 0; worker < count; worker++) {
    if (
      there.status[worker] !== here.status[worker] ||
      there.errorTimeNs[worker] !== here.errorTimeNs[worker] ||
      there.lbset[worker] !== here.lbset[worker] ||
      there.lbfactor[worker] !== here.lbfactor[worker]
    ) {
      return true;
    }
  }
  return false;
}

/** Makes the members what they are to the first one. */
function mirror(from: Balancer, beside: Beside): void {
  const to = beside.balancer;
  while (to.views.workers[0]! < from.views.workers[0]!) if (to.addWorker() === NONE) break;
  const count = to.views.workers[0]!;
  const here = from.workers;
  const there = to.workers;
  const routes = beside.routesVersion !== from.views.routesVersion[0];
  beside.routesVersion = from.views.routesVersion[0]!;
  for (let worker = 0; worker < count; worker++) {
    if (there.status[worker] !== here.status[worker]) {
      there.status[worker] = here.status[worker]!;
      to.views.candidatesFresh[0] = 0;
    }
    there.errorTimeNs[worker] = here.errorTimeNs[worker]!;
    if (routes) {
      const [route, redirect] = [from.routeOf(worker), from.redirectOf(worker)];
      to.manageWorker(worker, { route, redirect });
    }
    if (there.lbset[worker] !== here.lbset[worker]) {
      to.manageWorker(worker, { lbset: here.lbset[worker]! });
    }
    if (there.lbfactor[worker] !== here.lbfactor[worker]) {
      // Half of a hundredth more, so that cutting off gives the same number whatever its binary fraction is.
      to.manageWorker(worker, { loadfactor: (here.lbfactor[worker]! + 0.5) / 100 });
    }
  }
}
