/** jsq, sed, jiq, c3: by what backends say of themselves. */
import { describe, expect, test } from 'vitest';
import { balancerOf, chiSquare, chiSquareAtMillionth, factors, letters } from './schedule.ts';

type Balancer = ReturnType<typeof balancerOf>;

function says(
  balancer: Balancer,
  worker: number,
  jobs: number,
  rate = 100,
  serviceNs = Number.NaN,
) {
  const load = { jobs, slots: 2, rate, serviceNs, sojournNs: serviceNs };
  balancer.load(worker, load, 0);
}

function elects(balancer: Balancer): string {
  const worker = balancer.search(1);
  balancer.release(worker);
  return letters[worker];
}

describe('jsq and sed', () => {
  test.each([
    // jobs and rates; jsq: jobs / rate; sed: (jobs + 1) / rate
    [[3, 2, 4], [100, 100, 100], 'b', 'b'],
    [[3, 2, 4], [100, 100, 300], 'c', 'c'], // 3/100, 2/100, 4/300; 4/100, 3/100, 5/300
    [[0, 1], [100, 300], 'a', 'b'], // 0, 1/300; 1/100, 2/300
  ])('jobs %j at rates %j: jsq %s, sed %s', (jobs, rates, shortest, soonest) => {
    for (const [name, elected] of [
      ['jsq', shortest],
      ['sed', soonest],
    ] as const) {
      const balancer = balancerOf(
        name,
        jobs.map(() => ({})),
      );
      for (const [worker, count] of jobs.entries()) says(balancer, worker, count, rates[worker]);
      balancer.workers.busy.fill(9); // what the balancer counts itself is not looked at
      expect(elects(balancer)).toBe(elected);
    }
  });

  test('equals are equally likely; false-alarm rate 1e-6, seed fixed', () => {
    const balancer = balancerOf('jsq', factors(1, 1, 1, 1), { rng: [9, 8, 7, 6] });
    for (const [worker, jobs] of [1, 1, 1, 5].entries()) says(balancer, worker, jobs);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 3000; i++) counts[letters.indexOf(elects(balancer))]++;
    expect(counts[3]).toBe(0);
    expect(chiSquare(counts.slice(0, 3), [1000, 1000, 1000])).toBeLessThan(chiSquareAtMillionth[1]);
  });
});

describe('jiq', () => {
  test('who became idle first is taken first, and once', () => {
    const balancer = balancerOf('jiq', factors(1, 1, 1));
    for (const worker of [2, 0, 1]) says(balancer, worker, 0);
    expect(elects(balancer) + elects(balancer)).toBe('ca');
    says(balancer, 0, 1); // a has a second slot free: behind b
    expect(elects(balancer) + elects(balancer)).toBe('ba');
  });

  test('who filled up meanwhile, or is out, is passed over', () => {
    const balancer = balancerOf('jiq', factors(1, 1, 1));
    for (const worker of [0, 1, 2]) says(balancer, worker, 0);
    says(balancer, 0, 2); // both slots taken by others
    balancer.manageWorker(1, { status: { D: true } });
    expect(elects(balancer)).toBe('c');
  });

  test('nobody idle: at random', () => {
    const balancer = balancerOf('jiq', factors(1, 1), { rng: [1, 2, 3, 4] });
    for (const worker of [0, 1]) says(balancer, worker, 7);
    expect(new Set(Array.from({ length: 60 }, () => elects(balancer))).size).toBe(2);
  });
});

describe('c3', () => {
  const ms = 1e6;

  test('ranks by R - S + (1 + in flight + queue)³ S', () => {
    const balancer = balancerOf('c3', factors(1, 1));
    // a: R 30 ms, S 10 ms, queue 1: 30 + (8 - 1) × 10 = 100 ms. b: R 92 ms, S 4 ms, queue 0: 92.
    balancer.complete(0, true, 30 * ms, 0);
    balancer.complete(1, true, 92 * ms, 0);
    says(balancer, 0, 1, 100, 10 * ms);
    says(balancer, 1, 0, 100, 4 * ms);
    expect(elects(balancer)).toBe('b');
    balancer.workers.busy.set([0, 1]); // b: 92 + 7 × 4 = 120
    expect(elects(balancer)).toBe('a');
  });

  test('averages give the newest sample nine tenths', () => {
    const balancer = balancerOf('c3', factors(1, 1));
    balancer.complete(0, true, 100 * ms, 0);
    balancer.complete(0, true, 10 * ms, 0); // 19 ms
    balancer.complete(1, true, 19.5 * ms, 0);
    expect(elects(balancer)).toBe('a');
    balancer.complete(1, true, 18.8 * ms, 0); // 18.87
    expect(elects(balancer)).toBe('b');
  });

  test('what is measured as 0 is a value, of the queue and of times', () => {
    const balancer = balancerOf('c3', factors(1, 1));
    // a: queue 0, then 1: 0.9, so 10 + (1.9³ - 1) × 10 = 68.59 ms. b: 70 ms.
    balancer.complete(0, true, 10 * ms, 0);
    says(balancer, 0, 0, 100, 10 * ms);
    says(balancer, 0, 1, 100, 10 * ms);
    balancer.complete(1, true, 70 * ms, 0);
    expect(elects(balancer)).toBe('a');
    balancer.workers.busy.set([1, 1]); // b, not having said anything, stays at 70
    expect(elects(balancer)).toBe('b');

    const instant = balancerOf('c3', factors(1, 1));
    for (const worker of [0, 1]) instant.complete(worker, true, worker * ms, 0);
    instant.workers.busy.set([1, 1]);
    expect(elects(instant)).toBe('a');
  });

  test('a worker not heard from gets one request', () => {
    const balancer = balancerOf('c3', factors(1, 1));
    balancer.complete(0, true, 1 * ms, 0);
    expect(elects(balancer)).toBe('b');
    balancer.workers.busy.set([0, 1]);
    expect(elects(balancer)).toBe('a');
  });
});
