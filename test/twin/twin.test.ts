/**
 * Both arms of small scenarios, the live one through real sockets. What is compared does not depend on how fast this
 * machine is: picks, shares, errors that requests bring with them, and that none gets lost.
 */
import { expect, test } from 'vitest';
import { both, twinOf } from './rig.ts';

const visitors = 'clients: [ { name: visitors, arrival: { poisson: 30/s } } ]';
const backends = 'backends: { app: { slots: 4, service: { exponential: 20ms }, rtt: 1ms } }';

test.each([
  ['byrequests', 'a', 2],
  ['swrr', 'b', 3],
  ['random', 'c', 1],
])(
  '%s: the live proxy picks what the simulated one picks, one by one',
  async (lbmethod, name, factor) => {
    const { decisions, live, rows } = await twinOf(`
balancer: { lbmethod: ${lbmethod}, workers: [ { name: ${name}, loadfactor: ${factor} }, { name: x }, { name: y } ] }
${backends}
${visitors}`);
    expect(live.conserved).toBe(true);
    expect(live.requests).toBeGreaterThan(30); // of 60 on average: fewer come in one of 10^4 runs, and the seed is fixed
    expect(decisions).toMatchObject({ mustBeSame: true, firstDifference: null });
    expect(decisions!.same).toBe(decisions!.picks);
    expect(decisions!.picks).toBeGreaterThanOrEqual(live.requests);
    expect(
      rows.filter(({ metric }) => metric.endsWith('.share')).map(({ error }) => error),
    ).toEqual([0, 0, 0]);
  },
);

test('a path leads to the same worker in both arms', async () => {
  const { decisions } = await twinOf(`
balancer: { lbmethod: rendezvous, workers: [ { name: a }, { name: b }, { name: c } ] }
${backends}
clients: [ { name: v, arrival: { poisson: 30/s }, paths: { zipf: { exponent: 1, max: 9 } } } ]`);
  const { answered, byTheSame } = decisions!.requests!;
  expect(answered).toBeGreaterThan(30);
  expect(byTheSame).toBe(answered);
});

test.each(['cookie', 'path'])('sessions stay where their route leads: %s', async (sticky) => {
  const result = await twinOf(`
balancer: { stickysession: SID|sid, workers: [ { name: a, route: r1 }, { name: b, route: r2 } ] }
${backends}
clients: [ { name: v, arrival: { poisson: 15/s }, session: { requests: 4, think: 50ms, sticky: ${sticky} } } ]`);
  expect(result.live.conserved).toBe(true);
  expect(both(result, 'sessions.moved')).toEqual([0, 0]); // without routes half of all requests would move
  expect(result.simulated.metrics['attempts.mean']?.mean).toBe(1);
});

test('a worker that is down is tried once, and nobody notices', async () => {
  const result = await twinOf(`
balancer: { workers: [ { name: a }, { name: b } ] }
${backends}
${visitors}
events: [ { at: 0s, worker: b, crash: 10s } ]`);
  const elected = new Map(result.live.workers.map((worker) => [worker.name, worker.elected]));
  expect(elected.get('b')).toBe(1);
  expect(elected.get('a')).toBe(result.live.requests);
  expect(both(result, 'errors.rate')).toEqual([0, 0]);
  expect(result.live.conserved).toBe(true);
});

test('a worker that comes back is elected again', async () => {
  const { live } = await twinOf(`
balancer: { workers: [ { name: a, retry: 0s }, { name: b, retry: 0s } ] }
${backends}
clients: [ { name: v, arrival: { constant: 30/s } } ]
events: [ { at: 0s, worker: b, crash: 500ms } ]`);
  const elected = live.workers.find(({ name }) => name === 'b')!.elected;
  expect(elected).toBeGreaterThan(10); // 22 requests are b's once it is back
  expect(live.conserved).toBe(true);
});

test('a request that a backend answers 500 is answered 500 in both arms, resets likewise', async () => {
  const result = await twinOf(`
balancer: { maxattempts: 0, forcerecovery: On, workers: [ { name: a, status: +I }, { name: b, status: +I } ] }
backends: { app: { service: { exponential: 20ms }, response: { errors: 30% } } }
${visitors}
events: [ { at: 0s, worker: [a, b], reset: 20%, for: 10s } ]`);
  const [live, simulated] = both(result, 'errors.rate');
  expect(live).toBe(simulated);
  expect(live).toBeGreaterThan(0.2); // 44 % on average of some 60: less in one of 10^4 seeds, and this one is fixed
  expect(both(result, 'errors.backend')).toEqual([
    result.live.metrics['errors.backend'],
    result.live.metrics['errors.backend'],
  ]);
});

test('clients that give up are counted, and their requests are not lost', async () => {
  const result = await twinOf(`
balancer: { workers: [ { name: a }, { name: b } ] }
backends: { app: { service: 20s } }
clients: [ { name: v, arrival: { constant: 20/s }, timeout: 100ms, retry: { attempts: 1, backoff: 50ms } } ]`);
  expect(both(result, 'errors.timeout')).toEqual([1, 1]);
  expect(result.live.conserved).toBe(true);
});

test('several proxies, users who wait for answers, a hang and a pause: nothing is lost', async () => {
  const result = await twinOf(`
balancer: { lbmethod: p2c, proxies: 2, workers: [ { name: a, timeout: 300ms }, { name: b }, { name: c } ] }
backends: { app: { slots: 2, discipline: ps, service: { exponential: 30ms }, keepalive: 100ms } }
clients: [ { name: v, arrival: { closed: { users: 6, think: { exponential: 100ms } } } } ]
events: [ { at: 400ms, worker: a, hang: 500ms }, { at: 800ms, worker: b, pause: 300ms }, { at: 1s, worker: c, slow: 3, for: 500ms } ]`);
  expect(result.live.conserved).toBe(true);
  expect(result.decisions).toBeNull();
  expect(result.live.requests).toBeGreaterThan(6);
});

test('the manager takes a worker out in both arms', async () => {
  const result = await twinOf(`
balancer: { workers: [ { name: a }, { name: b } ] }
${backends}
clients: [ { name: v, arrival: { constant: 30/s } } ]
events: [ { at: 0s, manager: { worker: b, status: +D } } ]`);
  // The order is on its way to the proxy's thread while the first requests are.
  expect(both(result, 'workers.b.share')[0]).toBeLessThan(0.4);
  expect(both(result, 'workers.b.share')[1]).toBe(0);
});
