/** Waiting for one of a worker's `max` connections (spec 5.5, and 5.1 for the end of the wait). */
import { expect, test } from 'vitest';
import {
  Balancer,
  type Exchange,
  Exchanges,
  lbmethods,
  outcomes,
  statusLetters,
  type WorkerConfig,
} from '../../src/core/index.ts';

const ms = 1e6;

function exchangesOf(workers: WorkerConfig[], capacity?: number): Exchanges {
  return new Exchanges(new Balancer({ lbmethod: lbmethods[0], workers }), capacity);
}

/** Opens and begins a request. */
function begin(exchanges: Exchanges, nowNs: number) {
  const exchange = exchanges.open(null);
  return { exchange, step: exchanges.begin(exchange, nowNs) };
}

const answer = (exchanges: Exchanges, exchange: Exchange, nowNs: number) =>
  exchanges.settle(exchange, outcomes.answered, 200, nowNs);

test('a free slot goes to the one who waits longest', () => {
  const exchanges = exchangesOf([{ max: 2 }]);
  const opened = [1, 2, 3, 4, 5].map((nowNs) => begin(exchanges, nowNs));
  expect(opened.map(({ step }) => step)).toEqual(['dispatch', 'dispatch', 'wait', 'wait', 'wait']);
  expect(exchanges.waitingFor(0)).toBe(3);
  expect(exchanges.deadlineNs()).toBe(Number.POSITIVE_INFINITY); // without `acquire` for ever
  const served: Exchange[] = [];
  for (const { exchange } of opened) {
    answer(exchanges, exchange, 10);
    for (let next = exchanges.poll(); next !== null; next = exchanges.poll()) served.push(next);
    exchanges.close(exchange);
  }
  expect(served).toEqual(opened.slice(2).map(({ exchange }) => exchange));
  expect([exchanges.waiting, exchanges.balancer.workers.busy[0]]).toEqual([0, 0]);
});

test('the slot is free when the response is read, before the client has it; busy is not', () => {
  const exchanges = exchangesOf([{ max: 1 }]);
  const first = begin(exchanges, 1);
  answer(exchanges, first.exchange, 2);
  const second = begin(exchanges, 3);
  expect(second.step).toBe('dispatch');
  expect(exchanges.balancer.workers.busy[0]).toBe(2);
});

test('one who waits is picked already: elected and busy count it', () => {
  const exchanges = exchangesOf([{ max: 1 }]);
  const { elected, busy } = exchanges.balancer.workers;
  begin(exchanges, 1);
  begin(exchanges, 2);
  expect([elected[0], busy[0]]).toEqual([2, 2]);
});

test('a wait that is over marks E and fails over, not before its deadline', () => {
  const exchanges = exchangesOf([{ max: 1, acquireNs: 200 * ms }, {}]);
  const [, , third] = [0, 0, 0].map(() => begin(exchanges, 0));
  expect(third.step).toBe('wait');
  expect(exchanges.deadlineNs()).toBe(200 * ms);
  exchanges.advance(200 * ms - 1);
  expect(exchanges.poll()).toBe(null);
  exchanges.advance(200 * ms);
  expect(exchanges.poll()).toBe(third.exchange);
  expect(third.exchange.step).toBe('dispatch');
  expect([third.exchange.worker, third.exchange.tries]).toEqual([1, 2]);
  const { status, errorTimeNs } = exchanges.balancer.workers;
  expect([statusLetters(status[0]), errorTimeNs[0]]).toEqual(['E', 200 * ms]);
  exchanges.advance(300 * ms);
  expect(exchanges.poll()).toBe(null);
});

test('everybody whose wait is over leaves, in the order of waiting; the others stay', () => {
  const exchanges = exchangesOf([{ max: 1, acquireNs: 100, status: '+I' }]);
  const [holder, ...waiting] = [0, 10, 20, 30].map((nowNs) => begin(exchanges, nowNs));
  exchanges.advance(125);
  expect([exchanges.poll(), exchanges.poll(), exchanges.poll()]).toEqual([
    waiting[0].exchange,
    waiting[1].exchange,
    null,
  ]);
  expect(waiting[0].exchange.status).toBe(503);
  expect(exchanges.waitingFor(0)).toBe(1);
  answer(exchanges, holder.exchange, 126);
  expect(exchanges.poll()).toBe(waiting[2].exchange);
  expect(waiting[2].exchange.step).toBe('dispatch');
});

test('the slot of a failed try is given on as well', () => {
  const exchanges = exchangesOf([{ max: 1, status: '+I' }]);
  const [first, second] = [1, 2].map((nowNs) => begin(exchanges, nowNs));
  exchanges.settle(first.exchange, outcomes.connectFailed, 0, 3);
  expect(exchanges.poll()).toBe(second.exchange);
  expect(second.exchange.step).toBe('dispatch');
});

test('a slot taken over from a worker in error ends as "became unusable" when it connects', () => {
  const exchanges = exchangesOf([{ max: 1 }, {}]);
  const [first, , third] = [1, 2, 3].map((nowNs) => begin(exchanges, nowNs));
  exchanges.settle(first.exchange, outcomes.connectFailed, 0, 4);
  expect(exchanges.poll()).toBe(third.exchange);
  expect(exchanges.connected(third.exchange, 5)).toBe('dispatch');
  expect([third.exchange.worker, exchanges.balancer.workers.errorTimeNs[0]]).toEqual([1, 5]);
});

test('a second wait lasts its full time, also when the tables grow in between', () => {
  // Three rows, three charges: the failover of the third request needs a fourth, which grows the tables.
  const workers = [0, 1].map(() => ({ max: 1, acquireNs: 100 }));
  const exchanges = exchangesOf(workers, 3);
  const [, , third] = [0, 0, 0].map(() => begin(exchanges, 0));
  expect([third.step, third.exchange.worker]).toEqual(['wait', 0]);
  exchanges.advance(100);
  expect([third.exchange.step, third.exchange.worker]).toEqual(['wait', 1]);
  expect(exchanges.deadlineNs()).toBe(200);
  expect(statusLetters(exchanges.balancer.workers.status[1])).toBe('');
});
