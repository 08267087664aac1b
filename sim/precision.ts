/**
 * Sequential stopping: replications are added until the interval of a metric is narrow enough in every arm. Looked at on
 * the first R replications in the order of their indices, whatever is finished by then, and from R = 10 on: an
 * interval that stopped earlier would be too narrow too often. Sources: Chow & Robbins (1965); Law & Kelton,
 * Simulation Modeling and Analysis, section 9.4.
 */
import type { PrecisionSpec } from '../src/scenario/scenario.ts';
import { type Experiment, valuesOf } from './experiment.ts';
import { meanInterval } from './statistics.ts';
import { tCentral } from './student-t.ts';

/** The first look. */
export const PRECISION_FIRST = 10;

/** How precise the metric is after so many replications: the widest of all arms. */
export interface PrecisionLook extends PrecisionSpec {
  readonly replications: number;
  /** Half of the 95 % interval over the mean; null when an arm has no interval. */
  readonly halfWidth: number | null;
  readonly reached: boolean;
  /** Replications that the looks so far let expect, `max` at most. */
  readonly expected: number;
}

/**
 * Extends `running` until the precision is reached, in all arms at once, or there are `max` replications. An arm
 * without a single value after the first ten (nobody succeeded, nothing crashed) is not waited for.
 */
export async function extendUntilPrecise(
  running: Experiment,
  precision: PrecisionSpec,
  onLook?: (look: PrecisionLook) => void,
): Promise<PrecisionLook> {
  const { metric, relative, max } = precision;
  await running.extend(PRECISION_FIRST, PRECISION_FIRST);
  for (;;) {
    const count = running.arms[0].length;
    const arms = running.arms
      .map((arm) => valuesOf(arm, metric))
      .filter((values) =>
        values.subarray(0, PRECISION_FIRST).some((value) => !Number.isNaN(value)),
      );
    const first = arms.length === 0 ? null : firstPrecise(arms, relative);
    const replications = first ?? count;
    const seen = arms.map((values) => values.subarray(0, replications));
    const look = lookAt(seen, precision, replications, first !== null);
    onLook?.(look);
    if (look.reached || count >= max || arms.length === 0) return look;
    // Half of the way: an estimate from few replications may be far too high.
    const next = count + Math.max(2, Math.ceil((look.expected - count) / 2));
    await running.extend(Math.min(max, next), look.expected);
  }
}

function lookAt(
  arms: readonly Float64Array[],
  precision: PrecisionSpec,
  replications: number,
  reached: boolean,
): PrecisionLook {
  const halves = arms.map(relativeHalfWidth);
  const known = halves.length > 0 && halves.every(Number.isFinite);
  const halfWidth = known ? Math.max(...(halves as number[])) : null;
  const ratio = (halfWidth ?? 0) / (precision.relative / (1 + precision.relative));
  const more = Math.max(replications + 1, Math.ceil(replications * ratio * ratio));
  const expected = reached ? replications : Math.min(precision.max, more);
  return { ...precision, replications, halfWidth, reached, expected };
}

/** Half of the 95 % interval over |mean|; null without an interval, 0 when nothing varies. */
function relativeHalfWidth(values: ArrayLike<number>): number | null {
  const { mean, ci95 } = meanInterval(values);
  if (ci95 === null) return null;
  const half = (ci95[1] - ci95[0]) / 2;
  return half === 0 ? 0 : half / Math.abs(mean);
}

/**
 * The smallest R, at least 10, such that in every arm half of the 95 % interval over the first R values is at most
 * relative / (1 + relative) of their mean; null when there is none. That share of the estimate is at most `relative`
 * of the true mean whenever the interval covers it. NaN is left out, but there must be ten others.
 */
export function firstPrecise(arms: readonly ArrayLike<number>[], relative: number): number | null {
  const precise = arms.map((values) => preciseAt(values, relative / (1 + relative)));
  const length = Math.min(...arms.map((values) => values.length));
  for (let count = PRECISION_FIRST; count <= length; count++) {
    if (precise.every((at) => at[count] === 1)) return count;
  }
  return null;
}

/** By number of values: 1 where their interval is narrow enough. Running sums of distances from the first value. */
function preciseAt(values: ArrayLike<number>, share: number): Uint8Array {
  const precise = new Uint8Array(values.length + 1);
  let origin = Number.NaN;
  let known = 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i])) {
      if (known === 0) origin = values[i];
      const distance = values[i] - origin;
      known++;
      sum += distance;
      squares += distance * distance;
    }
    if (known < PRECISION_FIRST) continue;
    const variance = Math.max(0, squares - (sum * sum) / known) / (known - 1);
    const wanted = share * Math.abs(origin + sum / known);
    if (isNarrow(Math.sqrt(variance / known), wanted, known - 1)) precise[i + 1] = 1;
  }
  return precise;
}

/** Whether t x `error` is at most `wanted`, without finding t. */
function isNarrow(error: number, wanted: number, df: number): boolean {
  return error === 0 || tCentral(wanted / error, df) >= 0.95;
}
