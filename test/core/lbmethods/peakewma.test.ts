/** peakewma: what a worker costs, by hand. Two workers, so that both are always compared. */
import { expect, test } from 'vitest';
import { balancerOf, factors, letters } from './schedule.ts';

const ms = 1e6;
const s = 1e9;

function elects(balancer: ReturnType<typeof balancerOf>, nowNs: number): string {
  const worker = balancer.search(nowNs);
  balancer.release(worker);
  return letters[worker];
}

test('a peak counts at once, and is forgotten by halves: ln 2 × decay', () => {
  const balancer = balancerOf('peakewma', factors(1, 1));
  balancer.complete(0, true, 10 * ms, 0);
  balancer.complete(1, true, 20 * ms, 0);
  expect(elects(balancer, 0)).toBe('a');
  balancer.complete(0, true, 100 * ms, 0); // peak: a costs 100 ms
  expect(elects(balancer, 0)).toBe('b');
  balancer.complete(0, true, 10 * ms, 10 * Math.LN2 * s); // a: 100/2 + 10/2 = 55 ms; b decayed to 10 ms
  expect(elects(balancer, 10 * Math.LN2 * s)).toBe('b');
  balancer.workers.busy.set([0, 5]); // 55 against 10 × 6
  expect(elects(balancer, 10 * Math.LN2 * s)).toBe('a');
  balancer.workers.busy.set([0, 4]); // 55 against 10 × 5
  expect(elects(balancer, 10 * Math.LN2 * s)).toBe('b');
});

test('reading changes nothing: a hundred looks on the way give the same cost', () => {
  const [looked, not] = [1, 2].map(() => balancerOf('peakewma', factors(1, 1)));
  for (const balancer of [looked, not]) {
    balancer.complete(0, true, 10 * ms, 0);
    balancer.complete(1, true, 20 * ms, 0);
  }
  for (let i = 0; i < 100; i++) elects(looked, i * ms);
  for (const balancer of [looked, not]) balancer.complete(0, true, 1 * ms, s);
  const column = (balancer: typeof looked) =>
    new Float64Array(balancer.memory.slice(0, balancer.memory.byteLength & ~7));
  const costs = (balancer: typeof looked) =>
    [...column(balancer)].filter((v) => v > 1e6 && v < 3e7);
  expect(costs(looked)).toEqual(costs(not));
});

test('a worker not heard from gets one request at a time', () => {
  const balancer = balancerOf('peakewma', factors(1, 1));
  balancer.complete(0, true, 10 * ms, 0);
  expect(elects(balancer, 0)).toBe('b');
  balancer.workers.busy.set([50, 1]);
  expect(elects(balancer, 0)).toBe('a');
});

test('a failure counts as five seconds: no black hole; with failure 0s it is one', () => {
  for (const [failure, elected] of [
    [5 * s, 'a'],
    [0, 'b'],
  ] as const) {
    const balancer = balancerOf('peakewma', factors(1, 1), {}, { failure });
    balancer.complete(0, true, 10 * ms, 0);
    balancer.complete(1, false, 1 * ms, 0); // fails, and fast
    expect(elects(balancer, 0)).toBe(elected);
  }
});
