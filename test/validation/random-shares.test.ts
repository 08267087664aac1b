import { describe, it } from 'vitest';
import { replicate } from '../../sim/replication.ts';
import { lbmethods } from '../../src/core/index.ts';
import { expectExact, metricOf, namesOf, scenarioOf } from './queue.ts';

const random = lbmethods.find(({ name }) => name === 'random')!;
const workers = namesOf(10);

/** 400 replications: the squared variation over ten workers has nine degrees of freedom, a standard error of 2.4 %. */
function replications(text: string) {
  const scenario = scenarioOf(text);
  return Array.from({ length: 400 }, (_, replication) =>
    replicate({
      scenario,
      lbmethod: random,
      alternatives: [],
      replication,
      warmupNs: 1e6,
      binNs: 1e12,
    }),
  );
}

describe('random picks are as uneven as chance makes them', () => {
  it('V50: n - 1 over m, which fairness.excess takes off', () => {
    const runs = replications(`
run: { requests: 1000 }
balancer: { workers: [ ${workers} ] }
backends: { app: { service: 1ms } }
clients: [ { name: c, arrival: { poisson: 100/s } } ]`);
    const noise = 9 / 1000;
    expectExact(
      runs.map((run) => metricOf(run, 'fairness.excess') + noise),
      noise,
      0.03,
    );
  });

  it('V53: sticky sessions of K requests are worse by E[K^2] / E[K]', () => {
    // 200 sessions of a geometric number of requests, mean 10: (n - 1) / S (2 - 1/k).
    const runs = replications(`
run: { duration: 2s }
balancer: { stickysession: S, workers: [ ${workers} ] }
backends: { app: { service: 1ms, slots: 1000 } }
clients: [ { name: c, arrival: { constant: 100/s }, session: { requests: { geometric: 10 } } } ]`);
    expectExact(
      runs.map((run) => metricOf(run, 'sticky.skew')),
      9 / 200,
      0.03,
    );
    expectExact(
      runs.map((run) => metricOf(run, 'fairness.excess')),
      0.0855,
      0.03,
    );
  });
});
