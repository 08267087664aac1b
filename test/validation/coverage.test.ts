/**
 * Whether a 95 % interval is one: 400 experiments on M/M/1, each with the warm-up that a pilot found, and the exact
 * values of mean and quantiles inside of 92 to 98 % of the intervals. Binomial: at 95 % a fresh seed would be outside
 * once in 250 of these eight checks.
 *
 * Replications are as long as p99 needs. What misses is low: an experiment with few long busy periods has a small p99
 * and, for the same reason, a small spread, so that its interval lies below the truth and is short. Logarithms, jackknife
 * and corrections for skewness changed that by less than 1 %; more requests do, and for one total few long replications
 * do best, whose t intervals are wide. By another program, with five replications that begin in steady state, p99's
 * intervals cover the truth in 94.5 % at load 0.8 with 120 000 requests, in 94.9 % with 200 000 (of 4 000 and 2 500
 * experiments), and in 93.0 % of 3 000 at load 0.9 with 120 000: busy periods grow as 1 / (1 - sqrt(load))^2, 4.2 times.
 */
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { experiment, valuesOf } from '../../sim/experiment.ts';
import type { pool as makePool, Pool } from '../../sim/pool.ts';
import { meanInterval } from '../../sim/statistics.ts';
import type { MetricName } from '../../src/scenario/metrics.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { program } from '../cli/cli.ts';
import { heavy } from '../heavy.ts';

const built = new URL('../../sim/pool.js', pathToFileURL(program));
const { pool } = (await import(built.href)) as { pool: typeof makePool };

vi.setConfig({ testTimeout: 1_800_000 });

const EXPERIMENTS = 400;
/** Experiments that share a pilot: it costs as much as several of them. */
const PER_PILOT = 40;

/** Exact values in ms, mean service 1 ms. */
function exactOf(load: number): [MetricName, number][] {
  const quantile = (p: number) => -Math.log(1 - p) / (1 - load);
  return [
    ['sojourn.mean', 1 / (1 - load)],
    ['sojourn.p50', quantile(0.5)],
    ['sojourn.p95', quantile(0.95)],
    ['sojourn.p99', quantile(0.99)],
  ];
}

/** By metric: the experiments whose interval has the exact value inside. */
async function covered(threads: Pool, load: number, requests: number, replications: number) {
  const counts = new Map<MetricName, number>(exactOf(load).map(([name]) => [name, 0]));
  for (let pilot = 0; pilot < EXPERIMENTS / PER_PILOT; pilot++) {
    const scenario = parseScenario(
      `
seed: coverage ${pilot}
run: { requests: ${requests} }
balancer: { workers: [ { name: a } ] }
backends: { app: { service: { exponential: 1ms } } }
clients: [ { name: c, arrival: { poisson: ${load * 1000}/s } } ]`,
      'mm1.yaml',
    );
    const job = { scenario, lbmethods: [{ name: 'byrequests', file: null }] };
    const running = await experiment({ ...job, run: threads.runner(job) });
    await running.extend(PER_PILOT * replications);
    for (let one = 0; one < PER_PILOT; one++) {
      const arm = running.arms[0].slice(one * replications, (one + 1) * replications);
      for (const [name, exact] of exactOf(load)) {
        const [low, high] = meanInterval(valuesOf(arm, name)).ci95!;
        if (low <= exact && exact <= high) counts.set(name, counts.get(name)! + 1);
      }
    }
  }
  return [...counts];
}

describe.runIf(heavy)('95 % intervals cover 92 to 98 %', () => {
  let threads: Pool;
  beforeAll(async () => {
    threads = await pool();
  });
  afterAll(() => threads.close());

  it.each([
    { load: 0.8, requests: 120_000, replications: 5 },
    { load: 0.9, requests: 250_000, replications: 5 },
  ])('load $load', async ({ load, requests, replications }) => {
    for (const [name, count] of await covered(threads, load, requests, replications)) {
      const shown = `${name}: ${count} of ${EXPERIMENTS}`;
      expect(count / EXPERIMENTS, shown).toBeGreaterThanOrEqual(0.92);
      expect(count / EXPERIMENTS, shown).toBeLessThanOrEqual(0.98);
    }
  });
});
