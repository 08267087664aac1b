import { describe, expect, it } from 'vitest';
import { holm, logRatios, pairedDifference, pairedP, verdict } from '../../sim/paired.ts';
import { streams } from '../../sim/streams.ts';

describe('pairedDifference', () => {
  it('compares replication by replication', () => {
    // Differences 1, 1, 2, 2: mean 1.5, sd 1/sqrt(3), t(0.975, 3) = 3.182446.
    const paired = pairedDifference([10, 20, 30, 40], [11, 21, 32, 42]);
    expect(paired.difference).toBe(1.5);
    expect(paired.ci95![0]).toBeCloseTo(1.5 - 3.182446 / Math.sqrt(12), 6);
    expect(paired.baseline).toBe(25);
    expect([paired.relative, paired.relativeCi95]).toEqual([0.06, null]);
    expect(paired.identical).toBe(false);
  });

  it('by ratios, the change is the mean of the logarithms and has an interval', () => {
    // Ratios 2, 2, 8: mean log2 5/3, sd 2/sqrt(3), half-width t(0.975, 2) x 2/3 = 4.302653 x 2/3.
    const paired = pairedDifference([1, 10, 100], [2, 20, 800], true);
    const half = (4.302652729696 * 2) / 3;
    const toChange = (log2: number) => Math.exp(log2 * Math.LN2) - 1;
    expect(paired.relative).toBeCloseTo(toChange(5 / 3), 12);
    expect(paired.relativeCi95![0]).toBeCloseTo(toChange(5 / 3 - half), 9);
    expect(paired.relativeCi95![1]).toBeCloseTo(toChange(5 / 3 + half), 6);
    expect(paired.difference).toBeCloseTo((1 + 10 + 700) / 3, 12);
  });

  it('by ratios says the same the other way round', () => {
    const [a, b] = [
      [3, 5, 9],
      [4, 5.5, 8],
    ];
    const there = pairedDifference(a, b, true);
    const back = pairedDifference(b, a, true);
    expect((1 + there.relative!) * (1 + back.relative!)).toBeCloseTo(1, 12);
    expect(there.p).toBeCloseTo(back.p!, 12);
  });

  it('falls back on differences where a value is zero or negative', () => {
    for (const b of [
      [0, 3],
      [-1, 4],
    ]) {
      const paired = pairedDifference([1, 1], b, true);
      expect([paired.relative, paired.relativeCi95]).toEqual([0.5, null]);
    }
  });

  it('uses only replications in which both have data', () => {
    const paired = pairedDifference([10, NaN, 30, 100], [11, 21, 33, NaN]);
    expect([paired.difference, paired.baseline, paired.relative]).toEqual([2, 20, 0.1]);
    expect(logRatios([10, NaN, 30, 100], [10, 21, 30, NaN])).toEqual(
      Float64Array.from([0, NaN, 0, NaN]),
    );
    expect(logRatios([NaN], [1])).toBeNull();
  });

  it('notices that nothing differs', () => {
    const same = pairedDifference([0.1, NaN, 0.3], [0.1, 5, 0.3], true);
    const zero = { difference: 0, ci95: [0, 0], relative: 0, relativeCi95: [0, 0] };
    expect(same).toMatchObject({ ...zero, p: 1, identical: true });
    const none = { relative: null, identical: true, ci95: null, p: null };
    expect(pairedDifference([0], [0])).toMatchObject(none);
    expect(pairedDifference([NaN], [1])).toMatchObject({ difference: NaN, identical: false });
  });
});

describe('pairedP', () => {
  it('is the p value of a worked example', () => {
    // Mean 3, sd sqrt(2.5): t = 3 sqrt(5) / sqrt(2.5) = 4.242641; P(|T| > t) with 4 df = 0.0132352.
    expect(pairedP([1, 2, 3, 4, NaN, 5])).toBeCloseTo(0.0132352, 6);
  });

  it('is certain of differences that never vary, and of none', () => {
    expect([pairedP([2, 2, 2]), pairedP([0, 0]), pairedP([1, -1]), pairedP([7])]).toEqual([
      0,
      1,
      1,
      null,
    ]);
  });

  it('is 5 % or less as often as that, where nothing differs', () => {
    const uniform = streams('p', 0)('x');
    let alarms = 0;
    for (let trial = 0; trial < 4000; trial++) {
      const differences = Array.from({ length: 10 }, () => uniform() + uniform() - 1);
      if (pairedP(differences)! <= 0.05) alarms++;
    }
    // 200 expected, sd 13.8; a fresh seed would leave 200 +- 62 once in 100 000.
    expect(Math.abs(alarms - 200)).toBeLessThan(62);
  });
});

describe('holm', () => {
  it('is the adjustment of a worked example', () => {
    // Sorted 0.01, 0.02, 0.03, 0.04 times 4, 3, 2, 1, never falling.
    const adjusted = holm([0.04, 0.01, 0.03, 0.02]) as number[];
    [0.06, 0.04, 0.06, 0.06].forEach((p, i) => {
      expect(adjusted[i]).toBeCloseTo(p, 12);
    });
  });

  it('leaves a single test alone, counts no pair without one, and stops at 1', () => {
    expect(holm([0.03])).toEqual([0.03]);
    expect(holm([null, 0.02, null, 0.5])).toEqual([null, 0.04, null, 0.5]);
    expect(holm([0.6, 0.9])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});

describe('verdict', () => {
  const paired = (low: number, high: number, baseline = 100) => ({
    difference: (low + high) / 2,
    ci95: [low, high] as const,
    baseline,
    relative: null,
    relativeCi95: null,
    p: null,
    identical: false,
  });
  const ratio = (low: number, high: number) => ({
    ...paired(low, high),
    relative: (low + high) / 2,
    relativeCi95: [low, high] as const,
  });
  const time = { direction: 'lower', margin: { relative: 0.01 } } as const;
  const index = { direction: 'higher', margin: { absolute: 0.005 } } as const;

  it.each([
    ['faster', time, paired(-12, -2), 0.01, 'better'],
    ['slower', time, paired(0.5, 4), 0.04, 'worse'],
    ['slower by less than 1 % of 100', time, paired(0.5, 1), 0.01, 'equivalent'],
    ['the same margin on a smaller baseline', time, paired(0.5, 1, 50), 0.01, 'worse'],
    ['a margin about a negative baseline', time, paired(-1, 1, -100), 0.9, 'equivalent'],
    ['could be either', time, paired(-5, 2), 0.3, 'unclear'],
    ['slower by ratios', time, ratio(0.005, 0.04), 0.04, 'worse'],
    ['faster by ratios', time, ratio(-0.04, -0.005), 0.04, 'better'],
    ['slower by ratios of less than 1 %', time, ratio(0.005, 0.01), 0.01, 'equivalent'],
    ['surely slower, but perhaps by less than 1 %', time, ratio(0.002, 0.016), 0.01, 'unclear'],
    ['not slower among so many pairs', time, ratio(0.005, 0.04), 0.06, 'unclear'],
    ['fairer', index, paired(0.001, 0.02), 0.05, 'better'],
    ['less fair', index, paired(-0.02, -0.001), 0.05, 'worse'],
    ['no judgement', { ...index, direction: 'none' }, paired(0.01, 0.02), 0.01, 'different'],
    ['one pair', time, { ...paired(5, 5), ci95: null }, null, 'unclear'],
    ['identical', time, { ...paired(0, 0), ci95: null, identical: true }, null, 'equivalent'],
  ] as const)('%s', (_, metric, comparison, pHolm, expected) => {
    expect(verdict(metric, comparison, pHolm)).toBe(expected);
  });
});
