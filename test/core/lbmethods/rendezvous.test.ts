/** rendezvous: every worker draws a lot for a key. */
import { expect, test } from 'vitest';
import { keyOf } from '../../../src/core/index.ts';
import { identityOf } from '../../../src/core/key.ts';
import { mix } from '../../../src/core/lbmethods/parts/mix.ts';
import { balancerOf, owners, paths } from './schedule.ts';

const names = ['x', 'y', 'z'];
const lot = (key: string, name: string) => mix(keyOf(key), identityOf(name));

test('equal factors: the highest lot has the key', () => {
  const found = owners(
    balancerOf(
      'rendezvous',
      names.map((name) => ({ name })),
    ),
    paths(300),
  );
  const highest = paths(300).map((path) => {
    const lots = names.map((name) => lot(path, name));
    return lots.indexOf(Math.max(...lots));
  });
  expect(found).toEqual(highest);
});

test('a greater factor only takes keys, and never gives one away', () => {
  const equal = owners(
    balancerOf(
      'rendezvous',
      names.map((name) => ({ name })),
    ),
    paths(3000),
  );
  const workers = names.map((name, i) => ({ name, loadfactor: i === 1 ? 3 : 1 }));
  const heavier = owners(balancerOf('rendezvous', workers), paths(3000));
  expect(heavier.filter((worker, i) => worker !== 1 && worker !== equal[i])).toEqual([]);
  // 3 of 5; a standard deviation is 0.009, five are passed in 1 run of 1.7 million, the keys are fixed
  const share = heavier.filter((worker) => worker === 1).length / 3000;
  expect(Math.abs(share - 0.6)).toBeLessThan(0.045);
});
