/**
 * What the verdict of a health check does to a worker (spec: httpd 6.3). As in httpd, the counters are cumulative, not of
 * checks in a row: with `hcfails=3`, three failures mark the worker however many checks passed between them. With
 * `hcconsecutive`, which httpd does not have, the opposite verdict starts them anew.
 * Who checks, how and when is the driver's business.
 */
import type { Columns, Views } from './columns.ts';
import type { BalancerViews, WorkerViews } from './state.ts';
import { status } from './status.ts';

/** One row per worker. */
export const healthColumns = {
  /** Failures until the worker is marked, passes until it is cleared; 0 acts as 1. */
  hcfails: 'i32',
  hcpasses: 'i32',
  /** Failures and passes counted so far. */
  fcount: 'i32',
  pcount: 'i32',
  /** 1: only failures, and passes, in a row count. */
  hcconsecutive: 'i32',
} as const satisfies Columns;

export type HealthViews = Views<typeof healthColumns>;

/** Counts a verdict. A stopped worker is not checked: nothing happens. */
export function countVerdict(
  balancer: BalancerViews,
  workers: WorkerViews,
  health: HealthViews,
  worker: number,
  passed: boolean,
  nowNs: number,
): void {
  const bits = workers.status[worker];
  if (bits & status.S) return;
  if (health.hcconsecutive[worker]) (passed ? health.fcount : health.pcount)[worker] = 0;
  if (bits & (status.C | status.E)) {
    if (!passed || ++health.pcount[worker] < health.hcpasses[worker]) return;
    workers.status[worker] &= ~(status.C | status.E);
    health.pcount[worker] = 0;
  } else {
    if (passed) return;
    workers.errorTimeNs[worker] = nowNs;
    if (++health.fcount[worker] < health.hcfails[worker]) return;
    workers.status[worker] |= status.C;
    health.fcount[worker] = 0;
  }
  balancer.candidatesFresh[0] = 0;
}
