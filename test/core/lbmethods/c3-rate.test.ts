/** c3's rate control, by hand: CUBIC's curve, the moving average of answers, and whom it lets through. */
import { describe, expect, test } from 'vitest';
import { viewsOver } from '../../../src/core/columns.ts';
import {
  countAnswer,
  cubicRate,
  rateColumns,
  startRate,
  takeToken,
  tokensOf,
} from '../../../src/core/lbmethods/c3/rate-control.ts';
import { balancerOf, factors, letters } from './schedule.ts';

const ms = 1e6;
const interval = 20 * ms;

function started() {
  const [rates] = viewsOver(new ArrayBuffer(1024), [{ columns: rateColumns, rows: 1 }] as const);
  startRate(rates, 0, 0, interval);
  return rates;
}

test.each([
  // K = cbrt(20 × 0.2 / 4e-6) = cbrt(1e6) = 100 ms; the rate is 20 + 4e-6 × (t - 100)³
  [0, 16], // 20 - 4
  [50, 19.5], // 20 - 0.5
  [100, 20],
  [150, 20.5],
  [200, 24],
])('%d ms after falling from 20 requests an interval it may be %d', (sinceMs, rate) => {
  expect(cubicRate(20, sinceMs)).toBeCloseTo(rate, 9);
});

test('starts with ten tokens and one more an interval', () => {
  const rates = started();
  for (let left = 9; left >= 0; left--) {
    takeToken(rates, 0, 0, interval);
    expect(tokensOf(rates, 0, 0, interval)).toBe(left);
  }
  expect(tokensOf(rates, 0, interval / 2, interval)).toBe(0.5);
  expect(tokensOf(rates, 0, 3 * interval, interval)).toBe(3);
  expect(tokensOf(rates, 0, 99 * interval, interval)).toBe(10);
});

test('rises by ten an answer up to the rate of answers, then falls to a fifth', () => {
  const rates = started();
  countAnswer(rates, 0, 1 * ms, interval);
  expect(rates.rate[0]).toBe(11); // answers start at 100 an interval, so that everybody rises
  countAnswer(rates, 0, 2 * ms, interval);
  expect(rates.rate[0]).toBe(21);
  // 18 intervals later 2 answers are 1/9 an interval, weight 18 × 0.05: 100 + 0.9 × (1/9 - 100) = 10.1.
  countAnswer(rates, 0, 18 * interval + 1, interval);
  expect(rates.answerRate[0]).toBeCloseTo(10.1, 9);
  expect([rates.rate[0], rates.peak[0]]).toEqual([0.2 * 21, 21]); // 21 is more than 10.1
  // In the same interval: 4.2 is less than 10.1. 21 × 0.8 = 16.8 on the curve, but at most ten more.
  countAnswer(rates, 0, 18 * interval + 1, interval);
  expect(rates.rate[0]).toBeCloseTo(14.2, 9);
  // Above the answers again, but it rose just now: 4 intervals of grace.
  countAnswer(rates, 0, 18 * interval + 2, interval);
  expect(rates.rate[0]).toBeCloseTo(14.2, 9);
});

describe('in an election', () => {
  const heard = (set: Record<string, unknown>) => {
    const balancer = balancerOf('c3', factors(1, 1), {}, set);
    balancer.complete(0, true, 1 * ms, 0); // a is faster
    balancer.complete(1, true, 5 * ms, 0);
    return balancer;
  };
  const elected = (set: Record<string, unknown>, count: number) => {
    const balancer = heard(set);
    return Array.from({ length: count }, () => {
      const worker = balancer.search(1);
      balancer.release(worker);
      return letters[worker];
    }).join('');
  };

  test('who is above its rate is passed over; when all are, the best ranked is elected', () => {
    expect(elected({ rateInterval: interval }, 23)).toBe(
      `${'a'.repeat(10)}${'b'.repeat(10)}${'a'.repeat(3)}`,
    );
  });

  test('without an interval there is no limit', () => {
    expect(elected({}, 23)).toBe('a'.repeat(23));
  });
});
