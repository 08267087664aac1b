import { describe, expect, it } from 'vitest';
import { hasWildcards, javascriptRegex, wildcardRegex } from '../../src/config/regex.ts';

describe('javascriptRegex', () => {
  it.each([
    ['^/a.b$', '/a\nb', true],
    ['^/a\\.b', '/axb', false],
    ['(?i)^/Ab[c-e]', '/aBD', true],
    ['(?i)[^a-c]$', 'B', false],
    ['[[:digit:]]{2}', 'a12', true],
    ['[[:alpha:]_]+$', '12', false],
    ['[]x]', ']', true],
    ['[^]x]', ']', false],
    ['\\A/x\\z', '/x', true],
    ['(?P<name>x)y', 'xy', true],
    ['x(?!y)', 'xy', false],
    ['a\\hb', 'a\tb', true],
  ])('%s on %j', (pattern, text, matches) => {
    expect(new RegExp(javascriptRegex(pattern)).test(text)).toBe(matches);
  });

  it.each(['(', '[a', 'a**', '(?x)a', 'a++', '(?>a)', '\\Qa\\E', '\\K', '[[:nope:]]', '(?(1)a)'])(
    'refuses %s',
    (pattern) => {
      expect(() => javascriptRegex(pattern)).toThrow(RangeError);
    },
  );
});

it('wildcards match no slash, and the whole path', () => {
  const regex = new RegExp(wildcardRegex('/a*/b?[0-9]'));
  expect(['/ax/bc1', '/a/bc1'].every((path) => regex.test(path))).toBe(true);
  expect(['/ax/y/bc1', '/ax/b/1', '/ax/bc1/', '/ax/bcx'].some((path) => regex.test(path))).toBe(
    false,
  );
});

it('tells paths with wildcards from others', () => {
  expect(['/a*', '/a?', '/[ab]'].every(hasWildcards)).toBe(true);
  expect(['/a', '/a\\*', '/a[b', '^/x'].some(hasWildcards)).toBe(false);
});
