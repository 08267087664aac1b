/** first: packs. */
import { expect, test } from 'vitest';
import { balancerOf, opened, schedule } from './schedule.ts';

test('fills one worker after the other', () => {
  const balancer = balancerOf('first', [{ max: 2 }, { max: 1 }, {}]);
  expect(opened(balancer, 6)).toBe('aabccc');
});

test('a place that is free again is used before later workers', () => {
  const balancer = balancerOf('first', [{ max: 1 }, { max: 1 }, { max: 1 }]);
  expect(opened(balancer, 2)).toBe('ab');
  balancer.release(0);
  expect(opened(balancer, 2)).toBe('ac');
});

test('all full: least in flight per place', () => {
  const balancer = balancerOf('first', [{ max: 2 }, { max: 4 }]);
  balancer.workers.busy.set([3, 5]);
  expect(opened(balancer, 2)).toBe('ba'); // 3/2 against 5/4; then 3/2 against 6/4, a tie
});

test('one request at a time never leaves the first worker', () => {
  expect(schedule(balancerOf('first', [{ max: 1 }, { max: 1 }]), 5)).toBe('aaaaa');
});
