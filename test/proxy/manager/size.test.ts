import { expect, test } from 'vitest';
import { fourCharacters } from '../../../src/proxy/manager/size.ts';

test.each([
  [0, '  0 '],
  [972, '972 '],
  [973, '1.0K'],
  [1024, '1.0K'],
  [1536, '1.5K'],
  [9 * 1024, '9.0K'],
  [9 * 1024 + 973, ' 10K'],
  [10 * 1024 + 511, ' 10K'],
  [10 * 1024 + 512, ' 11K'],
  [972 * 1024 + 512, '973K'],
  [973 * 1024, '1.0M'],
  [5 * 1024 * 1024 * 1024, '5.0G'],
])('%i bytes', (bytes, text) => {
  expect(fourCharacters(bytes)).toBe(text);
});
