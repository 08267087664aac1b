/** p2c: a few at random, and of them the least loaded. */
import { describe, expect, test } from 'vitest';
import { wordsThatDraw } from '../wanted-draw.ts';
import {
  balancerOf,
  chiSquare,
  chiSquareAtMillionth,
  factors,
  letters,
  schedule,
} from './schedule.ts';

type Words = [number, number, number, number];

function balancerWith(
  set: Record<string, unknown>,
  workers = factors(1, 1, 1, 1),
  rng: Words = [5, 6, 7, 8],
) {
  return balancerOf('p2c', workers, { rng }, set);
}

test('the less loaded of the two drawn, whatever the third has', () => {
  const balancer = balancerWith({}, factors(1, 1));
  for (let i = 0; i < 50; i++) {
    balancer.workers.busy.set([3, 2]);
    expect(letters[balancer.search(1)]).toBe('b');
  }
});

test('load is compared per load factor: 2 of factor 3 is less than 1 of factor 1', () => {
  const balancer = balancerWith({}, factors(3, 1));
  for (let i = 0; i < 50; i++) {
    balancer.workers.busy.set([2, 1]);
    expect(letters[balancer.search(1)]).toBe('a');
  }
});

test.each([
  // with replacement the second draw may be the first again
  [{ distinct: false }, 'abcd'],
  [{ distinct: true }, 'abc'],
  [{ choices: 4 }, 'a'],
  [{ choices: 1 }, 'abcd'],
])('%j elects among %s when d is busiest and a least', (set, elected) => {
  const balancer = balancerWith(set);
  const seen = new Set<string>();
  for (let i = 0; i < 400; i++) {
    balancer.workers.busy.set([0, 1, 2, 3]);
    seen.add(letters[balancer.search(1)]);
  }
  expect([...seen].sort().join('')).toBe(elected);
});

test('of equals the one drawn first, each as often; false-alarm rate 1e-6, seed fixed', () => {
  const balancer = balancerWith({});
  schedule(balancer, 4000);
  const expected = [1000, 1000, 1000, 1000];
  expect(chiSquare([...balancer.workers.elected], expected)).toBeLessThan(chiSquareAtMillionth[2]);
});

describe('pairs drawn are every pair alike', () => {
  test('false-alarm rate 1e-6, seed fixed', () => {
    // The least loaded of the pair: a in 3 pairs of 6, b in 2, c in 1, d never.
    const balancer = balancerWith({}, factors(1, 1, 1, 1), wordsThatDraw(12345));
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 6000; i++) {
      balancer.workers.busy.set([0, 1, 2, 3]);
      counts[balancer.search(1)]++;
    }
    expect(counts[3]).toBe(0);
    expect(chiSquare(counts.slice(0, 3), [3000, 2000, 1000])).toBeLessThan(chiSquareAtMillionth[1]);
  });
});
