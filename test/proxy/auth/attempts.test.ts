/** How many wrong passwords are looked at. Times are nanoseconds. */
import { expect, test } from 'vitest';
import { Attempts } from '../../../src/proxy/auth/attempts.ts';

const start = 1e9;

test('ten at once, then one every six seconds', () => {
  const attempts = new Attempts();
  for (let i = 0; i < 10; i++) {
    expect(attempts.wait('192.0.2.1', start)).toBe(0);
    attempts.failed('192.0.2.1', start);
  }
  expect(attempts.wait('192.0.2.1', start)).toBe(6);
  expect(attempts.wait('192.0.2.1', start + 5e9)).toBe(1);
  expect(attempts.wait('192.0.2.1', start + 6e9)).toBe(0);
  expect(attempts.wait('192.0.2.2', start)).toBe(0);
  attempts.failed('192.0.2.1', start + 6e9);
  expect(attempts.wait('192.0.2.1', start + 6e9)).toBe(6);
  expect(attempts.wait('192.0.2.1', start + 66e9)).toBe(0);
});

test('an IPv6 client is its network', () => {
  const attempts = new Attempts();
  for (let i = 0; i < 10; i++) attempts.failed(`2001:db8::${i + 1}`, start);
  expect(attempts.wait('2001:db8:0:0:ffff::1', start)).toBe(6);
  expect(attempts.wait('2001:db8:0:1::1', start)).toBe(0);
});

test('all together forty, then four a second; addresses are not kept for ever', () => {
  const attempts = new Attempts();
  for (let i = 0; i < 40; i++) attempts.failed(`192.0.2.${i}`, start);
  expect(attempts.wait('198.51.100.1', start)).toBe(1);
  expect(attempts.wait('198.51.100.1', start + 0.25e9)).toBe(0);
  for (let i = 0; i < 10_000; i++) attempts.failed(`10.0.${i >> 8}.${i & 255}`, start);
  expect(attempts.wait('192.0.2.1', start + 10_000e9)).toBe(0);
});
