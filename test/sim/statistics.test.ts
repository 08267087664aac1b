import { describe, expect, it } from 'vitest';
import { expectation, meanInterval } from '../../sim/statistics.ts';
import { streams } from '../../sim/streams.ts';

describe('meanInterval', () => {
  it('is the t interval of a worked example', () => {
    // Mean 3, sample sd sqrt(2.5), t(0.975, 4) = 2.776445: half-width 1.963243.
    const { mean, ci95 } = meanInterval([1, 2, 3, 4, 5]);
    expect(mean).toBe(3);
    expect(ci95![0]).toBeCloseTo(3 - 1.963243, 6);
    expect(ci95![1]).toBeCloseTo(3 + 1.963243, 6);
  });

  it('leaves out replications without data', () => {
    expect(meanInterval([1, NaN, 2, 3, NaN, 4, 5])).toEqual(meanInterval([1, 2, 3, 4, 5]));
  });

  it('has no interval below two values and no mean without any', () => {
    expect(meanInterval([NaN, 7])).toEqual({ mean: 7, ci95: null });
    expect(meanInterval(new Float64Array(3).fill(NaN))).toEqual({ mean: NaN, ci95: null });
  });

  it('gives equal values back to the last bit', () => {
    expect(meanInterval([0.1, 0.1, 0.1])).toEqual({ mean: 0.1, ci95: [0.1, 0.1] });
  });

  it('covers the true mean as often as it says', () => {
    const uniform = streams('coverage', 0)('x');
    let covered = 0;
    for (let trial = 0; trial < 4000; trial++) {
      const values = Float64Array.from({ length: 10 }, () => uniform() + uniform() + uniform());
      const [low, high] = meanInterval(values, 0.9).ci95!;
      if (low <= 1.5 && 1.5 <= high) covered++;
    }
    // 3600 expected, sd 19; a fresh seed would leave 3600 +- 90 once in 100 000.
    expect(Math.abs(covered - 3600)).toBeLessThan(90);
  });
});

describe('expectation', () => {
  const value = (low: number, high: number) => ({
    mean: (low + high) / 2,
    ci95: [low, high] as const,
  });

  it.each([
    ['<=', 5, value(3, 5), 'met'],
    ['<', 5, value(3, 5), 'unclear'],
    ['<', 5, value(5, 6), 'missed'],
    ['<=', 5, value(4, 6), 'unclear'],
    ['<=', 5, value(5.1, 6), 'missed'],
    ['>=', 5, value(5, 6), 'met'],
    ['>', 5, value(5, 6), 'unclear'],
    ['>', 5, value(4, 5), 'missed'],
    ['>=', 5, value(4, 4.9), 'missed'],
    ['==', 5, value(5, 5), 'met'],
    ['==', 5, value(4, 6), 'unclear'],
    ['==', 5, value(5.1, 6), 'missed'],
    ['<=', 5, { mean: 5, ci95: null }, 'met'],
    ['<=', 5, { mean: 5.1, ci95: null }, 'missed'],
    ['==', 5, { mean: 5, ci95: null }, 'met'],
    ['<=', 5, { mean: NaN, ci95: null }, 'no data'],
  ] as const)('%s %d of %j is %s', (comparator, bound, interval, expected) => {
    expect(expectation(comparator, bound, interval)).toBe(expected);
  });
});
