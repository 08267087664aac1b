import { defineLbMethod, type LbMethod, nextBelow } from '../../src/core/index.ts';

/**
 * Power of two choices by the rule of the registry's p2c (distinct, a tie keeps the first), with `percent` of the
 * picks at random. It draws once more a pick, so that with 0 % it is p2c under another seed.
 */
export function degradedP2c(percent: number): LbMethod {
  return defineLbMethod({
    name: `p2c-${percent}-percent-random`,
    summary: 'power of two choices, made worse on purpose',
    source: 'for tests',
    elect({ busy, rng }, { ids, count }) {
      const atRandom = nextBelow(rng, 100) < percent;
      const place = nextBelow(rng, count);
      const first = ids[place];
      if (atRandom || count === 1) return first;
      const other = nextBelow(rng, count - 1);
      const second = ids[other < place ? other : other + 1];
      return busy[second] < busy[first] ? second : first;
    },
  });
}
