/** Requests one after the other, or with some left open, and who served them: the worked schedules' driver. */
import {
  Balancer,
  type BalancerConfig,
  lbmethods,
  type WorkerConfig,
} from '../../../src/core/index.ts';

export const letters = 'abcdefgh';

export function balancerOf(
  name: string,
  workers: readonly WorkerConfig[],
  config: Partial<BalancerConfig> = {},
): Balancer {
  const lbmethod = lbmethods.find((method) => method.name === name);
  if (!lbmethod) throw new Error(`no lbmethod ${name}`);
  return new Balancer({ lbmethod, workers, ...config });
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
