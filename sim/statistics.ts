import { mean as meanOf, sampleStandardDeviation } from 'simple-statistics';
import type { Direction, Metric } from '../src/scenario/metrics.ts';
import type { Comparator } from '../src/scenario/scenario.ts';
import type { ExpectationResult, Verdict } from './result.ts';
import { tHalfWidth } from './student-t.ts';

/** A mean over replications and its two-sided t interval; `ci95` is null below two values. */
export interface Interval {
  /** NaN without any value. */
  readonly mean: number;
  readonly ci95: readonly [number, number] | null;
}

/** `b` against `a` over the replications in which both have a value. */
export interface PairedDifference {
  /** Mean of b - a; NaN without any pair. */
  readonly difference: number;
  readonly ci95: readonly [number, number] | null;
  /** Mean of `a` over the same replications. */
  readonly baseline: number;
  /** difference / baseline; null where that has no meaning. */
  readonly relative: number | null;
  /** There are pairs, and in every one `b` equals `a` to the last bit. */
  readonly identical: boolean;
}

/**
 * Student's t interval over independent replications. NaN marks a replication without data and is left out.
 * Values are summed as distances from the first, so that equal ones give exactly themselves and width 0.
 */
export function meanInterval(values: ArrayLike<number>, level = 0.95): Interval {
  const known = Array.from(values).filter((value) => !Number.isNaN(value));
  if (known.length === 0) return { mean: Number.NaN, ci95: null };
  const distances = known.map((value) => value - known[0]);
  const mean = known[0] + meanOf(distances);
  if (known.length === 1) return { mean, ci95: null };
  const error = sampleStandardDeviation(distances) / Math.sqrt(known.length);
  const half = tHalfWidth(level, known.length - 1) * error;
  return { mean, ci95: [mean - half, mean + half] };
}

/** Paired comparison on common random numbers: entry r of both is replication r. */
export function pairedDifference(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  level = 0.95,
): PairedDifference {
  const differences = Array.from(a, (value, r) => b[r] - value);
  const paired = Array.from(a, (value, r) => (Number.isNaN(differences[r]) ? Number.NaN : value));
  const { mean: difference, ci95 } = meanInterval(differences, level);
  const baseline = meanInterval(paired).mean;
  const relative = difference / Math.abs(baseline);
  return {
    difference,
    ci95,
    baseline,
    relative: Number.isFinite(relative) ? relative : null,
    identical:
      !Number.isNaN(difference) && differences.every((value) => value === 0 || Number.isNaN(value)),
  };
}

/**
 * What a comparison says. Equivalent: nothing differs, or the interval lies inside the metric's margin.
 * Otherwise a direction, if the interval leaves 0 out; else, as with a single pair, unclear.
 */
export function verdict(
  metric: Pick<Metric, 'direction' | 'margin'>,
  paired: PairedDifference,
): Verdict {
  if (paired.identical) return 'equivalent';
  if (paired.ci95 === null) return 'unclear';
  const [low, high] = paired.ci95;
  const margin =
    'absolute' in metric.margin
      ? metric.margin.absolute
      : metric.margin.relative * Math.abs(paired.baseline);
  if (low >= -margin && high <= margin) return 'equivalent';
  if (low > 0) return ofSign[metric.direction][1];
  if (high < 0) return ofSign[metric.direction][0];
  return 'unclear';
}

/** The verdict on a decrease and on an increase. */
const ofSign: Record<Direction, readonly [Verdict, Verdict]> = {
  lower: ['better', 'worse'],
  higher: ['worse', 'better'],
  none: ['different', 'different'],
};

const holds: Record<Comparator, (value: number, bound: number) => boolean> = {
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
  '==': (value, bound) => value === bound,
};

/**
 * Whether an `expect` line holds: met when it does for the whole interval, missed when it does for none of it.
 * Without an interval the mean decides. `bound` is in the unit of the interval.
 */
export function expectation(
  comparator: Comparator,
  bound: number,
  { mean, ci95 }: Interval,
): ExpectationResult['verdict'] {
  if (Number.isNaN(mean)) return 'no data';
  const [low, high] = ci95 ?? [mean, mean];
  const atLow = holds[comparator](low, bound);
  const atHigh = holds[comparator](high, bound);
  if (atLow && atHigh) return 'met';
  const inside = comparator === '==' && low <= bound && bound <= high;
  return atLow || atHigh || inside ? 'unclear' : 'missed';
}
