/** M/M/1, alone and as each of n workers behind a random split (V01 to V06), and what arrivals see there (V58). */
import { mm1Sojourn, mm1SojournQuantile, mm1Wait } from '../../theory/index.ts';
import { type Case, metric, watched, worker } from '../case.ts';
import { station } from '../station.ts';
import { seenByArrivals } from '../watches.ts';

const calm = [
  { id: 'V01', load: 0.5, thousands: 600, within: 0.005 },
  { id: 'V02', load: 0.7, thousands: 500, within: 0.015 },
  { id: 'V03', load: 0.8, thousands: 600, within: 0.02 },
  { id: 'V04', load: 0.9, thousands: 800, within: 0.03 },
].map(({ id, load, thousands, within }) => {
  const sojourn = () => mm1Sojourn(load);
  return station({
    id,
    title: `M/M/1, load ${load}`,
    load,
    thousands,
    checks: [
      metric('sojourn.mean', sojourn, within),
      metric('sojourn.p50', () => mm1SojournQuantile(load, 0.5), within),
      metric('sojourn.p95', () => mm1SojournQuantile(load, 0.95), 2 * within),
      metric('sojourn.p99', () => mm1SojournQuantile(load, 0.99), 3 * within),
      metric('waiting.mean', () => mm1Wait(load), 2 * within),
      worker('busyMean', () => load * sojourn(), 2 * within),
      worker('utilization', () => load, 0.005),
    ],
  });
});

// Here a quantile of one replication is biased, and the share that stays below the exact quantile is not.
// The looser rule at 0.99: a standard error of 0.5 % would take a thousand million requests.
const busy = [
  { id: 'V05', load: 0.95, replications: 20, thousands: 800, within: 0.08, attained: 0.03 },
  // Many relaxation times (40 000 services) a replication: means over few are so skewed that intervals miss.
  { id: 'V06', load: 0.99, replications: 10, thousands: 4000, within: 0.35, attained: 0.1 },
].map(({ id, load, replications, thousands, within, attained }) =>
  station({
    id,
    title: `M/M/1, load ${load}`,
    load,
    thousands,
    replications,
    slo: mm1SojournQuantile(load, 0.95),
    checks: [
      metric('sojourn.mean', () => mm1Sojourn(load), within),
      metric('waiting.mean', () => mm1Wait(load), within),
      metric('slo.attained', () => 0.95, attained),
      worker('utilization', () => load, 0.005),
    ],
  }),
);

const split = [
  { id: 'V01', load: 0.5, workers: 2, thousands: 300, within: 0.01 },
  { id: 'V03', load: 0.8, workers: 5, thousands: 400, within: 0.02 },
  { id: 'V03', load: 0.8, workers: 10, thousands: 400, within: 0.02 },
].map(({ id, load, workers, thousands, within }) =>
  station({
    id,
    title: `random over ${workers} workers: each is M/M/1, load ${load}`,
    load,
    workers,
    thousands,
    lbmethod: 'random',
    slo: mm1SojournQuantile(load, 0.99),
    checks: [
      metric('sojourn.mean', () => mm1Sojourn(load), within),
      metric('slo.attained', () => 0.99, 0.002),
    ],
  }),
);

const seen = station({
  id: 'V58',
  title: 'M/M/1, load 0.8: arrivals find what there is on average',
  load: 0.8,
  thousands: 400,
  watch: seenByArrivals,
  checks: [watched('found at arrival', () => 0.8 * mm1Sojourn(0.8), 0.04)],
});

export const singleServer: readonly Case[] = [...calm, ...busy, ...split, seen];
