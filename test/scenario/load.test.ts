import { describe, expect, test } from 'vitest';
import { checkStability, offeredLoad } from '../../src/scenario/load.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { problemsOf } from './problems.ts';

const scenario = (workers: string, clients: string, backend = 'slots: 4, service: 20ms') =>
  parseScenario(
    `run: { requests: 5 }
balancer: { workers: [ ${workers} ] }
backends: { app: { ${backend} } }
clients: [ ${clients} ]
`,
    'x.yaml',
  );
const open = (rate: number, more = '') =>
  `{ name: c${rate}, arrival: { poisson: ${rate}/s }${more} }`;
const stable = (...args: Parameters<typeof scenario>) =>
  problemsOf(() => checkStability(scenario(...args))).length === 0;

test('offered load is rate x requests x service / slots', () => {
  const session = ', session: { requests: { geometric: 5 } }';
  const load = offeredLoad(
    scenario('{ name: a, loadfactor: 3 }, { name: b }', `${open(40, session)}, ${open(10)}`),
  );
  // 210 requests/s; each worker serves 4 / 0.02 = 200/s.
  expect(load.requestsPerSecond).toBeCloseTo(210, 9);
  expect(load.capacityPerSecond).toBeCloseTo(400, 9);
  expect(load.total).toBeCloseTo(0.525, 9);
  expect(load.perWorker[0]).toBeCloseTo((210 * 0.75) / 200, 9);
  expect(load.perWorker[1]).toBeCloseTo((210 * 0.25) / 200, 9);
});

test('standbys count for the whole, and get nothing while all is well', () => {
  const workers =
    '{ name: a }, { name: b, status: H }, { name: c, lbset: 1 }, { name: d, status: D }';
  const load = offeredLoad(scenario(workers, open(100)));
  expect(load.capacityPerSecond).toBeCloseTo(600, 9);
  expect(load.perWorker).toEqual([0.5, 0, 0, 0]);
});

test('with no worker to serve, nobody has a share', () => {
  const load = offeredLoad(scenario('{ name: a, status: D }', open(100)));
  expect(load).toMatchObject({ capacityPerSecond: 0, perWorker: [0] });
});

test('closed clients adapt: no load to state', () => {
  const load = offeredLoad(
    scenario('{ name: a }', '{ name: c, arrival: { closed: { users: 9 } } }'),
  );
  expect(load).toMatchObject({ requestsPerSecond: null, total: null, perWorker: [null] });
});

describe('rates that change', () => {
  const rates = (arrival: string) => {
    const { requestsPerSecond, peak } = offeredLoad(
      scenario('{ name: a }', `{ name: c, arrival: ${arrival} }`),
    );
    return [requestsPerSecond, peak! * 200]; // one worker of 200/s
  };
  test('mmpp: weighted by time; and the highest', () => {
    const states = '{ rate: 10/s, mean: 30s }, { rate: 100/s, mean: 3s }';
    expect(rates(`{ mmpp: [ ${states} ] }`)).toEqual([600 / 33, 100]);
  });
  test('profile: over its points', () => {
    expect(rates('{ profile: [ [0s, 10/s], [60s, 100/s], [90s, 40/s] ], repeat: true }')).toEqual([
      (55 * 60 + 70 * 30) / 90,
      100,
    ]);
    expect(rates('{ profile: [ [0s, 10/s] ] }')).toEqual([10, 10]);
  });
  test('profile that does not repeat: over the run', () => {
    const text = (run: string) => `run: { duration: ${run} }
balancer: { workers: [ { name: a } ] }
backends: { app: { service: 1ms } }
clients: [ { name: c, arrival: { profile: [ [0s, 10/s], [60s, 100/s] ] } } ]`;
    const mean = (run: string) => offeredLoad(parseScenario(text(run), 'x')).requestsPerSecond;
    expect(mean('60s')).toBeCloseTo(55, 12);
    expect(mean('20s')).toBeCloseTo(25, 12);
    expect(mean('120s')).toBeCloseTo(77.5, 12);
  });
});

test('errors are answered without a slot, and max connections cap the slots', () => {
  const errors = 'slots: 4, service: 20ms, response: { errors: 50% }';
  expect(offeredLoad(scenario('{ name: a }', open(1), errors)).capacityPerSecond).toBeCloseTo(400);
  expect(offeredLoad(scenario('{ name: a, max: 1 }', open(1))).capacityPerSecond).toBeCloseTo(50);
});

describe('a load at or above capacity', () => {
  const app = 'service: 20ms'; // 50/s
  test('just below capacity is stable', () => {
    expect(stable('{ name: a }', open(49), app)).toBe(true);
  });
  test('at capacity is refused, with both rates in the message', () => {
    const [problem] = problemsOf(() => checkStability(scenario('{ name: a }', open(50), app)));
    expect(problem?.code).toBe('UNSTABLE');
    expect(problem?.message).toContain('50 requests/s and the usable workers serve 50');
  });
  test('is allowed when every queue is bounded', () => {
    expect(stable('{ name: a }', open(90), `${app}, queue: 5`)).toBe(true);
  });
  test('is refused when requests wait for ever for one of max connections', () => {
    const queue = `${app}, queue: 5`;
    expect(stable('{ name: a, max: 3 }', open(90), queue)).toBe(false);
    expect(stable('{ name: a, max: 3, acquire: 1s }', open(90), queue)).toBe(true);
  });
  test('is allowed when every open client has a timeout', () => {
    expect(stable('{ name: a }', open(90, ', timeout: 1s'), app)).toBe(true);
    expect(stable('{ name: a }', `${open(90, ', timeout: 1s')}, ${open(9)}`, app)).toBe(false);
  });
  test('does not count workers that are disabled, stopped or shut down', () => {
    expect(stable('{ name: a }, { name: b }', open(90), app)).toBe(true);
    for (const status of ['D', 'S', 'U']) {
      expect(stable(`{ name: a }, { name: b, status: ${status} }`, open(90), app)).toBe(false);
    }
  });
  test('needs a worker: with none usable everything is answered 503 and nothing waits', () => {
    expect(stable('{ name: a, status: D }', open(90), app)).toBe(true);
  });
});
