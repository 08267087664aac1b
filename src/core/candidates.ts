/**
 * Who may be elected: httpd's walk over load-balancer sets, drains, spares and standbys (spec: httpd 2.2),
 * apart from how one of them is chosen. The walk runs when something changed or a retry time ended; between
 * those, elections only read its result, so that a method that looks at two workers costs two workers.
 */
import type { LbMethod } from './lbmethod.ts';
import { type BalancerViews, type Candidates, NONE, usable, type WorkerViews } from './state.ts';
import { status } from './status.ts';

const SPARE_OR_STANDBY = status.R | status.H;

/**
 * httpd's retry test: lifts E from `worker` once its retry time is over, or at once with I; never while
 * it is stopped. Returns whether E was lifted.
 */
export function tryRetry(
  balancer: BalancerViews,
  workers: WorkerViews,
  worker: number,
  nowNs: number,
): boolean {
  const bits = workers.status[worker];
  if (!(bits & status.E) || bits & status.S) return false;
  const elapsed = nowNs > workers.errorTimeNs[worker] + workers.retryNs[worker];
  if (!elapsed && !(bits & status.I)) return false;
  liftError(balancer, workers, worker);
  return true;
}

export function liftError(balancer: BalancerViews, workers: WorkerViews, worker: number): void {
  workers.retries[worker]++;
  workers.status[worker] &= ~status.E;
  balancer.candidatesFresh[0] = 0;
}

export function setError(
  balancer: BalancerViews,
  workers: WorkerViews,
  worker: number,
  nowNs: number,
): void {
  workers.status[worker] |= status.E;
  workers.errorTimeNs[worker] = nowNs;
  balancer.candidatesFresh[0] = 0;
}

/**
 * Fills `workers.candidate`; afterwards `candidateCount` of them may be elected, until something changes
 * (`candidatesFresh` is 0) or a retry time ends (`candidatesUntilNs`).
 */
export function findCandidates(
  balancer: BalancerViews,
  workers: WorkerViews,
  method: LbMethod,
  methodState: never,
  nowNs: number,
): void {
  balancer.candidatesUntilNs[0] = Number.POSITIVE_INFINITY;
  balancer.candidateCount[0] =
    method.scope === 'every'
      ? findEvery(balancer, workers, method, methodState, nowNs)
      : walkSets(balancer, workers, nowNs);
  balancer.candidatesFresh[0] = 1;
}

/** Tries the sets in ascending number until one has somebody to offer. */
function walkSets(balancer: BalancerViews, workers: WorkerViews, nowNs: number): number {
  let count = 0;
  for (let set = lowestSet(balancer, workers, NONE); count === 0 && set !== NONE; ) {
    count = walkSet(balancer, workers, set, nowNs);
    set = lowestSet(balancer, workers, set);
  }
  return count;
}

/** The lowest set number in use above `after`, or NONE. */
function lowestSet(balancer: BalancerViews, { lbset }: WorkerViews, after: number): number {
  let lowest = NONE;
  for (let worker = 0; worker < balancer.workers[0]; worker++) {
    if (lbset[worker] > after && (lowest === NONE || lbset[worker] < lowest))
      lowest = lbset[worker];
  }
  return lowest;
}

/** Offers the regular workers of a set, a spare for each one that is out, or else its standbys. */
function walkSet(
  balancer: BalancerViews,
  workers: WorkerViews,
  set: number,
  nowNs: number,
): number {
  const { lbset, status: bits, candidate } = workers;
  let count = 0;
  let out = 0;
  for (let worker = 0; worker < balancer.workers[0]; worker++) {
    if (lbset[worker] !== set) continue;
    const reserve = bits[worker] & SPARE_OR_STANDBY;
    if (bits[worker] & status.N) {
      if (!reserve) out++;
      continue; // no retry test either
    }
    if (!usable(workers, worker)) retryOrWait(balancer, workers, worker, nowNs);
    if (reserve) continue;
    if (usable(workers, worker)) candidate[count++] = worker;
    else out++;
  }
  const spares = (worker: number) => bits[worker] & status.R;
  count = offerReserves(balancer, workers, set, count, out, spares);
  if (count > 0) return count;
  const standbys = (worker: number) => (bits[worker] & SPARE_OR_STANDBY) === status.H;
  return offerReserves(balancer, workers, set, 0, Number.POSITIVE_INFINITY, standbys);
}

function retryOrWait(
  balancer: BalancerViews,
  workers: WorkerViews,
  worker: number,
  nowNs: number,
): void {
  if (tryRetry(balancer, workers, worker, nowNs)) return;
  const bits = workers.status[worker];
  if (!(bits & status.E) || bits & status.S) return;
  const endsNs = workers.errorTimeNs[worker] + workers.retryNs[worker];
  if (endsNs < balancer.candidatesUntilNs[0]) balancer.candidatesUntilNs[0] = endsNs;
}

function offerReserves(
  balancer: BalancerViews,
  workers: WorkerViews,
  set: number,
  offered: number,
  most: number,
  isReserve: (worker: number) => number | boolean,
): number {
  let count = offered;
  for (let worker = 0; worker < balancer.workers[0] && count - offered < most; worker++) {
    if (workers.lbset[worker] !== set || workers.status[worker] & status.N) continue;
    if (isReserve(worker) && usable(workers, worker)) workers.candidate[count++] = worker;
  }
  return count;
}

/** For methods that ignore sets, reserves and drains: every usable worker that the method considers. */
function findEvery(
  balancer: BalancerViews,
  workers: WorkerViews,
  method: LbMethod,
  methodState: never,
  nowNs: number,
): number {
  let count = 0;
  for (let worker = 0; worker < balancer.workers[0]; worker++) {
    if (method.considers && !method.considers(methodState, worker)) continue;
    if (!usable(workers, worker)) retryOrWait(balancer, workers, worker, nowNs);
    if (usable(workers, worker)) workers.candidate[count++] = worker;
  }
  return count;
}

/** What elections need to know of the candidates together. `lbfactor`: the load factors that methods see. */
export function sumUp(balancer: BalancerViews, ids: Int32Array, lbfactor: Int32Array): void {
  const count = balancer.candidateCount[0];
  let total = 0;
  let inRow = 1;
  for (let i = 0; i < count; i++) {
    total += lbfactor[ids[i]];
    if (ids[i] !== i) inRow = 0;
  }
  balancer.candidateTotal[0] = total;
  balancer.candidatesInRow[0] = inRow;
}

/** The candidates as an election sees them: read from the buffer, which other threads may share. */
export class Offer implements Candidates {
  readonly ids: Int32Array;
  private readonly balancer: BalancerViews;

  constructor(balancer: BalancerViews, workers: WorkerViews) {
    this.ids = workers.candidate;
    this.balancer = balancer;
  }

  get count(): number {
    return this.balancer.candidateCount[0];
  }

  get total(): number {
    return this.balancer.candidateTotal[0];
  }

  get inRow(): number {
    return this.balancer.candidatesInRow[0];
  }
}
