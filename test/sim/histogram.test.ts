import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countOf,
  type Histogram,
  histogram,
  maxOf,
  merge,
  minOf,
  quantile,
  record,
  sumOf,
} from '../../sim/histogram.ts';

const SEED = 20261120;

/** Nanoseconds of every size up to 2^53, small ones often. */
const nanoseconds = fc.oneof(
  fc.nat(3000),
  fc.nat(2_000_000_000),
  fc.maxSafeNat(),
  fc.nat(53).map((e) => Math.round(Math.exp(e * Math.LN2))),
);
const values = fc.array(nanoseconds, { minLength: 1, maxLength: 200 });
const bits = fc.integer({ min: 0, max: 12 });

function histogramOf(list: readonly number[], mantissaBits?: number): Histogram {
  const h = histogram(mantissaBits);
  record(h, Float64Array.from(list), list.length);
  return h;
}

describe('histogram', () => {
  it('gives the value of every rank to within half a bucket', () => {
    fc.assert(
      fc.property(values, bits, fc.double({ min: 0, max: 1, noNaN: true }), (list, m, p) => {
        const sorted = [...list].sort((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(p * list.length)) - 1];
        const found = quantile(histogramOf(list, m), p);
        const tolerance = exact / (2 << m);
        return Math.abs(found - exact) <= tolerance;
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it('is exact below 2^(bits + 1), at both ends, and in its totals', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2047), { minLength: 1 }), (list) => {
        const sorted = [...list].sort((a, b) => a - b);
        const h = histogramOf(list);
        for (let rank = 1; rank <= list.length; rank++) {
          expect(quantile(h, (rank - 0.5) / list.length)).toBe(sorted[rank - 1]);
        }
        expect([quantile(h, 0), quantile(h, 1)]).toEqual([sorted[0], sorted.at(-1)]);
        expect([minOf(h), maxOf(h)]).toEqual([sorted[0], sorted.at(-1)]);
        expect([countOf(h), sumOf(h)]).toEqual([list.length, list.reduce((a, b) => a + b)]);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('merged is the histogram of all values', () => {
    fc.assert(
      fc.property(values, values, bits, (a, b, m) => {
        const whole = histogramOf([...a, ...b], m);
        const merged = histogramOf(a, m);
        merge(merged, histogramOf(b, m));
        const sums = [sumOf(merged), sumOf(whole)];
        expect(Math.abs(sums[0] - sums[1])).toBeLessThanOrEqual(1e-12 * sums[1]); // another order
        const SUM = 1;
        expect(merged.state.every((value, i) => i === SUM || value === whole.state[i])).toBe(true);
      }),
      { seed: SEED, numRuns: 50 },
    );
  });

  it('survives being sent to another thread', () => {
    const h = histogramOf([5, 70_000, 9e9]);
    const copy = structuredClone(h);
    record(copy, Float64Array.of(123), 1);
    expect([countOf(copy), minOf(copy), quantile(copy, 0.5)]).toEqual([4, 5, 123]);
    expect(countOf(h)).toBe(3);
  });

  it('knows when it is empty, and stays so when an empty one is merged', () => {
    const h = histogram();
    merge(h, histogram());
    expect([quantile(h, 0.5), countOf(h), minOf(h), maxOf(h)]).toEqual([
      NaN,
      0,
      Infinity,
      -Infinity,
    ]);
  });

  it('refuses to merge what does not match', () => {
    expect(() => merge(histogram(10), histogram(6))).toThrow('mantissa');
  });

  it('reports the middle of a bucket, which at 2^20 spans 1024 values', () => {
    const h = histogramOf([0, 1048576 + 10, 1048576 + 1000, 1e9]);
    expect(quantile(h, 0.5)).toBe(1048576 + 511.5);
    expect(quantile(h, 0.75)).toBe(1048576 + 511.5);
  });
});
