/** How many keys a hash method moves in vain when a worker is lost. */
import { Balancer, keyOf, type LbMethod, NO_ROUTE } from '../../src/core/index.ts';

/** Fixed keys: the answer is the same in every run. */
const KEYS = Array.from({ length: 10_000 }, (_, i) => keyOf(`/${i}`));

interface Member {
  readonly name: string;
  readonly loadfactor: number;
}

/**
 * Of the keys whose worker stays, the largest share that moves all the same, over the loss of each worker in turn.
 * A ring moves none, modulo hashing (n - 1) / n.
 */
export function strays(method: LbMethod, members: readonly Member[]): number {
  const whole = workersOf(method, members, null);
  const shares = members.map((_, lost) => {
    const left = workersOf(method, members, lost);
    let stay = 0;
    let moved = 0;
    whole.forEach((worker, i) => {
      if (worker === lost) return;
      stay++;
      if (left[i] !== worker) moved++;
    });
    return stay === 0 ? 0 : moved / stay;
  });
  return Math.max(0, ...shares);
}

/** The worker of each key, requests coming one at a time. */
function workersOf(method: LbMethod, members: readonly Member[], lost: number | null): number[] {
  const workers = members.map(({ name, loadfactor }, worker) => {
    return { name, loadfactor, status: worker === lost ? '+D' : '' };
  });
  const balancer = new Balancer({ lbmethod: method, workers, rng: [1, 2, 3, 4] });
  return KEYS.map((key, i) => {
    const worker = balancer.pick(NO_ROUTE, i, key);
    if (worker >= 0) balancer.release(worker);
    return worker;
  });
}
