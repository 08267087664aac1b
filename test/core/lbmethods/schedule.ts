/** Requests one after the other, or with some left open, and who served them: the worked schedules' driver. */
import {
  Balancer,
  type BalancerConfig,
  keyOf,
  type LbMethod,
  lbmethods,
  type WorkerConfig,
  withParameters,
} from '../../../src/core/index.ts';

export const letters = 'abcdefgh';

export function methodOf(name: string, set: Readonly<Record<string, unknown>> = {}): LbMethod {
  const lbmethod = lbmethods.find((method) => method.name === name);
  if (!lbmethod) throw new Error(`no lbmethod ${name}`);
  return withParameters(lbmethod, set);
}

export function balancerOf(
  name: string,
  workers: readonly WorkerConfig[],
  config: Partial<BalancerConfig> = {},
  set: Readonly<Record<string, unknown>> = {},
): Balancer {
  return new Balancer({ lbmethod: methodOf(name, set), workers, ...config });
}

/** Picks that stay open, as letters. */
export function opened(balancer: Balancer, count: number): string {
  let elected = '';
  for (let i = 0; i < count; i++) {
    elected += letters[balancer.pick(-1, balancer.views.lastNs[0] + 1)] ?? '-';
  }
  return elected;
}

/** Whom each of `keys` elects, every request released at once. */
export function owners(balancer: Balancer, keys: readonly string[]): number[] {
  return keys.map((key) => {
    const worker = balancer.pick(-1, balancer.views.lastNs[0] + 1, keyOf(key));
    balancer.release(worker);
    return worker;
  });
}

/** `/0`, `/1`, … */
export const paths = (count: number) => Array.from({ length: count }, (_, i) => `/${i}`);

/** Largest distance of anybody's picks, at any time, from what he was due: |picks - t × share|. */
export function discrepancy(picks: string, weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const counts = weights.map(() => 0);
  let largest = 0;
  for (let t = 1; t <= picks.length; t++) {
    counts[letters.indexOf(picks[t - 1])]++;
    counts.forEach((count, i) => {
      largest = Math.max(largest, Math.abs(count - (t * weights[i]) / total));
    });
  }
  return largest;
}

/** Workers a, b, ... with these load factors. */
export const factors = (...loadfactors: number[]): WorkerConfig[] =>
  loadfactors.map((loadfactor) => ({ loadfactor }));

/** `count` picks, each released at once, as letters. */
export function schedule(balancer: Balancer, count: number): string {
  let elected = '';
  for (let i = 0; i < count; i++) {
    const worker = balancer.pick(-1, balancer.views.lastNs[0] + 1);
    elected += letters[worker] ?? '-';
    balancer.release(worker);
  }
  return elected;
}

export const lbstatus = ({ workers, views }: Balancer) => [
  ...workers.lbstatus.slice(0, views.workers[0]),
];

/** Pearson's statistic of `observed` counts against `expected` ones. */
export function chiSquare(observed: readonly number[], expected: readonly number[]): number {
  return observed.reduce(
    (sum, o, i) => sum + ((o - expected[i]) * (o - expected[i])) / expected[i],
    0,
  );
}

/** Upper one-in-a-million points of chi-square with 1, 2 and 3 degrees of freedom. */
export const chiSquareAtMillionth = [23.928, 27.631, 30.665];
