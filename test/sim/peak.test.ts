import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Peak } from '../../sim/peak.ts';

const SEED = 20261121;

describe('Peak', () => {
  it('follows the largest count up and down', () => {
    const peak = new Peak(3);
    peak.change(0, 2);
    peak.change(0, 5);
    expect(peak.max).toBe(5);
    peak.change(5, 1);
    expect(peak.max).toBe(2);
    peak.change(2, 0);
    peak.change(1, 0);
    expect(peak.max).toBe(0);
  });

  it('agrees with the maximum of a list, for steps of any size', () => {
    const change = fc.tuple(
      fc.nat({ max: 7 }),
      fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 2000 })),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const counts = Array<number>(8).fill(0);
        const peak = new Peak(8);
        for (const [index, to] of changes) {
          peak.change(counts[index], to);
          counts[index] = to;
          expect(peak.max).toBe(Math.max(...counts));
        }
      }),
      { seed: SEED, numRuns: 200 },
    );
  });
});
