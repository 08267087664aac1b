/**
 * The panic threshold: when only few workers of the set that serves are usable, they would drown in the traffic of
 * all; then the others get their part again, whatever is wrong with them (Envoy's healthy panic threshold).
 *
 * The set that serves is the one that httpd's walk ends at; standbys and spares that stand in count as usable. With
 * nobody usable in any set, it is the lowest. Who is disabled, stopped, shut down or draining is left alone.
 */
import type { LbMethod } from '../lbmethod.ts';
import { type BalancerViews, NONE, usable, type WorkerViews } from '../state.ts';
import { status } from '../status.ts';

const TAKEN_OUT = status.D | status.S | status.U;
const NOT_REGULAR = TAKEN_OUT | status.N | status.R | status.H;

/** Whether an administrator wants no requests there at all. */
export function takenOut({ status: bits }: WorkerViews, worker: number): boolean {
  return (bits[worker] & TAKEN_OUT) !== 0;
}

/**
 * With fewer than `threshold` (0 to 1) of the regular workers among the candidates, puts the others behind
 * them. Returns whether it did. O(workers).
 */
export function widenCandidates(
  threshold: number,
  balancer: BalancerViews,
  workers: WorkerViews,
  method: LbMethod,
  methodState: never,
): boolean {
  const every = method.scope === 'every';
  const set = every ? NONE : servingSet(balancer, workers);
  const isRegular = (worker: number): boolean => {
    if (!every) return workers.lbset[worker] === set && !(workers.status[worker] & NOT_REGULAR);
    return !takenOut(workers, worker) && method.considers?.(methodState, worker) !== false;
  };
  let regular = 0;
  for (let worker = 0; worker < balancer.workers[0]; worker++) {
    if (isRegular(worker)) regular++;
  }
  let count = balancer.candidateCount[0];
  if (count >= threshold * regular) return false;
  for (let worker = 0; worker < balancer.workers[0]; worker++) {
    if (isRegular(worker) && !usable(workers, worker)) workers.candidate[count++] = worker;
  }
  balancer.candidateCount[0] = count;
  return true;
}

/** The set of the candidates; without any, the lowest one with a regular worker, or NONE. */
function servingSet(balancer: BalancerViews, { candidate, lbset, status }: WorkerViews): number {
  if (balancer.candidateCount[0] > 0) return lbset[candidate[0]];
  let lowest = NONE;
  for (let worker = 0; worker < balancer.workers[0]; worker++) {
    if (status[worker] & NOT_REGULAR) continue;
    if (lowest === NONE || lbset[worker] < lowest) lowest = lbset[worker];
  }
  return lowest;
}
