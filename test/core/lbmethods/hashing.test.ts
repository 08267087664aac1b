/** What hash methods promise: a key keeps its worker, and shares and moves are as the textbook says. */
import { describe, expect, test } from 'vitest';
import type { WorkerConfig } from '../../../src/core/index.ts';
import { balancerOf, owners, paths } from './schedule.ts';

const named = (count: number, loadfactor: (i: number) => number = () => 1): WorkerConfig[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `10.0.0.${i + 1}:80`,
    loadfactor: loadfactor(i),
  }));

const consistent = ['ketama', 'ringhash', 'maglev', 'rendezvous', 'boundedload'];
const keys = paths(20_000);

describe.each([...consistent, 'source', 'uri'])('%s', (name) => {
  test('a key has one worker, whatever came before', () => {
    const balancer = balancerOf(name, named(5));
    const first = owners(balancer, keys.slice(0, 500));
    expect(owners(balancer, keys.slice(0, 500).reverse()).reverse()).toEqual(first);
    expect(new Set(first).size).toBe(5);
  });

  test('the key that is asked for', () => {
    const kind = name === 'source' ? 'source' : 'uri';
    expect(balancerOf(name, named(2)).keyKind).toBe(kind);
    if (!consistent.includes(name)) return;
    expect(balancerOf(name, named(2), {}, { key: 'source' }).keyKind).toBe('source');
  });
});

describe.each(consistent)('%s', (name) => {
  test('a worker that is lost loses its keys to the others, who keep theirs', () => {
    const balancer = balancerOf(name, named(10));
    const before = owners(balancer, keys);
    balancer.manageWorker(3, { status: { D: true } });
    const after = owners(balancer, keys);
    const moved = keys.filter((_, i) => before[i] !== 3 && before[i] !== after[i]).length;
    expect(after).not.toContain(3);
    // maglev fills its table anew: Eisenbud et al. found a few per cent at most to move beside the lost keys.
    expect(moved).toBeLessThanOrEqual(name === 'maglev' ? 0.02 * keys.length : 0);
    balancer.manageWorker(3, { status: { D: false } });
    expect(owners(balancer, keys)).toEqual(before);
  });

  test('a worker that joins takes its share and moves nothing else', () => {
    const before = owners(balancerOf(name, named(10)), keys);
    const after = owners(balancerOf(name, named(11)), keys);
    const others = keys.filter((_, i) => after[i] !== 10 && after[i] !== before[i]).length;
    const taken = after.filter((worker) => worker === 10).length / keys.length;
    // Rings are uneven, and one sized anew lays new points: a standard deviation of 8 % of a share.
    expect(taken).toBeGreaterThan(0.7 / 11);
    expect(taken).toBeLessThan(1.3 / 11);
    expect(others).toBeLessThanOrEqual(({ maglev: 0.05, ringhash: 0.1 }[name] ?? 0) * keys.length);
  });

  test('shares follow the load factors', () => {
    const weights = [1, 2, 3, 4];
    const found = owners(
      balancerOf(
        name,
        named(4, (i) => weights[i]),
      ),
      keys,
    );
    const even = name === 'maglev' || name === 'rendezvous';
    weights.forEach((weight, worker) => {
      const share = found.filter((one) => one === worker).length / keys.length;
      // Even methods: four deviations of counting are 0.014. Rings of 640 points: 4 × 7.5 % of a share.
      expect(Math.abs(share - weight / 10)).toBeLessThan(even ? 0.014 : 0.3 * (weight / 10));
    });
  });
});

test.each(['source', 'uri'])('%s: a loss moves other keys, too: a fifth of all, here', (name) => {
  const balancer = balancerOf(name, named(10));
  const before = owners(balancer, keys);
  balancer.manageWorker(3, { status: { D: true } });
  const after = owners(balancer, keys);
  const moved = keys.filter((_, i) => before[i] !== 3 && before[i] !== after[i]).length;
  // Stretches of a tenth become ninths: 0.1 are lost, 0.7 stay where they are, 0.2 move. Four deviations are 0.011.
  expect(Math.abs(moved / keys.length - 0.2)).toBeLessThan(0.011);
});

test('the share of a worker on a ring varies as V51 says: 160 points on each of 10', () => {
  // sqrt((n - 1) / (k n + 1)) = 0.075; 200 rings of 10 give it to 1.6 %, and 10 % is six deviations away.
  const counts: number[] = [];
  const few = paths(4000);
  for (let ring = 0; ring < 200; ring++) {
    const workers = Array.from({ length: 10 }, (_, i) => ({ name: `ring${ring}-${i}` }));
    const found = owners(balancerOf('boundedload', workers), few);
    for (let worker = 0; worker < 10; worker++) {
      counts.push(found.filter((one) => one === worker).length / few.length);
    }
  }
  const mean = 0.1;
  const square = counts.reduce((sum, c) => sum + (c - mean) * (c - mean), 0) / counts.length;
  const counting = (0.1 * 0.9) / few.length; // what drawing so many keys adds
  const cv = Math.sqrt(square - counting) / mean;
  expect(cv).toBeGreaterThan(0.9 * 0.074977);
  expect(cv).toBeLessThan(1.1 * 0.074977);
});
