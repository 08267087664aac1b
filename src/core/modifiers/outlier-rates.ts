/** Whose rates over an interval stand out from those of the others: Envoy's two rules. O(workers). */
import { EJECTED } from '../status.ts';
import type { Watched } from './outlier.ts';

/** What an interval must hold for its rates to be compared. */
interface Evidence {
  /** Requests that make a worker count. */
  readonly requests: number;
  /** Workers that must count. */
  readonly hosts: number;
}

/** A rate of success below the mean minus `stdevs` standard deviations stands out. */
export interface SuccessRate extends Evidence {
  readonly stdevs: number;
}

/** A share of failures of at least `threshold`, 0 to 1, stands out. */
export interface FailurePercentage extends Evidence {
  readonly threshold: number;
}

/** Equal rates must not differ by the rounding of their mean. */
const ROUNDING = 1e-12;

type Found = (worker: number) => void;

export function findLessSuccessful(rule: SuccessRate, watched: Watched, found: Found): void {
  const all = counting(rule, watched);
  if (all.length < rule.hosts || all.length === 0) return;
  const rates = all.map((worker) => successOf(watched, worker));
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const squares = rates.reduce((sum, rate) => sum + (rate - mean) * (rate - mean), 0);
  const threshold = mean - rule.stdevs * Math.sqrt(squares / rates.length) - ROUNDING;
  all.filter((_, i) => rates[i] < threshold).forEach(found);
}

export function findFailing(rule: FailurePercentage, watched: Watched, found: Found): void {
  const all = counting(rule, watched);
  if (all.length < rule.hosts) return;
  all.filter((worker) => 1 - successOf(watched, worker) >= rule.threshold).forEach(found);
}

/** Workers that are in service and have had enough requests. */
function counting({ requests }: Evidence, { balancer, workers, outlier }: Watched): number[] {
  const found: number[] = [];
  for (let worker = 0; worker < balancer.workers[0]; worker++) {
    if (workers.status[worker] & EJECTED || outlier.requests[worker] === 0) continue;
    if (outlier.requests[worker] >= requests) found.push(worker);
  }
  return found;
}

function successOf({ outlier }: Watched, worker: number): number {
  return outlier.succeeded[worker] / outlier.requests[worker];
}
