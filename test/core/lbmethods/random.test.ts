/** random: independent picks, each worker as often as its load factor says. */
import { expect, test } from 'vitest';
import { wordsThatDraw } from '../wanted-draw.ts';
import {
  balancerOf,
  chiSquare,
  chiSquareAtMillionth,
  factors,
  lbstatus,
  schedule,
} from './schedule.ts';

test.each([
  // the draw as a fraction of 1, and whose part of 1/2/1 that is: a [0, 1/4), b [1/4, 3/4), c [3/4, 1)
  [0, 'a'],
  [0.2499, 'a'],
  [0.25, 'b'],
  [0.7499, 'b'],
  [0.75, 'c'],
  [0.9999, 'c'],
])('a draw of %d of the whole elects %s', (fraction, elected) => {
  const rng = wordsThatDraw(Math.floor(fraction * 4294967296));
  expect(schedule(balancerOf('random', factors(1, 2, 1), { rng }), 1)).toBe(elected);
});

test('shares follow the factors; false-alarm rate 1e-6, seed fixed', () => {
  const balancer = balancerOf('random', factors(1, 2, 5), { rng: [11, 22, 33, 44] });
  schedule(balancer, 8000);
  expect(chiSquare([...balancer.workers.elected], [1000, 2000, 5000])).toBeLessThan(
    chiSquareAtMillionth[1],
  );
  expect(lbstatus(balancer)).toEqual([0, 0, 0]);
});

test('picks do not depend on the one before; false-alarm rate 1e-6, seed fixed', () => {
  const picks = schedule(balancerOf('random', factors(1, 1), { rng: [5, 6, 7, 8] }), 8001);
  const pairs = ['aa', 'ab', 'ba', 'bb'].map((pair) => {
    return [...picks].filter((_, i) => picks.startsWith(pair, i)).length;
  });
  expect(chiSquare(pairs, [2000, 2000, 2000, 2000])).toBeLessThan(chiSquareAtMillionth[2]);
});

test('who may not be elected takes no part', () => {
  const [a, b, c] = factors(1, 2, 1);
  const balancer = balancerOf('random', [a, { ...b, status: '+D' }, c], {
    rng: wordsThatDraw(1 << 31),
  });
  expect(schedule(balancer, 1)).toBe('c'); // half of the whole is now the start of c
});
