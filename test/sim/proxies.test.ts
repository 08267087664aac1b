/** Several proxies in front of the same workers: private state, shared backends. */
import { expect, it } from 'vitest';
import type { Witness } from '../../sim/model.ts';
import { everyTenth, play } from './play.ts';

const balancer = (rest: string, workers = '{ name: a }, { name: b }') =>
  `balancer: { proxies: 2, ${rest} workers: [ ${workers} ] }`;

/** Proxy and worker of each pick, in order. */
function picksOf(text: string) {
  const picks: { proxy: number; worker: number; number: number }[] = [];
  const witness: Witness = {
    before() {},
    after({ proxy, worker, number }) {
      picks.push({ proxy: proxy.index, worker, number });
    },
  };
  const run = play(text, { witness });
  const workersAt = (index: number) =>
    picks.filter(({ proxy }) => proxy === index).map(({ worker }) => worker);
  return { run, picks, workersAt };
}

it('each proxy takes its own turns, as if the other were not there', () => {
  const { run, workersAt } = picksOf(everyTenth(200, balancer('')));
  for (const index of [0, 1]) {
    const workers = workersAt(index);
    expect(workers.length).toBeGreaterThan(60); // 100 on average; below 61 once in 10^7 seeds
    expect(workers).toEqual(workers.map((_, turn) => turn % 2));
  }
  expect(run.metric('fairness.smoothness')).toBeGreaterThan(0.5); // one proxy alone: 0.5
});

it('the busy of a worker is that of all proxies', () => {
  // Every request takes 300 ms, so three are under way.
  const slow = everyTenth(50, balancer(''), 'service: 300ms, slots: 9');
  const { busyMean } = play(slow).workers;
  expect(busyMean[0] + busyMean[1]).toBeCloseTo((47 * 300 + 200 + 100) / 5000, 9);
});

it('connections belong to a proxy: each opens its own', () => {
  const { run, picks } = picksOf(
    everyTenth(20, balancer('', '{ name: a }'), 'service: 20ms, connect: 30ms'),
  );
  const first = [0, 1].map((index) => picks.find(({ proxy }) => proxy === index)!.number);
  expect(run.sojournMs).toEqual(run.sojournMs.map((_, i) => (first.includes(i) ? 50 : 20)));
});

it('a session stays with its proxy; with spread: request it does not', () => {
  const sessions = (spread: string) => `
run: { requests: 200 }
${balancer('')}
backends: { app: { service: 1ms } }
clients: [ { name: c, arrival: { closed: { users: 5 } }, session: { requests: 1000, think: 5ms }${spread} } ]`;
  const proxiesPerSession = (text: string) => {
    const seen = new Map<number, Set<number>>();
    play(text, {
      witness: {
        before({ session, proxy }) {
          seen.set(session, (seen.get(session) ?? new Set()).add(proxy.index));
        },
        after() {},
      },
    });
    return Math.max(...[...seen.values()].map(({ size }) => size));
  };
  expect(proxiesPerSession(sessions(''))).toBe(1);
  expect(proxiesPerSession(sessions(', spread: request'))).toBe(2);
});

it('with spread: address all of one address take one proxy, whatever sessions they are and however often they try', () => {
  const shared = (client: string) => `
seed: 3
run: { requests: 400 }
${balancer('lbmethod: source,')}
backends: { app: { service: 5ms, response: { errors: 30% } } }
clients: [ { name: c, addresses: 12, retry: { attempts: 2 }, ${client} } ]`;
  const proxiesOf = (text: string) => {
    const seen = new Map<number, Set<number>>();
    const witness: Witness = {
      before() {},
      after({ sourceKey, proxy }) {
        seen.set(sourceKey, (seen.get(sourceKey) ?? new Set()).add(proxy.index));
      },
    };
    const run = play(text, { witness });
    return { sets: [...seen.values()], run };
  };
  const sessions = 'session: { requests: 5, think: 5ms }';
  for (const client of ['', `${sessions}, `]) {
    const any = proxiesOf(shared(`${client}arrival: { constant: 200/s }`));
    expect(Math.max(...any.sets.map(({ size }) => size))).toBe(2);
    const { sets, run } = proxiesOf(
      shared(`${client}arrival: { constant: 200/s }, spread: address`),
    );
    expect(sets.length).toBeGreaterThan(8);
    expect(sets.map(({ size }) => size)).toEqual(sets.map(() => 1));
    expect(new Set(sets.flatMap((set) => [...set]))).toEqual(new Set([0, 1])); // both are taken
    expect(run.metric('attempts.mean')).toBeGreaterThan(1);
  }
});

it('a partition cuts one proxy off from workers, and the other not', () => {
  const impatient = balancer('', '{ name: a, connectiontimeout: 10ms, retry: 0s }');
  const text = `${everyTenth(40, impatient)}
events: [ { at: 0s, proxy: 2, partition: a, for: 1h } ]`;
  const { run, picks } = picksOf(text);
  for (const { proxy, number } of picks) {
    expect(Number.isNaN(run.sojournMs[number])).toBe(proxy === 1);
  }
  expect(run.metric('errors.unavailable')).toBeGreaterThan(0.2);
});

it('an operator may change one proxy, or all', () => {
  const disable = (proxy: string) => `${everyTenth(60, balancer(''))}
events: [ { at: 0s, ${proxy}manager: { worker: a, status: +D } } ]`;
  const { workersAt } = picksOf(disable('proxy: 2, '));
  expect(workersAt(0)).toContain(0);
  expect(workersAt(1)).not.toContain(0);
  expect([...play(disable('')).workers.elected]).toEqual([0, 60]);
});

it('another proxy moves no draw of the first, which decides alike for its share', () => {
  const random = (proxies: number) => everyTenth(400, balancer('').replace('2', `${proxies}`));
  const drawn = (proxies: number) => {
    const workers: number[] = [];
    const { model } = play(random(proxies), { lbmethod: 'random' });
    for (let i = 0; i < 20; i++) workers.push(model.proxies[0].balancer.workers.elected[0]);
    return model.proxies[0].balancer.workers.elected;
  };
  expect(drawn(1)[0] + drawn(1)[1]).toBe(400);
  const [a, b] = drawn(2);
  expect(a + b).toBeLessThan(300); // 200 on average
});
