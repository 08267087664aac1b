/** byrequests: the tables of httpd's manual, and invariants of smooth weighted round robin. */
import { expect, test } from 'vitest';
import { balancerOf, factors, lbstatus, schedule } from './schedule.ts';

test('the manual: 25/25/25/25 deals a b c d', () => {
  expect(schedule(balancerOf('byrequests', factors(25, 25, 25, 25)), 8)).toBe('abcdabcd');
});

test('the manual: 25/25/25/25 with b disabled deals a c d, and b keeps its lbstatus', () => {
  const [a, b, c, d] = factors(25, 25, 25, 25);
  const balancer = balancerOf('byrequests', [a, { ...b, status: '+D' }, c, d]);
  const steps = [0, 1, 2].map(() => [schedule(balancer, 1), ...lbstatus(balancer)]);
  expect(steps).toEqual([
    ['a', -5000, 0, 2500, 2500],
    ['c', -2500, 0, -2500, 5000],
    ['d', 0, 0, 0, 0],
  ]);
});

test('the manual: 70/30 deals a b a a a b a a b a', () => {
  const balancer = balancerOf('byrequests', factors(70, 30));
  const first = [0, 1, 2].map(() => [schedule(balancer, 1), ...lbstatus(balancer)]);
  expect(first).toEqual([
    ['a', -3000, 3000], // 70 - 100, 30
    ['b', 4000, -4000], // 40, 60 - 100
    ['a', 1000, -1000], // 110 - 100, -10
  ]);
  expect(schedule(balancer, 7)).toBe('aabaaba');
  expect(lbstatus(balancer)).toEqual([0, 0]); // and again from the start
});

test('1/1/1/2 from zero deals d a b c d', () => {
  expect(schedule(balancerOf('byrequests', factors(1, 1, 1, 2)), 10)).toBe('dabcddabcd');
});

test('neither busy nor elected is read', () => {
  const balancer = balancerOf('byrequests', factors(1, 1));
  balancer.workers.busy[0] = 1000;
  balancer.workers.elected[0] = 1000;
  expect(schedule(balancer, 4)).toBe('abab');
});

test('in every cycle each worker gets exactly its factor, and no prefix is off by more than one and a half', () => {
  const shares = [5, 1, 3, 7];
  const balancer = balancerOf('byrequests', factors(...shares));
  const seen = [0, 0, 0, 0];
  for (let n = 1; n <= 48; n++) {
    seen['abcd'.indexOf(schedule(balancer, 1))]++;
    expect(lbstatus(balancer).reduce((sum, x) => sum + x)).toBe(0);
    if (n % 16 === 0) expect(seen).toEqual(shares.map((share) => (share * n) / 16));
    seen.forEach((count, i) => {
      expect(Math.abs(count - (shares[i] * n) / 16)).toBeLessThan(1.5);
    });
  }
});

test('lbstatus wraps as a 32-bit integer does', () => {
  const balancer = balancerOf('byrequests', factors(1, 1));
  balancer.workers.lbstatus[0] = 2147483647;
  balancer.workers.lbstatus[1] = 0;
  expect(schedule(balancer, 1)).toBe('b');
  expect(lbstatus(balancer)).toEqual([-2147483549, -100]);
});
