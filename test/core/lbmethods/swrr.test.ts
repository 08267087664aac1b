/** swrr: byrequests while nobody fails; who fails loses weight and rests. */
import { expect, test } from 'vitest';
import { balancerOf, discrepancy, factors, letters, schedule } from './schedule.ts';
import { smoothness } from './smoothness.ts';

test('nginx documents 5, 1, 1 as a a b a c a a', () => {
  expect(schedule(balancerOf('swrr', factors(5, 1, 1)), 7)).toBe('aabacaa');
});

test.each(smoothness)('%j is as smooth as %s', (weights, smooth) => {
  const periods = 4 * weights.reduce((sum: number, weight) => sum + weight, 0);
  for (const name of ['swrr', 'byrequests']) {
    const picks = schedule(balancerOf(name, factors(...weights)), periods);
    expect(discrepancy(picks, weights).toFixed(4)).toBe(smooth);
  }
});

test('while nobody fails it elects as byrequests does', () => {
  const workers = factors(3, 1.5, 7, 1, 100);
  const picks = schedule(balancerOf('byrequests', workers), 3000);
  expect(schedule(balancerOf('swrr', workers), 3000)).toBe(picks);
});

test('one failure: ten seconds of rest, one request to try, then its weight back by one a pick', () => {
  const balancer = balancerOf('swrr', factors(3, 1));
  const elect = (nowNs: number) => {
    const worker = balancer.pick(-1, nowNs);
    balancer.release(worker);
    return letters[worker];
  };
  balancer.complete(0, false, 1e6, 1e9);
  const rest = [1, 2, 5, 10.9].map((seconds) => elect(seconds * 1e9 + 1));
  expect(rest.join('')).toBe('bbbb');
  // Effective weights of a from here: 0, 1, 2, 3; current of a and b: 0 1, 1 1, 1 2, 4 0, 3 1, 2 2.
  const back = [1, 2, 3, 4, 5, 6].map((i) => {
    const elected = elect(11.1e9 + i);
    balancer.complete(letters.indexOf(elected), true, 1e6, 11.1e9 + i);
    return elected;
  });
  expect(back.join('')).toBe('babaaa');
});

test('with all at rest, none rests', () => {
  const balancer = balancerOf('swrr', factors(1, 1));
  balancer.complete(0, false, 1e6, 1);
  balancer.complete(1, false, 1e6, 2);
  expect(schedule(balancer, 4)).toMatch(/^(?=.*a)(?=.*b)[ab]{4}$/);
});

test('maxFails 0 never rests anybody', () => {
  const balancer = balancerOf('swrr', factors(1, 1), {}, { maxFails: 0 });
  for (let i = 0; i < 9; i++) balancer.complete(0, false, 1e6, i);
  expect(schedule(balancer, 4)).toBe('abab');
});
