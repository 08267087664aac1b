/** What a change would do to the shares: the core itself, on a copy of its memory. */
import { type Balancer, NONE } from '../../core/index.ts';

const PICKS = 1000;

/**
 * Each worker's share of the next thousand picks without a session, if as many requests stay in flight as are now and
 * all last equally long. `balancer` is a fork: it is used up.
 */
export function predictedShares(balancer: Balancer, nowNs: number): number[] {
  const { workers, views } = balancer;
  const counts = new Array<number>(views.workers[0]!).fill(0);
  const inFlight = Math.max(
    1,
    workers.busy.reduce((sum, busy) => sum + busy, 0),
  );
  const held: number[] = [];
  for (let i = 0; i < PICKS; i++) {
    const worker = balancer.pick(balancer.routeId(null), nowNs);
    if (worker === NONE) return counts;
    counts[worker]!++;
    held.push(worker);
    if (held.length >= inFlight) balancer.release(held.shift()!);
  }
  return counts.map((count) => count / PICKS);
}
