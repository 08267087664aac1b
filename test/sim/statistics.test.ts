import { describe, expect, it } from 'vitest';
import { expectation, meanInterval, pairedDifference, verdict } from '../../sim/statistics.ts';
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

describe('pairedDifference', () => {
  it('compares replication by replication', () => {
    // Differences 1, 1, 2, 2: mean 1.5, sd 1/sqrt(3), t(0.975, 3) = 3.182446.
    const paired = pairedDifference([10, 20, 30, 40], [11, 21, 32, 42]);
    expect(paired.difference).toBe(1.5);
    expect(paired.ci95![0]).toBeCloseTo(1.5 - 3.182446 / Math.sqrt(12), 6);
    expect(paired.baseline).toBe(25);
    expect(paired.relative).toBe(0.06);
    expect(paired.identical).toBe(false);
  });

  it('uses only replications in which both have data', () => {
    const paired = pairedDifference([10, NaN, 30, 100], [11, 21, 33, NaN]);
    expect([paired.difference, paired.baseline, paired.relative]).toEqual([2, 20, 0.1]);
  });

  it('notices that nothing differs', () => {
    const same = pairedDifference([0.1, NaN, 0.3], [0.1, 5, 0.3]);
    expect(same).toMatchObject({ difference: 0, ci95: [0, 0], relative: 0, identical: true });
    expect(pairedDifference([0], [0])).toMatchObject({
      relative: null,
      identical: true,
      ci95: null,
    });
    expect(pairedDifference([NaN], [1])).toMatchObject({ difference: NaN, identical: false });
  });
});

describe('verdict', () => {
  const paired = (low: number, high: number, baseline = 100) => ({
    difference: (low + high) / 2,
    ci95: [low, high] as const,
    baseline,
    relative: null,
    identical: false,
  });
  const time = { direction: 'lower', margin: { relative: 0.01 } } as const;
  const index = { direction: 'higher', margin: { absolute: 0.005 } } as const;

  it.each([
    ['faster', time, paired(-12, -2), 'better'],
    ['slower', time, paired(0.5, 4), 'worse'],
    ['slower by less than 1 % of 100', time, paired(0.5, 1), 'equivalent'],
    ['the same margin on a smaller baseline', time, paired(0.5, 1, 50), 'worse'],
    ['a margin about a negative baseline', time, paired(-1, 1, -100), 'equivalent'],
    ['could be either', time, paired(-5, 2), 'unclear'],
    ['fairer', index, paired(0.001, 0.02), 'better'],
    ['less fair', index, paired(-0.02, -0.001), 'worse'],
    ['touching 0', index, paired(0, 0.02), 'unclear'],
    ['no judgement', { ...index, direction: 'none' }, paired(0.01, 0.02), 'different'],
    ['one pair', time, { ...paired(5, 5), ci95: null }, 'unclear'],
    ['one pair, identical', time, { ...paired(0, 0), ci95: null, identical: true }, 'equivalent'],
  ] as const)('%s', (_, metric, comparison, expected) => {
    expect(verdict(metric, comparison)).toBe(expected);
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
