import { describe, expect, it } from 'vitest';
import type { Witness } from '../../sim/model.ts';
import { replicate } from '../../sim/replication.ts';
import { roundRobinWaitQuantile } from '../../sim/theory.ts';
import { lbmethods } from '../../src/core/index.ts';
import type { MetricName } from '../../src/scenario/metrics.ts';
import { expectExact, metricOf, namesOf, scenarioOf, simulate } from './queue.ts';

describe('V28: byrequests over n equal workers makes each an E_n/M/1', () => {
  it.each([
    { workers: 2, load: 0.5, sojourn: 1.618034, thousands: 200, within: 0.015 },
    { workers: 2, load: 0.8, sojourn: 3.84398, thousands: 200, within: 0.03 },
    { workers: 2, load: 0.9, sojourn: 7.588284, thousands: 200, within: 0.06 },
    { workers: 3, load: 0.5, sojourn: 1.493725, thousands: 200, within: 0.015 },
    { workers: 3, load: 0.8, sojourn: 3.459423, thousands: 200, within: 0.03 },
    { workers: 5, load: 0.7, sojourn: 2.164242, thousands: 200, within: 0.015 },
    { workers: 5, load: 0.9, sojourn: 6.142087, thousands: 200, within: 0.06 },
    { workers: 10, load: 0.5, sojourn: 1.324642, thousands: 200, within: 0.015 },
    { workers: 10, load: 0.8, sojourn: 2.922269, thousands: 200, within: 0.03 },
    { workers: 10, load: 0.9, sojourn: 5.660276, thousands: 300, within: 0.06 },
  ])('$workers workers, load $load', ({ workers, load, sojourn, thousands, within }) => {
    const p99 = roundRobinWaitQuantile(workers, load, 0.99);
    const measured = simulate({ workers, load, thousands, wait: p99 });
    expectExact(measured.metric('sojourn.mean'), sojourn, within);
    expectExact(measured.waitedLonger, 0.01, 12 * within);
  });
});

describe('V29: round robin with constant service is the central queue M/D/n', () => {
  it.each([
    { workers: 2, load: 0.5, wait: 0.176741, thousands: 200, within: 0.015 },
    { workers: 2, load: 0.8, wait: 0.903284, thousands: 200, within: 0.03 },
    { workers: 2, load: 0.9, wait: 2.146923, thousands: 300, within: 0.06 },
    { workers: 4, load: 0.8, wait: 0.386095, thousands: 200, within: 0.03 },
    { workers: 10, load: 0.8, wait: 0.109828, thousands: 200, within: 0.03 },
    { workers: 10, load: 0.9, wait: 0.344582, thousands: 300, within: 0.06 },
  ])(
    'in law (Crommelin): $workers workers, load $load',
    ({ workers, load, wait, thousands, within }) => {
      const measured = simulate({ workers, load, service: '1ms', thousands });
      expectExact(measured.metric('waiting.mean'), wait, within);
    },
  );

  it.each([2, 5, 16])('request by request: %d workers', (count) => {
    const run = (workers: number, slots: number) => {
      const scenario = scenarioOf(`
run: { requests: 20000 }
balancer: { workers: [ ${namesOf(workers)} ] }
backends: { app: { slots: ${slots}, service: 1ms } }
clients: [ { name: c, arrival: { poisson: ${900 * count}/s } } ]`);
      const waited: number[] = [];
      const witness: Witness = {
        before({ number, waitedNs }) {
          waited[number] = waitedNs;
        },
        after() {},
      };
      const task = { scenario, lbmethod: lbmethods[0], alternatives: [], replication: 0 };
      return { ...replicate({ ...task, warmupNs: 1e9, binNs: 1e12, witness }), waited };
    };
    const dealt = run(count, 1);
    const central = run(1, count);
    expect(Math.max(...dealt.waited)).toBeGreaterThan(1e6);
    expect(dealt.waited).toEqual(central.waited);
    expect(dealt.sojourns).toEqual(central.sojourns);
    const names: MetricName[] = ['sojourn.mean', 'sojourn.max', 'waiting.mean', 'throughput'];
    for (const name of names) expect(metricOf(dealt, name)).toBe(metricOf(central, name));
  });
});
