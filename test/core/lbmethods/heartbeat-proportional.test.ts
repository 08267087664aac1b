/** heartbeat-proportional: r of S idle slots get r / S, to the end of the list. */
import { expect, test } from 'vitest';
import { balancerOf, chiSquare, chiSquareAtMillionth } from './schedule.ts';

function counts(ready: readonly number[], hosts?: readonly string[]): number[] {
  const workers = ready.map((_, i) => (hosts?.[i] ? { host: hosts[i] } : {}));
  const balancer = balancerOf('heartbeat-proportional', workers, { rng: [7, 7, 3, 1] });
  for (const [worker, slots] of ready.entries()) balancer.heartbeat(worker, slots, 1, 1e9);
  for (let i = 0; i < 6000; i++) balancer.release(balancer.search(2e9));
  return [...balancer.workers.elected];
}

// False-alarm rates 1e-6, seed fixed. httpd gives 33.7 / 66.3 % for the first, 4.2 % to the last of the second.
test.each([
  [
    [1, 1],
    [3000, 3000],
  ],
  [
    [10, 10, 0],
    [3000, 3000, 0],
  ],
  [
    [2, 0, 2],
    [3000, 0, 3000],
  ],
  [
    [4, 8, 12],
    [1000, 2000, 3000],
  ],
])('%j idle slots', (ready, expected) => {
  const found = counts(ready);
  const some = expected.flatMap((count, i) => (count > 0 ? [i] : []));
  expect(found.filter((_, i) => expected[i] === 0 && found[i] > 0)).toEqual([]);
  const statistic = chiSquare(
    some.map((i) => found[i]),
    some.map((i) => expected[i]),
  );
  expect(statistic).toBeLessThan(chiSquareAtMillionth[some.length - 2]);
});

test('workers of one host share its slots', () => {
  const found = counts([10, 10, 10], ['one', 'one', 'two']);
  expect(chiSquare(found, [1500, 1500, 3000])).toBeLessThan(chiSquareAtMillionth[1]);
});

test('nobody heard from for ten seconds: all alike', () => {
  const balancer = balancerOf('heartbeat-proportional', [{}, {}], { rng: [7, 7, 3, 1] });
  balancer.heartbeat(0, 10, 1, 0);
  for (let i = 0; i < 6000; i++) balancer.release(balancer.search(10e9));
  expect(chiSquare([...balancer.workers.elected], [3000, 3000])).toBeLessThan(
    chiSquareAtMillionth[0],
  );
});

test('a host that falls silent gets nothing more, though nothing else changes', () => {
  const balancer = balancerOf('heartbeat-proportional', [{}, {}], { rng: [7, 7, 3, 1] });
  balancer.heartbeat(0, 10, 1, 0);
  balancer.heartbeat(1, 10, 1, 5e9);
  const elected = (nowNs: number) =>
    new Set(Array.from({ length: 60 }, () => balancer.search(nowNs)));
  expect(elected(10e9 - 1)).toEqual(new Set([0, 1]));
  expect(elected(10e9)).toEqual(new Set([1]));
});
