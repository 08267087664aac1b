/** Rates that change, and what an outage leaves behind (V38, V43). */
import { outageDrain, sineInService } from '../../theory/index.ts';
import { type Case, type Check, type SimulatedCase, watched } from '../case.ts';
import { emptyAfter } from '../watches.ts';

/** In milliseconds: a rate of 10 + 8 sin(2 pi t / 60), a mean service of 2. */
const rate = { mean: 10, amplitude: 8, period: 60 };
const POINTS = 240;
const PERIODS = 100;

const points = Array.from({ length: POINTS + 1 }, (_, i) => {
  const perMs = rate.mean + rate.amplitude * Math.sin((2 * Math.PI * i) / POINTS);
  return `[${(rate.period * 1e6 * i) / POINTS}ns, ${(perMs * 1000).toFixed(6)}/s]`;
});

/** Requests in service, averaged over the millisecond from `from` of each period. */
function inService(from: number): Check {
  return {
    of: `in service at ${from} of 60`,
    exact: () => sineInService(rate, 0.5, from, 1),
    within: 0.01,
    measure({ series: { busy, bins } }) {
      let sum = 0;
      let count = 0;
      for (let bin = from; bin < bins; bin += rate.period) {
        sum += busy[bin];
        count++;
      }
      return sum / count;
    },
  };
}

const sine: SimulatedCase = {
  kind: 'simulated',
  id: 'V38',
  title: 'M_t/M/infinity, a rate like a sine: the number in service follows it',
  replications: 20,
  warmupNs: 60e6,
  binNs: 1e6,
  checks: [0, 15, 30, 45].map(inService),
  text: (times) => `
run: { duration: ${PERIODS * times * rate.period}ms }
balancer: { workers: [ { name: a } ] }
backends: { app: { slots: 10000, service: { exponential: 2ms } } }
clients: [ { name: c, arrival: { profile: [ ${points.join(', ')} ], repeat: true } } ]`,
};

const outage: SimulatedCase = {
  kind: 'simulated',
  id: 'V43',
  title: 'M/M/1, load 0.8: empty again after standing still for 10',
  replications: 2000,
  warmupNs: 0,
  watch: () => emptyAfter(10),
  checks: [watched('time to empty', () => outageDrain(0.8, 10), 0.035)],
  text: () => `
run: { requests: 1000 }
balancer: { workers: [ { name: a } ] }
backends: { app: { service: { exponential: 1ms } } }
clients: [ { name: c, arrival: { poisson: 800/s } } ]
events: [ { at: 0s, worker: a, slow: 1000000000, for: 10ms } ]`,
};

export const timeVarying: readonly Case[] = [sine, outage];
