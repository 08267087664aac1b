/** Worked example E38 from real httpd 2.4.71: the balancer's timeout, forcerecovery=Off. */
import { expect, test } from 'vitest';
import { type Exchanges, type ManagedFlag, outcomes } from '../../../src/core/index.ts';
import { World } from './world.ts';

const ms = 1e6;

function oneWorker(timeoutSeconds: number): World {
  const workers = [{ retrySeconds: 1 }];
  return new World({ workers, timeoutSeconds, forcerecovery: false });
}

/** Sends a request; how long it took, in milliseconds, and what came of it. */
function timed(world: World) {
  const startNs = world.nowNs;
  const { tries, served, status } = world.request();
  return { ms: (world.nowNs - startNs) / ms, tries, served, status };
}

test('a refused try is not retried by the wait; a retry time that ends while waiting is', () => {
  const world = oneWorker(2);
  world.down.add(0);
  expect(timed(world)).toMatchObject({ tries: [0], status: 503, ms: 1 });

  // Searched again every 20 ms, and taken as soon as the retry time of a second has passed.
  const second = timed(world);
  expect(second).toMatchObject({ tries: [0], served: false, status: 503 });
  expect(second.ms).toBeGreaterThan(980);
  expect(second.ms).toBeLessThanOrEqual(1021);

  world.down.delete(0);
  const third = timed(world);
  expect(third).toMatchObject({ tries: [0], served: true, status: 200 });
  expect(third.ms).toBeGreaterThan(980);
  expect(third.ms).toBeLessThanOrEqual(1021);
});

test('only one request waits: the next ones fail at once, and the timeout reads 0 meanwhile', () => {
  const { balancer, exchanges } = oneWorker(1);
  balancer.manageWorker(0, { status: { D: true } });
  const first = exchanges.open(null);
  expect(exchanges.begin(first, 0)).toBe('wait');
  expect(balancer.views.timeoutNs[0]).toBe(0);
  for (const atNs of [300 * ms, 600 * ms]) {
    advanceTo(exchanges, atNs);
    const other = exchanges.open(null);
    expect(exchanges.begin(other, atNs)).toBe('done');
    expect(other.status).toBe(503);
  }
  expect(first.step).toBe('wait');
  const endNs = advanceTo(exchanges, Number.POSITIVE_INFINITY);
  expect(endNs).toBe(1000 * ms); // a hundred searches, ten milliseconds apart
  expect(exchanges.poll()).toBe(first);
  expect(first.status).toBe(503);
  expect(balancer.views.timeoutNs[0]).toBe(1000 * ms);
});

test('after a wait in vain the next request may wait', () => {
  const { balancer, exchanges } = oneWorker(1);
  balancer.manageWorker(0, { status: { D: true } });
  exchanges.begin(exchanges.open(null), 0);
  advanceTo(exchanges, Number.POSITIVE_INFINITY);
  expect(exchanges.begin(exchanges.open(null), 2000 * ms)).toBe('wait');
});

test.each<ManagedFlag>(['D', 'S', 'N'])(
  'a worker whose %s the manager clears ends the wait',
  (flag) => {
    const { balancer, exchanges } = oneWorker(2);
    balancer.manageWorker(0, { status: { [flag]: true } });
    const exchange = exchanges.open(null);
    expect(exchanges.begin(exchange, 0)).toBe('wait');
    advanceTo(exchanges, 500 * ms);
    expect(exchanges.poll()).toBe(null);
    balancer.manageWorker(0, { status: { [flag]: false } });
    exchanges.advance(exchanges.deadlineNs());
    expect(exchanges.poll()).toBe(exchange);
    expect(exchange.step).toBe('dispatch');
    expect(exchange.worker).toBe(0);
    expect(balancer.workers.busy[0]).toBe(1);
  },
);

test('the wait searches and does not force recovery', () => {
  const world = new World({ workers: [{}, {}], timeoutSeconds: 2, maxattempts: 1 });
  const { balancer, exchanges } = world;
  const exchange = exchanges.open(null);
  exchanges.begin(exchange, 0);
  exchanges.settle(exchange, outcomes.connectFailed, 0, 0);
  balancer.manageWorker(1, { status: { D: true } });
  exchanges.settle(exchange, outcomes.connectFailed, 0, 0); // both in error, one disabled too
  const waiting = exchanges.open(null);
  balancer.fail(1, 0);
  balancer.manageWorker(0, { status: { D: true } });
  expect(exchanges.begin(waiting, 1)).toBe('wait'); // its pick has forced recovery already
  balancer.fail(0, 2);
  balancer.fail(1, 2);
  advanceTo(exchanges, Number.POSITIVE_INFINITY);
  expect(exchanges.poll()).toBe(waiting);
  expect(waiting.status).toBe(503);
});

/** Advances at every deadline up to `untilNs`; returns the last one. */
function advanceTo(exchanges: Exchanges, untilNs: number): number {
  let nowNs = 0;
  while (exchanges.deadlineNs() <= untilNs && exchanges.waiting > 0) {
    nowNs = exchanges.deadlineNs();
    exchanges.advance(nowNs);
  }
  return nowNs;
}
