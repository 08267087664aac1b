/** source and uri: each worker has a stretch of the hash as long as its load factor. */
import { expect, test } from 'vitest';
import { keyOf } from '../../../src/core/index.ts';
import { mix } from '../../../src/core/lbmethods/parts/mix.ts';
import { balancerOf, factors, owners } from './schedule.ts';

const addresses = Array.from({ length: 2000 }, (_, i) => `10.1.${i >> 8}.${i & 255}`);

test.each(['source', 'uri'])(
  '%s: 1, 2, 1 split the hash at a quarter and at three quarters',
  (name) => {
    const found = owners(balancerOf(name, factors(1, 2, 1)), addresses);
    const expected = addresses.map((address) => {
      const point = mix(keyOf(address), 0) / 4294967296;
      return point < 0.25 ? 0 : point < 0.75 ? 1 : 2;
    });
    expect(found).toEqual(expected);
  },
);
