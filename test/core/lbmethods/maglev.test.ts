/** maglev: how the table is filled, by hand for a table of seven. */
import { expect, test } from 'vitest';
import { identityOf } from '../../../src/core/key.ts';
import { mix } from '../../../src/core/lbmethods/parts/mix.ts';
import { balancerOf, letters, owners, paths } from './schedule.ts';

/** The table of the paper's section 3.4, built naively from whole permutations, for equal weights. */
function naive(names: readonly string[], size: number): number[] {
  const wishes = names.map((name) => {
    const offset = mix(identityOf(name), 1) % size;
    const skip = (mix(identityOf(name), 2) % (size - 1)) + 1;
    return Array.from({ length: size }, (_, j) => (offset + j * skip) % size);
  });
  const table = new Array<number>(size).fill(-1);
  for (let taken = 0; taken < size; ) {
    for (const [worker, wish] of wishes.entries()) {
      if (taken === size) break;
      table[wish.find((place) => table[place] < 0) as number] = worker;
      taken++;
    }
  }
  return table;
}

test.each([7, 13, 101])('a table of %d is the one that whole permutations give', (size) => {
  const names = ['x:1', 'y:1', 'z:1'];
  const balancer = balancerOf(
    'maglev',
    names.map((name) => ({ name })),
    {},
    { size },
  );
  const table = naive(names, size);
  const keys = Array.from({ length: 300 }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 0);
  for (const key of keys) {
    const worker = balancer.search(1, key);
    balancer.release(worker);
    expect(worker).toBe(table[mix(key, 0) % size]);
  }
});

test('a size that is no prime is rounded up to one', () => {
  const workers = [{ name: 'x' }, { name: 'y' }];
  const seven = owners(balancerOf('maglev', workers, {}, { size: 7 }), paths(200));
  expect(owners(balancerOf('maglev', workers, {}, { size: 6 }), paths(200))).toEqual(seven);
});

test('places by weight: 1, 2 and 4 share 700 of a table of 701', () => {
  const workers = [1, 2, 4].map((loadfactor, i) => ({ name: letters[i], loadfactor }));
  const balancer = balancerOf('maglev', workers, {}, { size: 701 });
  const seen = new Map<number, number>(); // place -> worker
  for (let key = 0; seen.size < 701; key++) {
    const worker = balancer.search(1, key);
    balancer.release(worker);
    seen.set(mix(key, 0) % 701, worker);
  }
  const places = [0, 1, 2].map((worker) => [...seen.values()].filter((w) => w === worker).length);
  for (const [worker, due] of [100, 200, 400].entries()) {
    expect(Math.abs(places[worker] - due)).toBeLessThanOrEqual(2);
  }
});
