/** Offered load from the means alone, before anything runs. */

import type { BalancerSpec, MemberSpec } from '../config/spec.ts';
import { hundredths } from '../core/index.ts';
import { LabError } from '../problems/errors.ts';
import { meanOf } from './means.ts';
import { requestRate } from './rates.ts';
import type { Scenario, WorkerSpec } from './scenario.ts';

/** What open clients ask for and what the workers can give. Closed clients adapt and are not counted. */
export interface OfferedLoad {
  /** Requests per second; null when no client is open. */
  readonly requestsPerSecond: number | null;
  /** Requests per second that the usable workers serve when all their slots are busy. */
  readonly capacityPerSecond: number;
  /** The first over the second; null when no client is open. */
  readonly total: number | null;
  /** The same with every client at its highest rate; above `total` for profiles and mmpp. */
  readonly peak: number | null;
  /**
   * Load of each worker when the requests split by loadfactor over those first in line; 0 for the others, null
   * when no client is open.
   */
  readonly perWorker: readonly (number | null)[];
}

/** Costs one pass over workers, clients and samples. */
export function offeredLoad(scenario: Scenario): OfferedLoad {
  const { workers } = scenario.balancer;
  const rates = scenario.clients
    .map((client) => requestRate(client, scenario.run.durationNs))
    .filter((rate) => rate !== null);
  const offered = rates.length === 0 ? null : sum(rates.map(({ mean }) => mean));
  const capacity = sum(workers.filter(isUsable).map((worker) => capacityOf(scenario, worker)));
  const shares = targetShares(scenario.balancer);
  return {
    requestsPerSecond: offered,
    capacityPerSecond: capacity,
    total: offered === null ? null : offered / capacity,
    peak: offered === null ? null : sum(rates.map(({ peak }) => peak)) / capacity,
    perWorker: workers.map((worker, i) =>
      offered === null ? null : (offered * shares[i]!) / capacityOf(scenario, worker),
    ),
  };
}

const LESS_OR_MORE =
  'Lower the arrival rate, add slots or workers, or bound the wait: queue on every backend, or timeout on every client.';

/**
 * Refuses a scenario whose queues would grow for as long as it runs, with `advice`. One with no usable worker passes:
 * every request is answered 503 and nothing waits.
 * @throws LabError `UNSTABLE`
 */
export function checkStability(scenario: Scenario, advice = LESS_OR_MORE): void {
  const { requestsPerSecond, capacityPerSecond, total } = offeredLoad(scenario);
  const usable = scenario.balancer.workers.filter(isUsable);
  if (total === null || total < 1 || usable.length === 0) return;
  const open = scenario.clients.filter(({ arrival }) => arrival.kind !== 'closed');
  if (usable.every((worker) => isBounded(scenario, worker))) return;
  if (open.every(({ timeoutNs }) => timeoutNs !== null)) return;
  const message = `clients offer ${rounded(requestsPerSecond!)} requests/s and the usable workers serve ${rounded(capacityPerSecond)} (load ${rounded(total)}); expected a load below 1. ${advice}`;
  const place = { file: scenario.file, line: 0, column: 0, path: 'clients' };
  throw new LabError([{ ...place, message, code: 'UNSTABLE', severity: 'error' }]);
}

/**
 * Time in which a station of the given `load` (below 1) forgets its start, like M/M/1: 1 / (mu (1 - sqrt(load))^2),
 * in the unit of the mean service time. Warm-ups below five of these are too short.
 */
export function relaxationTime(serviceMean: number, load: number): number {
  const slack = 1 - Math.sqrt(load);
  return serviceMean / (slack * slack);
}

/** Nanoseconds in which the slowest station of the scenario forgets its start at `load`, below 1. */
export function relaxationNs({ balancer, backends }: Scenario, load: number): number {
  const perSlotNs = balancer.workers.map(({ backend }) => {
    const { service, slots } = backends[backend]!;
    return meanOf(service) / slots;
  });
  return relaxationTime(Math.max(...perSlotNs), load);
}

/** Share of the requests that each worker should get: by loadfactor, as cut by httpd, over those first in line; 0 for the others. */
export function targetShares({ workers }: Pick<BalancerSpec, 'workers'>): number[] {
  const serving = firstInLine(workers);
  const factors = workers.map((worker) =>
    serving.has(worker) ? hundredths(worker.loadfactor) : 0,
  );
  const total = sum(factors);
  return factors.map((factor) => (total === 0 ? 0 : factor / total));
}

/** Requests per second with every slot busy. Errors take no slot; `max` connections cap the slots in use. */
export function capacityOf({ backends }: Scenario, { backend, max }: WorkerSpec): number {
  const { slots, service, errors } = backends[backend]!;
  const busySeconds = (meanOf(service) / 1e9) * (1 - errors);
  return (max > 0 ? Math.min(slots, max) : slots) / busySeconds;
}

/** Whether the requests waiting for this worker cannot become more and more. */
export function isBounded(
  { backends }: Scenario,
  { backend, max, acquireNs }: WorkerSpec,
): boolean {
  return max > 0 ? acquireNs !== null : backends[backend]!.queue !== null;
}

/** Usable as httpd says; an error state lifts by itself and does not count. */
export function isUsable({ status }: Pick<MemberSpec, 'status'>): boolean {
  return !/[DSUC]/.test(status);
}

/**
 * Who gets the requests while all is well, by httpd's search (spec: httpd 2.2): of the lowest lbset that offers
 * anybody, the regular workers and a spare for each regular one that is out, else the standbys.
 */
export function firstInLine<M extends MemberSpec>(workers: readonly M[]): ReadonlySet<M> {
  const lbsets = [...new Set(workers.map(({ lbset }) => lbset))].sort((a, b) => a - b);
  for (const lbset of lbsets) {
    const members = workers.filter((worker) => worker.lbset === lbset);
    const ready = members.filter((worker) => isUsable(worker) && !worker.status.includes('N'));
    const out = members.filter((worker) => isRegular(worker) && !ready.includes(worker));
    const spares = ready.filter(({ status }) => status.includes('R')).slice(0, out.length);
    const serving = [...ready.filter(isRegular), ...spares];
    const standbys = ready.filter(({ status }) => status.includes('H') && !status.includes('R'));
    if (serving.length > 0) return new Set(serving);
    if (standbys.length > 0) return new Set(standbys);
  }
  return new Set();
}

/** Neither standby nor spare. */
export function isRegular({ status }: Pick<MemberSpec, 'status'>): boolean {
  return !/[HR]/.test(status);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
