import { expect, test } from 'vitest';
import { statusChanges, statusLetters } from '../../src/scenario/status-letters.ts';
import {
  durationNs,
  durationPattern,
  ratePerSecond,
  shareOf,
  sizeBytes,
} from '../../src/scenario/units.ts';

test.each([
  ['1ns', 1],
  ['0.1ms', 100_000],
  ['1.0005us', 1001],
  ['4m30s', 270e9],
  ['1h2m3s4ms5us6ns', 3723e9 + 4e6 + 5e3 + 6],
  ['0s', 0],
  ['1.5h', 5400e9],
])('%s is %d ns', (text, ns) => {
  expect(text).toMatch(durationPattern);
  expect(durationNs(text)).toBe(ns);
});

test.each(['', '5', 's', '-1s', '1 s', '1s1m', '1s1s', '.5s', '1.s', '1e3s', '1S', '1min', '1ms1'])(
  '%j is no duration',
  (text) => {
    expect(text).not.toMatch(durationPattern);
  },
);

test('rates are per second, sizes bytes, shares fractions', () => {
  expect(['400/s', '30/m', '1800/h'].map(ratePerSecond)).toEqual([400, 0.5, 0.5]);
  expect([512, '512B', '10KiB', '2MiB', '1GiB', '1kB', '1.5MB'].map(sizeBytes)).toEqual([
    512, 512, 10_240, 2_097_152, 1_073_741_824, 1000, 1_500_000,
  ]);
  expect(['0.1%', 0.25, '100%'].map(shareOf)).toEqual([0.001, 0.25, 1]);
});

test.each([
  ['+H', 'H'],
  ['h', 'H'],
  ['H-ID', 'H'],
  ['-DH', ''],
  ['+NO', 'N'],
  ['SD', 'DS'],
  ['D-D', ''],
  ['-D+D', 'D'],
])('status %s leaves %j set', (text, letters) => {
  expect(statusLetters(text)).toBe(letters);
});

test('a sign stays in force for the letters after it', () => {
  expect([...statusChanges('n-Dh+S')]).toEqual([
    ['N', true],
    ['D', false],
    ['H', false],
    ['S', true],
  ]);
});
