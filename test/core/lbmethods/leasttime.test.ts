/** leasttime: response times in steps of 20 ms, times requests in flight, per load factor. */
import { expect, test } from 'vitest';
import { balancerOf, factors, letters, schedule } from './schedule.ts';

const ms = 1e6;

function elects(balancer: ReturnType<typeof balancerOf>, nowNs: number): string {
  const worker = balancer.search(nowNs);
  balancer.release(worker);
  return letters[worker];
}

test('81 ms are 5 steps, 100 ms are, too: equals share by smooth weighted round robin', () => {
  const balancer = balancerOf('leasttime', factors(1, 1));
  balancer.complete(0, true, 81 * ms, 1);
  balancer.complete(1, true, 100 * ms, 1);
  expect(schedule(balancer, 4)).toBe('abab');
  balancer.complete(1, true, 121 * ms, 2); // 0.95 × 100 + 0.05 × 121 = 101.05: 6 steps
  expect(schedule(balancer, 4)).toBe('aaaa');
  balancer.workers.busy.set([1, 0]); // 5 × 2 against 6
  expect(elects(balancer, 3)).toBe('b');
});

test('per load factor: 100 ms of factor 2 is less than 80 ms of factor 1', () => {
  const balancer = balancerOf('leasttime', factors(2, 1));
  balancer.complete(0, true, 100 * ms, 1);
  balancer.complete(1, true, 80 * ms, 1);
  expect(elects(balancer, 2)).toBe('a'); // 5/2 against 4
});

test('what is old is believed by half after each failTimeout', () => {
  const balancer = balancerOf('leasttime', factors(1, 1));
  balancer.complete(0, true, 320 * ms, 0);
  balancer.complete(1, true, 100 * ms, 0);
  balancer.complete(1, true, 100 * ms, 15e9);
  expect(elects(balancer, 15e9)).toBe('b'); // 160 against 100
  expect(elects(balancer, 20e9)).toBe('a'); // 80 against 100
});

test('failures are not counted', () => {
  const balancer = balancerOf('leasttime', factors(1, 1));
  balancer.complete(0, true, 40 * ms, 0);
  balancer.complete(1, true, 60 * ms, 0);
  for (let i = 0; i < 50; i++) balancer.complete(0, false, 900 * ms, 1);
  expect(elects(balancer, 2)).toBe('a');
});
