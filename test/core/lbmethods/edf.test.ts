/** edf: a worker of weight w is due every 1/w. */
import { expect, test } from 'vitest';
import { balancerOf, discrepancy, factors, schedule } from './schedule.ts';
import { smoothness } from './smoothness.ts';

test('3, 2, 1: due at thirds, halves and wholes; equal ones as they came', () => {
  // a 1/3 2/3 1, b 1/2 1, c 1: at 1 the entries are c (at the start), b (at 1/2), a (at 2/3)
  expect(schedule(balancerOf('edf', factors(3, 2, 1)), 6)).toBe('abacba');
});

test('equal weights: in turn, in the order of the file', () => {
  expect(schedule(balancerOf('edf', factors(1, 1, 1)), 7)).toBe('abcabca');
});

test.each(smoothness)('%j is as smooth as its table says', (weights, _, expected) => {
  const periods = 4 * weights.reduce((sum: number, weight) => sum + weight, 0);
  const picks = schedule(balancerOf('edf', factors(...weights)), periods);
  expect(discrepancy(picks, weights).toFixed(4)).toBe(expected);
});

test('who comes back is due one turn from now: no burst to catch up', () => {
  const balancer = balancerOf('edf', factors(1, 1, 1));
  balancer.manageWorker(2, { status: { D: true } });
  expect(schedule(balancer, 100)).toBe('ab'.repeat(50));
  balancer.manageWorker(2, { status: { D: false } });
  expect(schedule(balancer, 9)).toMatch(/^(?!.*cc)[abc]{9}$/);
});
