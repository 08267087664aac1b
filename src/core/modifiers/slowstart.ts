/**
 * Slow start: a worker that comes back gets a part of its load factor that grows to the whole, so that cold caches
 * do not meet full traffic. Nobody starts slowly when the balancer itself starts, as in HAProxy.
 *
 * The part at time t is `max(min, (t / window) ^ (1 / aggression))`, Envoy's rule; HAProxy's line from 1 % is the
 * same with aggression 1. It grows in steps, since load factors are kept in hundredths anyway.
 */
import type { Columns, Views } from '../columns.ts';
import { type BalancerViews, NEVER_NS, usable, type WorkerViews } from '../state.ts';

export interface SlowStart {
  /** From the first election that finds the worker back to its whole load factor. */
  readonly windowNs: number;
  /** Above 0. 1 grows along a line; more grows faster at first. */
  readonly aggression: number;
  /** The least part, 0 to 1. */
  readonly min: number;
  /** Length of a step. */
  readonly stepNs: number;
}

/** One row per worker. */
export const slowStartColumns = {
  /** The load factor that lbmethods see, in hundredths; at least 1. */
  lbfactor: 'i32',
  /** When the worker was found to be back; NEVER_NS for one that never was away. */
  sinceNs: 'f64',
  /** Usable when somebody last looked. */
  wasUsable: 'i32',
} as const satisfies Columns;

export type SlowStartViews = Views<typeof slowStartColumns>;

/** Nobody starts slowly who is usable now. */
export function formatSlowStart(
  { workers: [count] }: BalancerViews,
  workers: WorkerViews,
  own: SlowStartViews,
): void {
  own.sinceNs.fill(NEVER_NS);
  own.lbfactor.set(workers.lbfactor);
  for (let worker = 0; worker < count; worker++) {
    own.wasUsable[worker] = Number(usable(workers, worker));
  }
}

/** Notes who has come back and sets the load factors of `nowNs`. Returns when they change next. O(workers). */
export function growFactors(
  config: SlowStart,
  balancer: BalancerViews,
  workers: WorkerViews,
  own: SlowStartViews,
  nowNs: number,
): number {
  const { windowNs, stepNs } = config;
  let changeNs = Number.POSITIVE_INFINITY;
  for (let worker = 0; worker < balancer.workers[0]; worker++) {
    const isUsable = usable(workers, worker);
    if (isUsable && !own.wasUsable[worker]) own.sinceNs[worker] = nowNs;
    own.wasUsable[worker] = Number(isUsable);
    own.lbfactor[worker] = workers.lbfactor[worker];
    const steps = Math.floor((nowNs - own.sinceNs[worker]) / stepNs);
    if (steps * stepNs >= windowNs) continue;
    const part = partAt(config, steps * stepNs);
    own.lbfactor[worker] = Math.max(1, Math.round(workers.lbfactor[worker] * part));
    changeNs = Math.min(changeNs, own.sinceNs[worker] + (steps + 1) * stepNs);
  }
  return changeNs;
}

/** The part of its load factor that a worker gets `sinceNs` after it came back. */
function partAt({ windowNs, aggression, min }: SlowStart, sinceNs: number): number {
  const time = Math.max(1e6, sinceNs) / windowNs; // Envoy, too, begins at a millisecond
  const grown = aggression === 1 ? time : Math.exp(Math.log(time) / aggression);
  return Math.min(1, Math.max(min, grown));
}
