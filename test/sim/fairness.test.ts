import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excess, jain, shareError, skew } from '../../sim/fairness.ts';
import { SlidingShare } from '../../sim/sliding-share.ts';
import { Smoothness } from '../../sim/smoothness.ts';
import { streams } from '../../sim/streams.ts';

const SEED = 20261120;

describe('counts against targets', () => {
  it('on target', () => {
    const [counts, targets] = [
      [60, 30, 10],
      [0.6, 0.3, 0.1],
    ];
    expect(jain(counts, targets)).toBeCloseTo(1, 15);
    expect(shareError(counts, targets)).toBeCloseTo(0, 15);
    expect(skew(counts, targets)).toBeCloseTo(0, 15);
    expect(excess(counts, targets)).toBeCloseTo(-0.02, 15);
  });

  it('all on one of four', () => {
    const [counts, targets] = [
      [8, 0, 0, 0],
      [0.25, 0.25, 0.25, 0.25],
    ];
    expect(jain(counts, targets)).toBe(0.25);
    expect(shareError(counts, targets)).toBe(0.75);
    expect(skew(counts, targets)).toBe(3); // chi^2 24 over 8
    expect(excess(counts, targets)).toBe(3 - 3 / 8);
  });

  it('a worked chi-square', () => {
    // Expected 50, 30, 20: 25/50 + 25/30 + 100/20 = 6.3333.
    const [counts, targets] = [
      [45, 25, 30],
      [0.5, 0.3, 0.2],
    ];
    expect(skew(counts, targets)).toBeCloseTo(0.0633333, 7);
    expect(excess(counts, targets)).toBeCloseTo(0.0433333, 7);
    expect(shareError(counts, targets)).toBeCloseTo(0.1, 15);
  });

  it('a standby without a target counts in the share error alone', () => {
    const [counts, targets] = [
      [45, 45, 10],
      [0.5, 0.5, 0],
    ];
    expect(jain(counts, targets)).toBe(1);
    expect(shareError(counts, targets)).toBeCloseTo(0.1, 15);
    expect(skew(counts, targets)).toBeCloseTo(0.01, 15);
    expect(excess(counts, targets)).toBeCloseTo(0, 15);
  });

  it.each([jain, excess, shareError, skew])('without data %o is NaN', (metric) => {
    expect(metric([0, 0], [0.5, 0.5])).toBeNaN();
  });

  it('random picks have mean skew (n - 1) / m and no excess', () => {
    const uniform = streams('noise floor', 0)('picks');
    const targets = new Array(10).fill(0.1);
    let sum = 0;
    for (let trial = 0; trial < 2000; trial++) {
      const counts = new Float64Array(10);
      for (let i = 0; i < 1000; i++) counts[Math.floor(uniform() * 10)]++;
      sum += skew(counts, targets);
      expect(excess(counts, targets)).toBeCloseTo(skew(counts, targets) - 0.009, 15);
    }
    // sd of a mean 0.0042 / sqrt(2000) = 0.000095; 4.4 of them: one fresh seed in 100 000.
    expect(Math.abs(sum / 2000 - 0.009)).toBeLessThan(0.00042);
  });
});

/** Weights of up to 6 workers, some 0, and picks among them. */
const sequences = fc
  .array(fc.nat(5), { minLength: 1, maxLength: 6 })
  .filter((weights) => weights.some((weight) => weight > 0))
  .chain((weights) =>
    fc.record({
      targets: fc.constant(weights.map((w) => w / weights.reduce((a, b) => a + b))),
      picks: fc.array(fc.nat(weights.length - 1), { maxLength: 60 }),
    }),
  );

const countOf = (picks: readonly number[], worker: number) =>
  picks.filter((pick) => pick === worker).length;

describe('smoothness', () => {
  it('is the prefix discrepancy', () => {
    fc.assert(
      fc.property(sequences, ({ targets, picks }) => {
        const meter = new Smoothness(targets);
        let naive = 0;
        for (let t = 0; t <= picks.length; t++) {
          if (t > 0) meter.pick(picks[t - 1]);
          targets.forEach((target, worker) => {
            naive = Math.max(naive, Math.abs(countOf(picks.slice(0, t), worker) - t * target));
          });
          expect(meter.worst()).toBeCloseTo(naive, 12);
        }
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  const swrr = (weights: number[], count: number) => {
    const total = weights.reduce((a, b) => a + b);
    const debts = weights.map(() => 0);
    return Array.from({ length: count }, () => {
      weights.forEach((weight, i) => {
        debts[i] += weight;
      });
      const best = debts.indexOf(Math.max(...debts));
      debts[best] -= total;
      return best;
    });
  };
  const burst = (weights: number[], count: number) => {
    const period = weights.flatMap((weight, i) => new Array<number>(weight).fill(i));
    return Array.from({ length: count }, (_, i) => period[i % period.length]);
  };

  it.each([
    [[5, 1, 1], 0.5714, 1.4286],
    [[3, 2, 1], 0.5, 1.5],
    [[10, 5, 3, 2], 0.5, 5],
    [[7, 5, 3, 1], 0.6875, 3.9375],
    [[100, 1, 1], 0.6667, 1.9608],
    [[13, 9, 4, 3, 1], 0.6667, 7.3667],
  ])('of smooth weighted round robin and of bursts, weights %j', (weights, smooth, bursty) => {
    const total = weights.reduce((a, b) => a + b);
    const measure = (picks: number[]) => {
      const meter = new Smoothness(weights.map((weight) => weight / total));
      for (const pick of picks) meter.pick(pick);
      return meter.worst();
    };
    expect(measure(swrr(weights, 4 * total))).toBeCloseTo(smooth, 4);
    expect(measure(burst(weights, 4 * total))).toBeCloseTo(bursty, 4);
  });
});

describe('slidingShare', () => {
  it('is the worst share error over all full windows, and knows the current one', () => {
    fc.assert(
      fc.property(sequences, fc.integer({ min: 1, max: 12 }), ({ targets, picks }, window) => {
        const meter = new SlidingShare(targets, window);
        let worst = NaN;
        for (let t = 1; t <= picks.length; t++) {
          meter.pick(picks[t - 1]);
          if (t < window) {
            expect(meter.withinNow(1)).toBe(false);
          } else {
            const last = picks.slice(t - window, t);
            const now = Math.max(
              ...targets.map((target, worker) => Math.abs(countOf(last, worker) / window - target)),
            );
            worst = Number.isNaN(worst) ? now : Math.max(worst, now);
            expect(meter.withinNow(now)).toBe(true);
            expect(meter.withinNow(now - 1e-9)).toBe(false);
          }
          expect(meter.worst()).toBe(worst);
        }
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});
