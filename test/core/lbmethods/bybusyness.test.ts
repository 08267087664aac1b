/** bybusyness: fewest requests in flight; load factors decide ties only (spec 3.4). */
import { expect, test } from 'vitest';
import { balancerOf, factors, lbstatus, letters, schedule } from './schedule.ts';

/** Picks that stay open. */
function open(balancer: ReturnType<typeof balancerOf>, count: number): string {
  let elected = '';
  for (let i = 0; i < count; i++) {
    elected += letters[balancer.pick(-1, balancer.views.lastNs[0] + 1)];
  }
  return elected;
}

test('without overlap it deals as byrequests does', () => {
  expect(schedule(balancerOf('bybusyness', factors(70, 30)), 10)).toBe('abaaabaaba');
});

test('requests that stay open are spread evenly, whatever the factors', () => {
  const balancer = balancerOf('bybusyness', factors(1, 10));
  // Ties go to b, whose factor is ten times as large, until its lbstatus is spent; then one each.
  for (let pairs = 1; pairs <= 4; pairs++) {
    open(balancer, 2);
    expect([...balancer.workers.busy]).toEqual([pairs, pairs]);
  }
});

test('the least busy one gets the next, even deep in debt', () => {
  const balancer = balancerOf('bybusyness', factors(1, 1, 1));
  balancer.workers.busy.set([2, 1, 2]);
  balancer.workers.lbstatus.set([900, -9000, 900]);
  expect(open(balancer, 1)).toBe('b');
  expect(lbstatus(balancer)).toEqual([1000, -9200, 1000]); // 100 each, and 300 from b
});

test('equally busy: the greater lbstatus, then the earlier worker', () => {
  const balancer = balancerOf('bybusyness', factors(1, 1, 1));
  balancer.workers.lbstatus.set([0, 1, 1]);
  expect(open(balancer, 1)).toBe('b');
});

test('a later, equally urgent but less busy worker wins over the first', () => {
  const balancer = balancerOf('bybusyness', factors(3, 1));
  balancer.workers.busy.set([1, 0]);
  expect(open(balancer, 2)).toBe('ba'); // then 1 and 1: a has 300 + 300, b 100 + 100 - 400
});
