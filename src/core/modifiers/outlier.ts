/**
 * Outlier ejection: a worker whose answers fail more than those of the others is left out for a while, each time for
 * longer. The rules are Envoy's outlier detection (and gRPC's proposal A50); a failed answer is any 5xx, and any try
 * that ended without an answer.
 *
 * Two things differ from Envoy on purpose. An ejection ends at its end, and not at the next interval after it. And one
 * worker may always be ejected: of fewer than ten workers, 10 % would be none.
 */
import type { Columns, Views } from '../columns.ts';
import type { BalancerViews, WorkerViews } from '../state.ts';
import { EJECTED } from '../status.ts';
import {
  type FailurePercentage,
  findFailing,
  findLessSuccessful,
  type SuccessRate,
} from './outlier-rates.ts';

export interface Outlier {
  /** Failures in a row that eject at once; 0: never. */
  readonly consecutive5xx: number;
  /** How often rates are compared; a worker that stayed for one is forgiven an ejection. */
  readonly intervalNs: number;
  /** The first ejection; the nth one in a row lasts n times as long, up to `maxEjectionNs`. */
  readonly baseEjectionNs: number;
  readonly maxEjectionNs: number;
  /** Largest share of the workers that may be ejected, 0 to 1. Above 0 it always allows one. */
  readonly maxEjected: number;
  /** null: never. */
  readonly successRate: SuccessRate | null;
  readonly failurePercentage: FailurePercentage | null;
}

/** One row per worker. */
export const outlierColumns = {
  failuresInARow: 'i32',
  /** Tries that ended in this interval, and those that succeeded. */
  requests: 'i32',
  succeeded: 'i32',
  /** Ejections in a row: the next one lasts one base longer. */
  ejections: 'i32',
  ejectedUntilNs: 'f64',
  /** Index into `ejectionCauses` of the last ejection. */
  cause: 'i32',
} as const satisfies Columns;

/** One row. */
export const outlierRowColumns = {
  /** End of the interval; 0 before the first try has ended. */
  intervalEndsNs: 'f64',
  ejected: 'i32',
  /** The earliest end of an ejection; Infinity when nobody is ejected. */
  ejectionEndsNs: 'f64',
} as const satisfies Columns;

export type OutlierViews = Views<typeof outlierColumns>;
export type OutlierRow = Views<typeof outlierRowColumns>;

/** What the detection works on. */
export interface Watched {
  readonly balancer: BalancerViews;
  readonly workers: WorkerViews;
  readonly outlier: OutlierViews;
  readonly row: OutlierRow;
}

export const ejectionCauses = [
  'failures in a row',
  'rate of success',
  'share of failures',
] as const;

/** A try on `worker` ended. */
export function judge(
  config: Outlier,
  watched: Watched,
  worker: number,
  ok: boolean,
  nowNs: number,
): void {
  const { outlier } = watched;
  endInterval(config, watched, nowNs);
  outlier.requests[worker]++;
  if (ok) {
    outlier.succeeded[worker]++;
    outlier.failuresInARow[worker] = 0;
  } else if (++outlier.failuresInARow[worker] === config.consecutive5xx) {
    outlier.failuresInARow[worker] = 0;
    eject(config, watched, worker, 0, nowNs);
  }
}

/** Lets those back whose time is over. */
export function endEjections({ balancer, workers, outlier, row }: Watched, nowNs: number): void {
  if (nowNs < row.ejectionEndsNs[0]) return;
  row.ejectionEndsNs[0] = Number.POSITIVE_INFINITY;
  for (let worker = 0; worker < balancer.workers[0]; worker++) {
    if (!(workers.status[worker] & EJECTED)) continue;
    const untilNs = outlier.ejectedUntilNs[worker];
    if (nowNs < untilNs) {
      row.ejectionEndsNs[0] = Math.min(row.ejectionEndsNs[0], untilNs);
      continue;
    }
    workers.status[worker] &= ~EJECTED;
    outlier.failuresInARow[worker] = 0; // what it failed in its absence is forgiven
    row.ejected[0]--;
    balancer.candidatesFresh[0] = 0;
  }
}

/** Once the interval is over: compares rates, forgives, and counts afresh. O(workers). */
export function endInterval(config: Outlier, watched: Watched, nowNs: number): void {
  const { balancer, outlier, row } = watched;
  const endNs = row.intervalEndsNs[0];
  if (endNs === 0) row.intervalEndsNs[0] = nowNs + config.intervalNs;
  if (endNs === 0 || nowNs < endNs) return;
  endEjections(watched, nowNs);
  const { intervalNs } = config;
  const passed = 1 + Math.floor((nowNs - endNs) / intervalNs); // nobody may have looked for a while
  row.intervalEndsNs[0] = endNs + passed * intervalNs;
  for (let worker = 0; worker < balancer.workers[0]; worker++) {
    const stayedNs = endNs + (passed - 1) * intervalNs - outlier.ejectedUntilNs[worker];
    const forgiven = Math.min(passed, Math.floor(stayedNs / intervalNs)); // one a whole interval
    if (forgiven > 0) outlier.ejections[worker] = Math.max(0, outlier.ejections[worker] - forgiven);
  }
  const { successRate, failurePercentage } = config;
  const ejectFor = (cause: number) => (worker: number) =>
    eject(config, watched, worker, cause, nowNs);
  if (successRate !== null) findLessSuccessful(successRate, watched, ejectFor(1));
  if (failurePercentage !== null) findFailing(failurePercentage, watched, ejectFor(2));
  outlier.requests.fill(0);
  outlier.succeeded.fill(0);
}

/** Ejects `worker` unless it is, or too many are. */
function eject(
  { baseEjectionNs, maxEjectionNs, maxEjected }: Outlier,
  { balancer, workers, outlier, row }: Watched,
  worker: number,
  cause: number,
  nowNs: number,
): void {
  const most = maxEjected > 0 ? Math.max(1, maxEjected * balancer.workers[0]) : 0;
  if (workers.status[worker] & EJECTED || row.ejected[0] + 1 > most) return;
  const longest = outlier.ejections[worker] * baseEjectionNs >= maxEjectionNs;
  if (!longest) outlier.ejections[worker]++;
  const lastsNs = Math.min(outlier.ejections[worker] * baseEjectionNs, maxEjectionNs);
  outlier.ejectedUntilNs[worker] = nowNs + lastsNs;
  outlier.cause[worker] = cause;
  workers.status[worker] |= EJECTED;
  row.ejected[0]++;
  row.ejectionEndsNs[0] = Math.min(row.ejectionEndsNs[0], nowNs + lastsNs);
  balancer.candidatesFresh[0] = 0;
}
