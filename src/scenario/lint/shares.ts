import { hundredths } from '../../core/index.ts';
import { capacityOf, type OfferedLoad, targetShares } from '../load.ts';
import type { Scenario } from '../scenario.ts';

/** What a worker is to get while all is well, when requests split by load factor. Rates per second. */
export interface PredictedShare {
  readonly worker: string;
  /** In hundredths, as httpd keeps it. */
  readonly lbfactor: number;
  readonly share: number;
  /** null when closed clients set the pace. */
  readonly offeredPerSecond: number | null;
  /** With every slot busy. */
  readonly capacityPerSecond: number;
  readonly utilization: number | null;
}

/** One row a worker, in the order of the file. */
export function predictedShares(scenario: Scenario, load: OfferedLoad): PredictedShare[] {
  const shares = targetShares(scenario.balancer);
  const { requestsPerSecond } = load;
  return scenario.balancer.workers.map((worker, i) => ({
    worker: worker.name,
    lbfactor: hundredths(worker.loadfactor),
    share: shares[i]!,
    offeredPerSecond: requestsPerSecond === null ? null : requestsPerSecond * shares[i]!,
    capacityPerSecond: capacityOf(scenario, worker),
    utilization: load.perWorker[i] ?? null,
  }));
}
