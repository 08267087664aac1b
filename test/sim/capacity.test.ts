/** The search for capacity, on a curve that is known, and on queues whose limits are. */
import { expect, test, vi } from 'vitest';
import { type Look, type More, search } from '../../sim/capacity/search.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { scaledArrivals, withoutWorkers } from '../../src/scenario/scaled.ts';
import { capacity, mm1 } from './capacity.ts';

vi.setConfig({ testTimeout: 120_000 }); // against hanging

const bounds = {
  lowest: 1,
  ceiling: 100,
  failsAtCeiling: true,
  precision: 0.02,
  replicationsMin: 10,
  replicationsMax: 160,
};

/** An interval of +-`width` (relative, shrinking with the root of the replications) around `at`, held to `truth`. */
function curve(truth: number, width: number) {
  const looked: number[] = [];
  const look = async (at: number, replications: number): Promise<Look> => {
    looked.push(at);
    const half = width * Math.sqrt(10 / replications);
    // Like a sojourn time: it bends upwards, and has no end at the ceiling.
    const gap = (load: number) => Math.log((110 - truth) / Math.max(1e-9, 110 - load));
    return {
      at,
      surelyHolds: at * (1 + half) <= truth,
      holds: at <= truth,
      surelyFails: at * (1 - half) > truth,
      gap: { best: gap(at * (1 - half)), mean: gap(at), worst: gap(at * (1 + half)) },
    };
  };
  return { look, looked };
}

/** From 70 on. */
const searchOf = async (look: ReturnType<typeof curve>['look'], more = {}) =>
  search({ ...bounds, look, first: await look(70, 10), ...more });

test.each([1.5, 3, 20, 42, 69.9, 70, 71, 90, 99, 99.9])('finds a change at %d', async (truth) => {
  const { look, looked } = curve(truth, 0.01);
  const { state, point, low, high } = await searchOf(look);
  expect(state).toBe('found');
  expect(Math.abs(point / truth - 1)).toBeLessThan(0.005);
  expect(low).toBeLessThanOrEqual(truth / 1.01);
  expect(low).toBeGreaterThan((truth / 1.01) * 0.994);
  expect(high).toBeGreaterThanOrEqual(Math.min(100, truth / 0.99));
  expect(high).toBeLessThan((truth / 0.99) * 1.006);
  expect(looked.length).toBeLessThanOrEqual(truth < 10 ? 17 : 13);
});

test('more replications until the interval is narrow, or they are spent', async () => {
  const told: More[] = [];
  const { look, looked } = curve(50, 0.05);
  const narrow = await searchOf(look, { onMore: (more: More) => told.push(more) });
  expect(narrow.state).toBe('found');
  expect(narrow.replications).toBeGreaterThan(60); // 10 (0.05 / 0.02)^2 = 62.5
  expect(Math.log(narrow.high / narrow.low) / 2).toBeLessThanOrEqual(0.02);
  // The ends are sought with as many replications as it takes, and not before.
  expect(told).toHaveLength(2);
  expect(told[0]).toMatchObject({ before: 10, replications: 40 });
  expect(told[0]!.half).toBeCloseTo(0.05, 1);
  expect(looked.length).toBeLessThanOrEqual(16);
  const wide = await searchOf(curve(50, 0.5).look);
  expect(wide).toMatchObject({ state: 'wide', replications: 160 });
  expect(wide.low).toBeLessThan(50);
  expect(wide.high).toBeGreaterThan(50);
});

test('what fails everywhere, and what holds everywhere', async () => {
  expect((await searchOf(curve(0.5, 0.01).look)).state).toBe('never');
  const all = curve(1000, 0.01).look;
  expect((await searchOf(all, { failsAtCeiling: false })).state).toBe('always');
  const stable = await searchOf(all);
  expect(stable).toMatchObject({ state: 'found', high: 100 });
  expect(stable.low).toBeGreaterThan(99);
});

test('of several objectives the tighter one counts', async () => {
  const both = await capacity(mm1('sojourn.mean < 40ms, sojourn.p99 < 100ms'), 0.05);
  const tight = await capacity(mm1('sojourn.p99 < 100ms'), 0.05);
  expect(both.requestsPerSecond).toEqual(tight.requestsPerSecond);
  expect(both.looks.every(({ objectives }) => objectives.length === 2)).toBe(true);
});

test('without a limit on the sojourn, the limit is where queues grow for ever', async () => {
  const { state, requestsPerSecond } = await capacity(mm1('errors.rate <= 1%'), 0.05);
  expect(state).toBe('found');
  expect(requestsPerSecond!.ci95[1]).toBeCloseTo(100, 6);
  expect(requestsPerSecond!.mean).toBeGreaterThan(98);
});

test('an objective that no run has a value for is no data', async () => {
  expect(await capacity(mm1('sojourn.p999 < 1s'), 0.05)).toMatchObject({
    state: 'no data',
    requestsPerSecond: null,
  });
});

test('where runs are too short for the objective before it holds, nothing is known', async () => {
  const short = mm1('sojourn.p99 < 50ms');
  const run = { ...short.run, requests: null, durationNs: 10e9 };
  // About 10 requests a second hold it, and a p99 wants 299 of them in 10 s.
  expect(await capacity({ ...short, run }, 0.05)).toMatchObject({ state: 'no data' });
});

test('an objective below the service time is never met', async () => {
  expect((await capacity(mm1('sojourn.p99 < 10ms'), 0.05)).state).toBe('never');
});

test('a worker less is half of the capacity', async () => {
  const two = mm1('sojourn.mean < 40ms', 1, ', { name: b }');
  const all = await capacity(two, 0.05);
  const one = await capacity(withoutWorkers(two, ['b']), 0.05);
  expect(one.requestsPerSecond!.mean).toBeLessThan(all.requestsPerSecond!.mean * 0.55);
  expect(one.requestsPerSecond!.ci95[0]).toBeLessThan(75);
  expect(one.requestsPerSecond!.ci95[1]).toBeGreaterThan(75);
});

test.each([
  ['{ poisson: 50/s }', { perSecond: 100 }],
  ['{ constant: 50/s }', { perSecond: 100 }],
  [
    '{ mmpp: [{ rate: 10/s, mean: 3s }, { rate: 5/s, mean: 1s }] }',
    { states: [{ perSecond: 20 }, { perSecond: 10 }] },
  ],
  ['{ profile: [[0s, 10/s], [60s, 100/s]] }', { perSecond: [20, 200] }],
  ['{ closed: { users: 5, think: 1s } }', { users: 5 }],
])('twice the rate of %s', (arrival, twice) => {
  const scenario = parseScenario(yamlOf(arrival), 'x.yaml');
  expect(scaledArrivals(scenario, 2).clients[0]!.arrival).toMatchObject(twice);
  expect(scaledArrivals(scenario, 2, ['nobody'])).toEqual(scenario);
});

const yamlOf = (arrival: string) => `run: { requests: 5 }
balancer: { workers: [{ name: a }] }
backends: { app: { service: 10ms } }
clients: [{ name: visitors, arrival: ${arrival} }]
`;
