/** boundedload: past a worker that is too busy, the next on the ring. */
import { expect, test } from 'vitest';
import { keyOf } from '../../../src/core/index.ts';
import { balancerOf } from './schedule.ts';

const workers = ['x', 'y', 'z', 'w'].map((name) => ({ name }));

test('one key alone: nobody has more than ceil(1.25 × requests / 4), and the owner is full first', () => {
  const balancer = balancerOf('boundedload', workers);
  const counts = [0, 0, 0, 0];
  const owner = balancer.search(1, keyOf('/hot'));
  counts[owner]++;
  for (let inFlight = 2; inFlight <= 40; inFlight++) {
    counts[balancer.search(1, keyOf('/hot'))]++;
    const bound = Math.ceil((1.25 * inFlight) / 4);
    expect(Math.max(...counts)).toBeLessThanOrEqual(bound);
    expect(counts[owner]).toBe(bound);
  }
});

test('a bound that is far away: the owner has it all', () => {
  const balancer = balancerOf('boundedload', workers, {}, { factor: 100 });
  const owner = balancer.search(1, keyOf('/hot'));
  for (let i = 0; i < 40; i++) expect(balancer.search(1, keyOf('/hot'))).toBe(owner);
});

test('bounds go by load factor', () => {
  const weighted = workers.map((worker, i) => ({ ...worker, loadfactor: i === 0 ? 3 : 1 }));
  const balancer = balancerOf('boundedload', weighted, {}, { factor: 1 });
  for (let i = 0; i < 60; i++) balancer.search(1, keyOf('/hot'));
  expect([...balancer.workers.busy]).toEqual([30, 10, 10, 10]);
});
