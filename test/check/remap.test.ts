/** Keys that move in vain when a worker is lost: none on a ring, many where a hash is cut into ranges. */
import { expect, test } from 'vitest';
import { strays } from '../../sim/check/remap.ts';
import { type LbMethod, lbmethods } from '../../src/core/index.ts';

const equal = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, loadfactor: 1 }));
const uneven = equal.map(({ name }, i) => ({ name, loadfactor: i + 1 }));
const method = (name: string): LbMethod => lbmethods.find((one) => one.name === name)!;

test.each(lbmethods.filter((one) => one.strays !== undefined))('$name keeps its promise', (one) => {
  for (const members of [equal, uneven]) {
    expect(strays(one, members)).toBeLessThanOrEqual(one.strays!);
  }
});

test('hashes with a promise', () => {
  const promise = lbmethods.filter((one) => one.strays !== undefined).map(({ name }) => name);
  expect(promise).toEqual(['ketama', 'ringhash', 'maglev', 'rendezvous', 'boundedload']);
});

test('ranges of the hash, cut anew for whoever is left, move a third of the keys that could stay', () => {
  expect(strays(method('uri'), equal)).toBeGreaterThan(0.3);
});
