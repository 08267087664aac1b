import { describe, it } from 'vitest';
import { expectExact, simulate } from './queue.ts';

const exact = [
  { id: 'V01', load: 0.5, sojourn: 2, p50: 1.386294, p95: 5.991465, p99: 9.21034 },
  { id: 'V02', load: 0.7, sojourn: 3.333333, p50: 2.310491, p95: 9.985774, p99: 15.350567 },
  { id: 'V03', load: 0.8, sojourn: 5, p50: 3.465736, p95: 14.978661, p99: 23.025851 },
  { id: 'V04', load: 0.9, sojourn: 10, p50: 6.931472, p95: 29.957323, p99: 46.051702 },
  { id: 'V05', load: 0.95, sojourn: 20, p50: 13.862944, p95: 59.914645, p99: 92.103404 },
  { id: 'V06', load: 0.99, sojourn: 100, p50: 69.314718, p95: 299.573227, p99: 460.517019 },
];

describe('M/M/1', () => {
  it.each([
    { ...exact[0], thousands: 600, within: 0.005 },
    { ...exact[1], thousands: 500, within: 0.015 },
    { ...exact[2], thousands: 600, within: 0.02 },
    { ...exact[3], thousands: 800, within: 0.03 },
  ])('$id: load $load', ({ load, sojourn, p50, p95, p99, thousands, within }) => {
    const measured = simulate({ load, thousands, slo: p99 });
    expectExact(measured.metric('sojourn.mean'), sojourn, within);
    expectExact(measured.metric('sojourn.p50'), p50, within);
    expectExact(measured.metric('sojourn.p95'), p95, 2 * within);
    expectExact(measured.metric('sojourn.p99'), p99, 3 * within);
    expectExact(measured.metric('waiting.mean'), sojourn - 1, 2 * within);
    expectExact(measured.worker('busyMean'), load * sojourn, 2 * within);
    expectExact(measured.worker('utilization'), load, 0.005);
  });

  // Here a quantile of one replication is biased, and the share that stays below the exact quantile is not.
  // The looser rule at 0.99: a standard error of 0.5 % would take a thousand million requests.
  it.each([
    { ...exact[4], replications: 20, thousands: 800, within: 0.08 },
    { ...exact[5], replications: 10, thousands: 600, within: 0.35 },
  ])('$id: load $load', ({ load, sojourn, p95, replications, thousands, within }) => {
    const measured = simulate({ load, thousands, replications, slo: p95 });
    expectExact(measured.metric('sojourn.mean'), sojourn, within);
    expectExact(measured.metric('waiting.mean'), sojourn - 1, within);
    expectExact(measured.metric('slo.attained'), 0.95, 0.03);
    expectExact(measured.worker('utilization'), load, 0.005);
  });
});

describe('a random split over n workers is n times M/M/1', () => {
  it.each([
    { ...exact[0], workers: 2, thousands: 300, within: 0.01 },
    { ...exact[2], workers: 5, thousands: 400, within: 0.02 },
    { ...exact[2], workers: 10, thousands: 400, within: 0.02 },
  ])('$workers workers, load $load', ({ load, workers, sojourn, p99, thousands, within }) => {
    const measured = simulate({ load, workers, thousands, lbmethod: 'random', slo: p99 });
    expectExact(measured.metric('sojourn.mean'), sojourn, within);
    expectExact(measured.metric('slo.attained'), 0.99, 0.002);
  });
});
