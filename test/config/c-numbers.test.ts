/** Against C itself: these values are what glibc's functions give on a 64-bit machine. */
import { expect, it } from 'vitest';
import { atof, atoi, atol, timeMs } from '../../src/config/c-numbers.ts';

it.each([
  ['', 0],
  ['abc', 0],
  [' 12x', 12],
  ['+7', 7],
  ['-7.9', -7],
  ['2147483647', 2147483647],
  ['2147483648', -2147483648],
  ['4294967296', 0],
  ['9223372036854775807', -1],
  ['99999999999999999999', -1],
  ['-99999999999999999999', 0],
])('atoi %j', (text, value) => {
  expect(atoi(text)).toBe(value);
});

it('atol clamps', () => {
  expect(atol('4294967296')).toBe(4294967296);
  expect(atol('99999999999999999999')).toBe(2 ** 63);
});

it.each([
  ['1.5x', 1.5],
  ['5,5', 5],
  ['1e1', 10],
  ['.5', 0.5],
  ['1.', 1],
  ['-2', -2],
  ['0x10', 16],
  ['0x1.8', 1.5],
  ['0x1p3', 8],
  ['abc', 0],
  ['inf', Number.NaN],
])('atof %j', (text, value) => {
  expect(atof(text)).toBe(value);
});

it.each([
  ['5', 's', 5000],
  ['5', 'ms', 5],
  ['', 'ms', 0],
  ['5mi', 'ms', 300_000],
  ['5min', 'ms', 300_000],
  ['1h', 'ms', 3_600_000],
  ['5sx', 'ms', 5000],
  ['5S', 'ms', null],
  ['1.5', 'ms', null],
  ['-1', 'ms', null],
  ['5m', 'ms', null],
  ['x', 'ms', null],
] as const)('timeMs %j in %s', (text, unit, value) => {
  expect(timeMs(text, unit)).toBe(value);
});
