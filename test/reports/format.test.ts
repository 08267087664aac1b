import { expect, test } from 'vitest';
import {
  formatCell,
  formatInterval,
  formatMean,
  formatNumber,
  formatValue,
} from '../../reports/format.ts';

test.each([
  [0, '0'],
  [-0, '0'],
  [312.44, '312'],
  [12_345.6, '12,346'],
  [5.2, '5.20'],
  [0.012345, '0.0123'],
  [-54.83, '-54.8'],
  [Number.NaN, '-'],
  [Number.POSITIVE_INFINITY, '-'],
])('%d prints as %s', (x, text) => {
  expect(formatNumber(x)).toBe(text);
});

test('units follow the number; shares are percent; nothing is a dash', () => {
  expect(formatValue(312.4, 'ms')).toBe('312 ms');
  expect(formatValue(0.125, 'share')).toBe('12.5 %');
  expect(formatValue(412, '1/s')).toBe('412/s');
  expect(formatValue(undefined, 's')).toBe('-');
});

test('an interval gives its unit once and keeps enough digits to have a width', () => {
  expect(formatInterval([303.1, 321.7], 'ms')).toBe('303 to 322 ms');
  expect(formatInterval([312.1, 312.5], 'ms')).toBe('312.1 to 312.5 ms');
  expect(formatInterval([-0.001, 0.002], 'share')).toBe('-0.100 to 0.200 %');
  expect(formatInterval(null, 'ms')).toBe('-');
});

test('a mean shows the digits that its interval supports', () => {
  const value = { mean: 1.0024, ci95: [1.002, 1.0028], unit: '1' } as const;
  expect(formatMean(value)).toBe('1.0024');
  expect(formatCell(value)).toBe('1.0024 ±0.0004');
  expect(formatCell({ mean: 312.4, ci95: null, unit: 'ms' })).toBe('312');
  expect(formatCell(undefined)).toBe('-');
});
