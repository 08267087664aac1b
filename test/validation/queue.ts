/**
 * A queue as an exact result describes it, simulated by the real engine and held to that result. The unit of
 * time is the mean service, 1 ms.
 *
 * The rule: the exact value lies inside the 99.9 % t interval over independent replications, which implies
 * |estimate - exact| <= 4 SE; so a check raises a false alarm with probability 0.001. And the standard error is
 * small (`within`): an estimate that is not sharp proves nothing. It is 0.5 % where a second buys that, more
 * at high loads, where requests depend on those long before. There are 176 checks in this folder: for
 * one seed in six some check of a perfect engine would fail. Seeds are fixed, and differ between tests.
 */
import { sampleStandardDeviation } from 'simple-statistics';
import { expect, vi } from 'vitest';
import type { Witness } from '../../sim/model.ts';
import { type Replication, replicate } from '../../sim/replication.ts';
import { meanInterval } from '../../sim/statistics.ts';
import { lbmethods } from '../../src/core/index.ts';
import { relaxationTime } from '../../src/scenario/load.ts';
import { type MetricName, metricNames } from '../../src/scenario/metrics.ts';
import { parseScenario } from '../../src/scenario/parse.ts';

vi.setConfig({ testTimeout: 1_800_000 });

/** The long tier, `FAIRLEAD_HEAVY=1`: three times the requests. */
const HEAVY = process.env['FAIRLEAD_HEAVY'] === '1';
const CONFIDENCE = 0.999;

export interface Queue {
  /** Offered load of one slot. */
  readonly load: number;
  /** Thousands of requests measured, over all replications. */
  readonly thousands: number;
  /** 20 when missing. */
  readonly replications?: number;
  /** As a scenario writes it; exponential with mean 1 ms when missing. */
  readonly service?: string;
  readonly workers?: number;
  readonly slots?: number;
  /** More fields of the backend. */
  readonly backend?: string;
  readonly lbmethod?: string;
  /** As a scenario writes it; Poisson when missing. */
  readonly arrival?: string;
  /** Thresholds in ms: `slo` of the sojourn, for the metric slo.attained, and `wait`. */
  readonly slo?: number;
  readonly wait?: number;
}

/** What the replications measured, one entry each, times in ms. */
export interface Measured {
  metric(name: MetricName): number[];
  /** Of the first worker. */
  worker(field: 'busyMean' | 'utilization'): number[];
  /** Share of the requests that waited longer than the threshold. */
  readonly waitedLonger: number[];
}

/** Simulates `queue` from empty; the warm-up is five relaxation times of M/M/c, or 200 services if that is longer. */
export function simulate(queue: Queue): Measured {
  const { load, replications = 20, lbmethod = 'byrequests' } = queue;
  const scenario = scenarioOf(textOf(queue, replications));
  const relaxedNs = load < 1 ? (5 * relaxationTime(1e6, load)) / (queue.slots ?? 1) : 0;
  const warmupNs = Math.round(Math.max(relaxedNs, 2e8));
  const method = lbmethods.find(({ name }) => name === lbmethod)!;
  const task = { scenario, lbmethod: method, alternatives: [], warmupNs, binNs: 1e12 };
  const waitedLonger: number[] = [];
  const runs = Array.from({ length: replications }, (_, replication) => {
    if (queue.wait === undefined) return replicate({ ...task, replication });
    const { witness, count } = countWaits(queue.wait * 1e6);
    const run = replicate({ ...task, replication, witness });
    waitedLonger.push(count.longer / count.all);
    return run;
  });
  for (const { broken } of runs) expect(broken).toEqual([]);
  return {
    metric: (name) => runs.map((run) => metricOf(run, name)),
    worker: (field) => runs.map((run) => run.workers[field][0]),
    waitedLonger,
  };
}

function textOf(queue: Queue, replications: number): string {
  const { load, workers = 1, slots = 1, service = '{ exponential: 1ms }', backend = '' } = queue;
  const requests = Math.ceil((queue.thousands * (HEAVY ? 3000 : 1000)) / replications);
  const arrival = queue.arrival ?? `{ poisson: ${load * workers * slots * 1000}/s }`;
  return `
run: { requests: ${requests} }
slo: ${queue.slo ?? 1}ms
balancer: { workers: [ ${namesOf(workers)} ] }
backends: { app: { slots: ${slots}, service: ${service}, ${backend} } }
clients: [ { name: c, arrival: ${arrival} } ]`;
}

export const namesOf = (workers: number) =>
  Array.from({ length: workers }, (_, i) => `{ name: w${i}, route: r${i} }`);

/** The seed is the name of the test. */
export const scenarioOf = (text: string) =>
  parseScenario(`seed: "${seedOf(expect.getState().currentTestName!)}"\n${text}`, 'queue.yaml');

const seedOf = (name: string) => name.replaceAll(/[^\w ./]/g, '');

export const metricOf = ({ metrics }: Replication, name: MetricName) =>
  metrics[metricNames.indexOf(name)];

function countWaits(thresholdNs: number) {
  const count = { all: 0, longer: 0 };
  const witness: Witness = {
    before({ measured, waitedNs, proxy: { exchanges }, exchange }) {
      if (exchanges.tries(exchange) !== 1 || measured !== 1) return; // it arrives: no try yet
      count.all++;
      if (waitedNs > thresholdNs) count.longer++;
    },
    after() {},
  };
  return { witness, count };
}

/** `within`: the largest standard error, as a fraction of the exact value. */
export function expectExact(estimates: readonly number[], exact: number, within: number): void {
  const { mean, ci95: interval } = meanInterval(estimates, CONFIDENCE);
  const [low, high] = interval!;
  const error = sampleStandardDeviation([...estimates]) / Math.sqrt(estimates.length);
  const shown = `${mean} in [${low}, ${high}], exact ${exact}`;
  expect(low <= exact && exact <= high, shown).toBe(true);
  expect(error / exact, `standard error of ${shown}`).toBeLessThan(within);
}
