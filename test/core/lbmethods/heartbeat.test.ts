/**
 * heartbeat: idle slots decide (spec 3.5). Its tickets are enumerated in worked-examples/heartbeat.test.ts;
 * here is its share over many draws, and whom it asks for a retry.
 */
import { expect, test } from 'vitest';
import { type Balancer, statusLetters } from '../../../src/core/index.ts';
import { wordsThatDraw } from '../wanted-draw.ts';
import { balancerOf, chiSquare, chiSquareAtMillionth, letters, schedule } from './schedule.ts';

function heard(readies: number[], config = {}): Balancer {
  const balancer = balancerOf(
    'heartbeat',
    readies.map(() => ({})),
    config,
  );
  readies.forEach((ready, worker) => {
    balancer.heartbeat(worker, ready, 1, 0);
  });
  return balancer;
}

test.each([
  // ready slots r and tickets: r, the last one r + 1, of S + 1
  [
    [1, 1],
    [1, 2],
  ],
  [
    [10, 1, 0],
    [10, 1, 1],
  ],
  [
    [3, 6, 2, 4],
    [3, 6, 2, 5],
  ],
  [
    [20_000, 40_000],
    [20_000, 40_001],
  ], // from 16384 slots on a draw has 32 bits
])('shares with %j ready are as %j; false-alarm rate 1e-6, seed fixed', (readies, tickets) => {
  const balancer = heard(readies, { rng: [101, 202, 303, 404] });
  const picks = 12_000;
  schedule(balancer, picks);
  const sum = tickets.reduce((a, b) => a + b);
  const expected = tickets.map((count) => (picks * count) / sum);
  const statistic = chiSquare([...balancer.workers.elected], expected);
  expect(statistic).toBeLessThan(chiSquareAtMillionth[tickets.length - 2]);
});

test('below 16384 slots the draw takes the upper 16 bits, from there on all 32', () => {
  // a has ticket 0 alone. 16383 * 0x4 / 2^16 = 0.9999, where all the bits would give 16383 * 0x4ffff / 2^32 = 1.2.
  const below = heard([1, 16_381], { rng: wordsThatDraw(0x4ffff) });
  expect(schedule(below, 1)).toBe('a');
  // 16385 * 0x3ffff / 2^32 = 1.00006, where the upper bits would give 16385 * 0x3 / 2^16 = 0.75.
  const above = heard([1, 16_383], { rng: wordsThatDraw(0x3ffff) });
  expect(schedule(above, 1)).toBe('b');
});

test('a worker without a heartbeat is passed over, its retry test too', () => {
  const balancer = balancerOf('heartbeat', [{}, { retrySeconds: 0 }, { retrySeconds: 0 }]);
  for (const worker of [1, 2]) balancer.fail(worker, 0);
  balancer.heartbeat(2, 5, 1, 0);
  expect(schedule(balancer, 1)).toBe('c');
  expect([...balancer.workers.status].map(statusLetters)).toEqual(['', 'E', '']);
});

test('a later report replaces the earlier one, and an old one stops counting', () => {
  const balancer = heard([5, 5], { rng: [1, 2, 3, 4] });
  balancer.heartbeat(0, 0, 1, 1);
  balancer.heartbeat(1, 0, 1, 1);
  expect(balancer.pick(-1, 2)).toBe(-1);
  balancer.heartbeat(0, 7, 1, 3);
  expect(letters[balancer.pick(-1, 9e9)]).toMatch(/[ab]/);
  expect(balancer.pick(-1, 11e9)).toBe(-1);
});

test('saturated sums: two hosts with the largest reports', () => {
  const balancer = heard([2147483647, 2147483647, 2147483647], { rng: [9, 8, 7, 6] });
  const seen = new Set(schedule(balancer, 200));
  expect(seen.has('-')).toBe(false);
  expect(seen.size).toBeGreaterThan(1);
});
