/** The retry budget by hand: which failover tries are made, under three lbmethods. */
import { describe, expect, test } from 'vitest';
import {
  type Exchange,
  Exchanges,
  type ModifiersConfig,
  outcomes,
} from '../../../src/core/index.ts';

import { balancerOf } from '../lbmethods/schedule.ts';

type Budget = NonNullable<ModifiersConfig['retrybudget']>;

function world(name: string, retrybudget: Budget, count = 30): Exchanges {
  const workers = Array.from({ length: count }, () => ({}));
  return new Exchanges(balancerOf(name, workers, { modifiers: { retrybudget } }));
}

let nowNs = 0;

/** Opens `count` requests, each on its worker. */
function begin(exchanges: Exchanges, count: number): Exchange[] {
  return Array.from({ length: count }, () => {
    const exchange = exchanges.open(null);
    exchanges.begin(exchange, nowNs++);
    return exchange;
  });
}

const refuse = (exchanges: Exchanges, exchange: Exchange) =>
  exchanges.settle(exchange, outcomes.connectFailed, 0, nowNs++);

describe.each(['byrequests', 'bybusyness', 'random'])('%s', (name) => {
  test('of twenty requests four may be retried at a time', () => {
    const exchanges = world(name, { kind: 'share', ratio: 0.2, min: 3 });
    const opened = begin(exchanges, 20);
    const steps = opened.slice(0, 6).map((exchange) => refuse(exchanges, exchange));
    expect(steps).toEqual(['dispatch', 'dispatch', 'dispatch', 'dispatch', 'done', 'done']);
    expect(opened[4].status).toBe(503);
    // The same request may go on trying, and when it is over another one may begin to.
    expect(refuse(exchanges, opened[0])).toBe('dispatch');
    exchanges.settle(opened[0], outcomes.answered, 200, nowNs++);
    expect(refuse(exchanges, opened[6])).toBe('done');
    exchanges.close(opened[0]); // 19 are left, 0.2 x 19 is 3.8, and three are on a retry
    expect(refuse(exchanges, opened[7])).toBe('done');
    exchanges.settle(opened[1], outcomes.answered, 200, nowNs++);
    exchanges.close(opened[1]);
    expect(refuse(exchanges, opened[8])).toBe('dispatch');
  });

  test('a few are always allowed', () => {
    const exchanges = world(name, { kind: 'share', ratio: 0, min: 2 });
    const steps = begin(exchanges, 4).map((exchange) => refuse(exchanges, exchange));
    expect(steps).toEqual(['dispatch', 'dispatch', 'done', 'done']);
  });

  test('tokens: retries go on while more than half are left, and come back with successes', () => {
    const exchanges = world(name, { kind: 'tokens', tokens: 4, perSuccess: 0.5 });
    const steps = begin(exchanges, 3).map((exchange) => refuse(exchanges, exchange));
    expect(steps).toEqual(['dispatch', 'done', 'done']); // 3, 2, 1 tokens are left
    for (const exchange of begin(exchanges, 4))
      exchanges.settle(exchange, outcomes.answered, 200, nowNs++);
    const [more] = begin(exchanges, 1); // 3 again
    expect(refuse(exchanges, more)).toBe('done'); // 2
  });
});

test('tokens never exceed what they began with, nor fall below none', () => {
  const exchanges = world('byrequests', { kind: 'tokens', tokens: 2, perSuccess: 1 });
  const { row } = exchanges.balancer.modifiers!;
  for (const exchange of begin(exchanges, 3))
    exchanges.settle(exchange, outcomes.answered, 200, nowNs++);
  expect(row.tokens[0]).toBe(2);
  for (const exchange of begin(exchanges, 3))
    exchanges.settle(exchange, outcomes.answered, 500, nowNs++);
  expect(row.tokens[0]).toBe(0);
});

test('every granted try is given back', () => {
  const exchanges = world('byrequests', { kind: 'share', ratio: 1, min: 100 }, 8);
  const opened = begin(exchanges, 8);
  for (const exchange of opened) while (refuse(exchanges, exchange) === 'dispatch');
  expect(exchanges.balancer.modifiers!.row.retrying[0]).toBeGreaterThan(0);
  for (const exchange of opened) exchanges.close(exchange);
  expect(exchanges.balancer.modifiers!.row.retrying[0]).toBe(0);
});
