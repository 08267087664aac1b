/** Round robin (V28, V29). */
import {
  mdcWait,
  mm1Sojourn,
  roundRobinSojourn,
  roundRobinWaitQuantile,
} from '../../theory/index.ts';
import { type Case, metric, watched, worker } from '../case.ts';
import { station } from '../station.ts';
import { waitedLonger } from '../watches.ts';

const inTurn = (workers: number, load: number) => ({
  id: 'V28',
  title: `byrequests over ${workers} workers, load ${load}: each is E${workers}/M/1`,
  workers,
  load,
});

const dealt = [
  { workers: 2, load: 0.5, thousands: 200, within: 0.015 },
  { workers: 2, load: 0.8, thousands: 200, within: 0.03 },
  { workers: 2, load: 0.9, thousands: 200, within: 0.06 },
  { workers: 3, load: 0.5, thousands: 200, within: 0.015 },
  { workers: 3, load: 0.8, thousands: 200, within: 0.03 },
  { workers: 5, load: 0.7, thousands: 200, within: 0.015 },
  { workers: 5, load: 0.9, thousands: 200, within: 0.06 },
  { workers: 10, load: 0.5, thousands: 200, within: 0.015 },
  { workers: 10, load: 0.8, thousands: 300, within: 0.03 },
  { workers: 10, load: 0.9, thousands: 300, within: 0.06 },
  { workers: 100, load: 0.8, thousands: 600, within: 0.03 },
].map(({ workers, load, thousands, within }) =>
  station({
    ...inTurn(workers, load),
    thousands,
    watch: () => waitedLonger(roundRobinWaitQuantile(workers, load, 0.99)),
    checks: [
      metric('sojourn.mean', () => roundRobinSojourn(workers, load), within),
      watched('share beyond p99 of the wait', () => 0.01, 12 * within),
    ],
  }),
);

// The looser rule, as of M/M/1: a standard error of 0.5 % would take 50 million requests at 0.95, and at 0.99 a thousand million.
const dealtNearCapacity = [
  { workers: 2, load: 0.95, replications: 20, thousands: 800, within: 0.1 },
  { workers: 10, load: 0.95, replications: 20, thousands: 2000, within: 0.06 },
  { workers: 2, load: 0.99, replications: 10, thousands: 4000, within: 0.3 },
].map(({ workers, load, replications, thousands, within }) =>
  station({
    ...inTurn(workers, load),
    replications,
    thousands,
    checks: [metric('sojourn.mean', () => roundRobinSojourn(workers, load), within)],
  }),
);

const dealtEvenly = [
  { workers: 2, load: 0.5, thousands: 200, within: 0.015 },
  { workers: 2, load: 0.8, thousands: 200, within: 0.03 },
  { workers: 2, load: 0.9, thousands: 300, within: 0.06 },
  { workers: 4, load: 0.8, thousands: 200, within: 0.03 },
  { workers: 10, load: 0.8, thousands: 300, within: 0.03 },
  { workers: 10, load: 0.9, thousands: 300, within: 0.06 },
].map(({ workers, load, thousands, within }) =>
  station({
    id: 'V29',
    title: `byrequests over ${workers} workers, load ${load}, constant service: M/D/${workers} (Crommelin)`,
    workers,
    load,
    service: '1ms',
    thousands,
    checks: [metric('waiting.mean', () => mdcWait(workers, load), within)],
  }),
);

const uneven = station({
  id: 'V28',
  title: 'byrequests over load factors 1 and 2, load 0.6: of the first, each E3/M/1 at load 0.4',
  workers: 2,
  factors: [1, 2],
  load: 0.6,
  thousands: 400,
  checks: [worker('busyMean', () => 0.4 * roundRobinSojourn(3, 0.4), 0.015)],
});

const split = [
  { factors: [2, 1], load: 0.6 },
  { factors: [5, 3, 2], load: 0.5 },
].map(({ factors, load }) => {
  const total = factors.reduce((sum, factor) => sum + factor, 0);
  const shares = factors.map((factor) => factor / total);
  const loads = shares.map((share) => share * load * factors.length);
  return station({
    id: 'random',
    title: `random by load factors ${factors.join(', ')}, load ${load}: each is M/M/1 at its own load`,
    workers: factors.length,
    factors,
    load,
    lbmethod: 'random',
    thousands: 400,
    checks: [
      metric(
        'sojourn.mean',
        () => shares.reduce((sum, share, i) => sum + share * mm1Sojourn(loads[i]), 0),
        0.03,
      ),
      worker('utilization', () => loads[0], 0.01),
    ],
  });
});

export const routing: readonly Case[] = [
  ...dealt,
  ...dealtNearCapacity,
  ...dealtEvenly,
  uneven,
  ...split,
];
