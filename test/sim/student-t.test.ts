import { describe, expect, it } from 'vitest';
import { tCentral, tHalfWidth } from '../../sim/student-t.ts';

describe('Student t', () => {
  it.each([
    [1, 12.7062047362],
    [2, 4.3026527297],
    [4, 2.7764451052],
    [9, 2.2621571628],
    [19, 2.0930240544],
    [29, 2.0452296421],
    [49, 2.0095752371],
    [99, 1.9842169516],
    [199, 1.9719565442],
  ])('has its 97.5 %% point of %d degrees of freedom', (df, point) => {
    expect(tHalfWidth(0.95, df)).toBeCloseTo(point, 9);
  });

  it.each([1, 2, 3, 8, 25, 200])('inverts itself with %d degrees of freedom', (df) => {
    for (const level of [0.001, 0.5, 0.9, 0.95, 0.99, 0.9999]) {
      expect(tCentral(tHalfWidth(level, df), df)).toBeCloseTo(level, 13);
    }
  });

  it('is Cauchy with one degree of freedom and has a closed form with two', () => {
    expect(tCentral(1, 1)).toBeCloseTo(0.5, 15);
    expect(tCentral(1.5, 2)).toBeCloseTo(1.5 / Math.sqrt(2 + 1.5 * 1.5), 15);
  });
});
