/** The bare sequence of an lbmethod: all workers ready, nobody sticky, requests that end at once. */
import { Balancer, hundredths, type LbMethod, NO_ROUTE } from '../../src/core/index.ts';
import { Smoothness } from '../smoothness.ts';

/** Picks that are looked at: several periods of any factors that people write. */
const PICKS = 10_000;

/** Largest |picks of a worker - its share x picks so far| while `method` serves workers of these load factors. */
export function roughness(method: LbMethod, loadfactors: readonly number[]): number {
  const workers = loadfactors.map((loadfactor) => ({ loadfactor }));
  const balancer = new Balancer({ lbmethod: method, workers, rng: [1, 2, 3, 4] });
  return worstPrefix(loadfactors, (i) => {
    const worker = balancer.pick(NO_ROUTE, i);
    balancer.complete(worker, true, 0, i);
    balancer.release(worker);
    return worker;
  });
}

/** The same of smooth weighted round robin, written down once more and as plainly as can be. */
export function idealRoughness(loadfactors: readonly number[]): number {
  const factors = loadfactors.map(hundredths);
  const total = sum(factors);
  const credit = factors.map(() => 0);
  return worstPrefix(loadfactors, () => {
    factors.forEach((factor, worker) => {
      credit[worker]! += factor;
    });
    const best = credit.indexOf(Math.max(...credit));
    credit[best]! -= total;
    return best;
  });
}

/**
 * More than this no order of earliest deadlines strays, whatever its rule for ties. When the deadline d was served
 * last, a worker of factor w has w d - f picks with f from 0 to 1, and f = 0 for the worker just served; with the sum F of
 * all f, picks - share x all picks = share x F - f, which lies between share - 1 and share x (workers - 1).
 */
export function deadlineRoughness(loadfactors: readonly number[]): number {
  const total = sum(loadfactors);
  const shares = loadfactors.map((factor) => factor / total);
  return Math.max(Math.max(...shares) * (shares.length - 1), 1 - Math.min(...shares));
}

function worstPrefix(loadfactors: readonly number[], pick: (i: number) => number): number {
  const factors = loadfactors.map(hundredths);
  const total = sum(factors);
  const followed = new Smoothness(factors.map((factor) => factor / total));
  for (let i = 0; i < PICKS; i++) followed.pick(pick(i));
  return followed.worst();
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
