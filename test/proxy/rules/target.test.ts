import { expect, test } from 'vitest';
import { readTarget } from '../../../src/proxy/rules/target.ts';
import { configOf } from './config.ts';

const server = configOf('').servers[0];

test.each([
  ['/a//b/./c/../d%41%7e', '/a/b/dA~'],
  ['/a/%2e%2E/b', '/b'],
  ['/a/..', '/'],
  ['/a%20b%3F%25', '/a b?%'],
  ['/%252e%252e/x', '/%2e%2e/x'],
  ['/a;b=1/..;/c', '/a;b=1/..;/c'],
  ['/\xc3\xa9%C3%A9', '/\xc3\xa9\xc3\xa9'],
  ['http://A.test:1', '/'],
])('%s has the path %s', (target, path) => {
  expect(readTarget('GET', target, server)).toMatchObject({ path });
});

test.each([
  ['/..', 400],
  ['/a/../../b', 400],
  ['/%', 400],
  ['/%4', 400],
  ['/%zz', 400],
  ['/a b', 400],
  ['/a\x7f', 400],
  ['/a#b', 400],
  ['/?\x01', 400],
  ['x', 400],
  ['/a%2fb', 404],
  ['/a%00', 404],
])('%s is refused with %d', (target, status) => {
  expect(readTarget('GET', target, server)).toEqual({ status });
});

test('CONNECT is for forward proxies', () => {
  expect(readTarget('CONNECT', 'a:443', server)).toEqual({ status: 405 });
});

test('query and authority stand apart', () => {
  expect(readTarget('GET', 'http://u@A.test.:81/p?q?r', server)).toMatchObject({
    rawPath: '/p',
    query: 'q?r',
    authority: 'a.test:81',
  });
  expect(readTarget('GET', '/p', server)).toMatchObject({ query: null, authority: null });
  expect(readTarget('GET', 'https://a/p', server)).toMatchObject({ path: '/p', authority: null });
});

test('slashes: decoded ones make new segments, unmerged ones stay', () => {
  const on = configOf('AllowEncodedSlashes On').servers[0];
  expect(readTarget('GET', '/a%2f..%2Fb', on)).toMatchObject({ path: '/b' });
  expect(readTarget('GET', '/..%2fb', on)).toEqual({ status: 400 });
  const off = configOf('MergeSlashes Off').servers[0];
  expect(readTarget('GET', '//a//../b//', off)).toMatchObject({ path: '/a/b//' });
});
