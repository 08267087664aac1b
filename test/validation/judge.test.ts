import { expect, test } from 'vitest';
import { compared } from '../../sim/validation/identities.ts';
import { judgeCheck, judgeIdentity } from '../../sim/validation/judge.ts';

const check = (exact: number, within: number, above = 0) => {
  return { of: 'x', exact: () => exact, within, above, measure: () => 0 };
};
/** Mean 10, standard error 1 / sqrt 5 by hand: deviations +-1 over five. */
const estimates = [9, 11, 10, 9, 11];

test.each([
  [10, 0.1, 0, 'pass'],
  [10, 0.04, 0, 'blunt'], // the standard error is 0.447, 4.47 %
  [14, 0.1, 0, 'off'], // 8.61 half-widths a standard error: to 13.85
  [6, 0.1, 0, 'off'],
  [6, 0.1, 0.1, 'pass'], // up to 6.6, where the interval is
] as const)('theory %d, within %d, above %d: %s', (exact, within, above, verdict) => {
  expect(judgeCheck(check(exact, within, above), estimates).verdict).toBe(verdict);
});

test('no number is no agreement', () => {
  expect(judgeCheck(check(10, 0.1), [Number.NaN, Number.NaN]).verdict).toBe('off');
  expect(judgeCheck(check(10, 0.1), [9, Number.NaN, 11, 9, 11]).verdict).toBe('off');
});

test('identities: the largest relative difference decides, and nothing compared is no proof', () => {
  const one = { kind: 'identity', id: 'x', title: '', allowed: 1e-9, compare: () => of } as const;
  const of = compared(Float64Array.of(1, 2, 4), Float64Array.of(1, 2, 5));
  expect(of).toEqual({ values: 3, largest: 0.2 });
  const verdictOf = (c: typeof of) => judgeIdentity(one, c).checks[0]!.verdict;
  expect(verdictOf(of)).toBe('off');
  expect(verdictOf({ values: 0, largest: 0 })).toBe('off');
  expect(verdictOf(compared(Float64Array.of(1), Float64Array.of(Number.NaN)))).toBe('off');
  expect(verdictOf(compared(Float64Array.of(1, 2), Float64Array.of(2, 4), 2))).toBe('pass');
});
