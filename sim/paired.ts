/**
 * Two arms compared on common random numbers: entry r of both is replication r, which had the same traffic, so the
 * difference within a replication varies far less than either value. What a metric cannot have below zero and
 * judges by percent is compared by ratios, on the log scale; anything else by differences.
 */
import type { Direction, Metric } from '../src/scenario/metrics.ts';
import type { Verdict } from './result.ts';
import { meanInterval } from './statistics.ts';
import { tCentral } from './student-t.ts';

/** How often a metric's pairs may be called better or worse, any of them, where nothing differs. */
export const ALPHA = 0.05;

/** `b` against `a` over the replications in which both have a value. */
export interface PairedDifference {
  /** Mean of b - a; NaN without any pair. */
  readonly difference: number;
  readonly ci95: readonly [number, number] | null;
  /** Mean of `a` over the same replications. */
  readonly baseline: number;
  /** By ratios exp(mean of ln(b / a)) - 1, else difference / |baseline|; null where that has no meaning. */
  readonly relative: number | null;
  /** Of `relative` by ratios; null otherwise. */
  readonly relativeCi95: readonly [number, number] | null;
  /** Two-sided p value of the paired t test that nothing differs, on the scale of comparison; null below two pairs. */
  readonly p: number | null;
  /** There are pairs, and in every one `b` equals `a` to the last bit. */
  readonly identical: boolean;
}

/** Compares `b` with `a`; by ratios when `byRatio` and every pair is above zero. */
export function pairedDifference(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  byRatio = false,
): PairedDifference {
  const differences = Array.from(a, (value, r) => b[r] - value);
  const paired = Array.from(a, (value, r) => (Number.isNaN(differences[r]) ? Number.NaN : value));
  const { mean: difference, ci95 } = meanInterval(differences);
  const baseline = meanInterval(paired).mean;
  const ratios = byRatio ? logRatios(a, b) : null;
  const relative = ratios === null ? difference / Math.abs(baseline) : change(ratios);
  return {
    difference,
    ci95,
    baseline,
    relative: Number.isFinite(relative) ? relative : null,
    relativeCi95: ratios && intervalOfChange(ratios),
    p: pairedP(ratios ?? differences),
    identical:
      !Number.isNaN(difference) && differences.every((value) => value === 0 || Number.isNaN(value)),
  };
}

/**
 * ln(b / a) of each pair, NaN where one of the two has no value; null when there is no pair, or one with a value of
 * zero or less, whose ratio says nothing.
 */
export function logRatios(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array | null {
  const ratios = Float64Array.from(a, (value, r) => Math.log(b[r]) - Math.log(value));
  const usable = ratios.every((_, r) => !(a[r] <= 0 || b[r] <= 0));
  return usable && ratios.some((ratio) => !Number.isNaN(ratio)) ? ratios : null;
}

const change = (ratios: Float64Array) => Math.expm1(meanInterval(ratios).mean);

function intervalOfChange(ratios: Float64Array): readonly [number, number] | null {
  const { ci95 } = meanInterval(ratios);
  return ci95 && [Math.expm1(ci95[0]), Math.expm1(ci95[1])];
}

/** Two-sided p value of Student's t test that the mean is 0; NaN is left out; null below two values. */
export function pairedP(differences: ArrayLike<number>): number | null {
  const known = Array.from(differences).filter((value) => !Number.isNaN(value));
  const df = known.length - 1;
  if (df < 1) return null;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const squares = known.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  if (mean === 0) return 1;
  if (known.every((value) => value === known[0])) return 0;
  return 1 - tCentral(Math.abs(mean) / Math.sqrt(squares / df / known.length), df);
}

/**
 * Holm's step-down adjustment for testing all of `ps` together: adjusted ones can be held to the level of a single
 * test, and any false alarm among them all stays as rare. null (no test) stays null and is not counted.
 * Source: Holm (1979), "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6.
 */
export function holm(ps: readonly (number | null)[]): (number | null)[] {
  const tested = ps.flatMap((p, index) => (p === null ? [] : [{ p, index }]));
  const adjusted: (number | null)[] = ps.map(() => null);
  let largest = 0;
  tested.sort((x, y) => x.p - y.p);
  tested.forEach(({ p, index }, rank) => {
    largest = Math.max(largest, Math.min(1, p * (tested.length - rank)));
    adjusted[index] = largest;
  });
  return adjusted;
}

/** Whether pairs of this metric are compared by ratios: those whose margin is a percentage. */
export function isByRatio({ margin }: Pick<Metric, 'margin'>): boolean {
  return 'relative' in margin;
}

/**
 * What a comparison says. Equivalent: nothing differs, or the interval lies inside the metric's margin. Otherwise a
 * direction, if the p value `pHolm` (adjusted for the other pairs) allows it and the change itself is beyond the margin:
 * one that is sure but too small to matter is no verdict. Else, as with a single pair, unclear.
 */
export function verdict(
  metric: Pick<Metric, 'direction' | 'margin'>,
  paired: PairedDifference,
  pHolm: number | null,
): Verdict {
  if (paired.identical) return 'equivalent';
  if (pHolm === null) return 'unclear';
  const { ci95, relativeCi95, baseline } = paired;
  const most = largestEquivalent(metric, relativeCi95 === null ? Math.abs(baseline) : 1);
  const [low, high] = relativeCi95 ?? ci95!;
  if (low >= -most && high <= most) return 'equivalent';
  const change = relativeCi95 === null ? paired.difference : paired.relative!;
  if (pHolm > ALPHA || Math.abs(change) <= most) return 'unclear';
  return ofSign[metric.direction][change > 0 ? 1 : 0];
}

/** The margin in the unit of the change: a ratio of which `scale` is the whole, or the metric's own. */
function largestEquivalent({ margin }: Pick<Metric, 'margin'>, scale: number): number {
  return 'absolute' in margin ? margin.absolute : margin.relative * scale;
}

/** The verdict on a decrease and on an increase. */
const ofSign: Record<Direction, readonly [Verdict, Verdict]> = {
  lower: ['better', 'worse'],
  higher: ['worse', 'better'],
  none: ['different', 'different'],
};
