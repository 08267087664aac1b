import { mean as meanOf, sampleStandardDeviation } from 'simple-statistics';
import type { Comparator } from '../src/scenario/scenario.ts';
import type { ExpectationResult } from './result.ts';
import { tHalfWidth } from './student-t.ts';

/** A mean over replications and its two-sided t interval; `ci95` is null below two values. */
export interface Interval {
  /** NaN without any value. */
  readonly mean: number;
  readonly ci95: readonly [number, number] | null;
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
