/**
 * How far `b` is from `a`, in the terms the metric's margin is written in: percent of `a` where the margin is
 * relative, percentage points for shares, the metric's own unit otherwise. Sentences, tables and the picture
 * of differences all take it from here, so they cannot disagree.
 */
import type { Comparison, Result } from '../sim/result.ts';
import { metricOf } from '../src/scenario/metrics.ts';
import { decimalsFor, formatFixed, unitLabels } from './format.ts';

/** A paired difference ready for printing. */
export interface Shift {
  readonly value: number;
  readonly ci95: readonly [number, number] | null;
  /** Short, for cells and axes: `%`, `pp`, `s` or empty. */
  readonly unit: string;
}

const words: Record<string, string> = { pp: 'percentage points' };

/** The difference of `comparison`; needs the result for the mean of `a`. */
export function shiftOf(result: Result, comparison: Comparison): Shift {
  const { relative, relativeCi95, difference, ci95 } = comparison;
  const metric = metricOf(comparison.metric);
  if (relativeCi95 !== null) return scaled(relative!, relativeCi95, 100, '%');
  const base = result.runs.find((r) => r.lbmethod === comparison.a)?.metrics[comparison.metric];
  const byPercent = metric !== undefined && 'relative' in metric.margin;
  if (byPercent && relative !== null && base !== undefined && base.mean > 0) {
    return scaled(difference, ci95, 100 / base.mean, '%');
  }
  if (metric?.unit === 'share') return scaled(difference, ci95, 100, 'pp');
  return scaled(difference, ci95, 1, unitLabels[metric?.unit ?? '1']);
}

function scaled(value: number, ci95: Shift['ci95'], factor: number, unit: string): Shift {
  const interval = ci95 && ([ci95[0] * factor, ci95[1] * factor] as const);
  return { value: value * factor, ci95: interval, unit };
}

/** `-54.8 %`, `+0.49 pp`, `-0.012`. */
export function formatShift(shift: Shift): string {
  return `${formatFixed(shift.value, decimals(shift), true)} ${shift.unit}`.trimEnd();
}

/** `-54.8 %, 95 % interval -57.1 to -52.5 %`, in words. */
export function describeShift(shift: Shift): string {
  const unit = words[shift.unit] ?? shift.unit;
  const number = (x: number) => formatFixed(x, decimals(shift), true);
  const value = `${number(shift.value)} ${unit}`.trimEnd();
  if (shift.ci95 === null) return `${value}, no interval`;
  const [low, high] = shift.ci95;
  return `${value}, 95 % interval ${number(low)} to ${number(high)} ${unit}`.trimEnd();
}

/** The margin below which two values count as equal: `1 %`, `0.1 percentage points`; undefined for unknown metrics. */
export function formatMargin(metricName: string): string | undefined {
  const metric = metricOf(metricName);
  if (metric === undefined) return undefined;
  const { margin, unit } = metric;
  if ('relative' in margin) return `${margin.relative * 100} %`;
  return unit === 'share' ? `${margin.absolute * 100} percentage points` : `${margin.absolute}`;
}

/** One decimal is enough for percentages above 1; smaller shifts show what they are made of. */
function decimals({ value, ci95, unit }: Shift): number {
  const largest = Math.max(Math.abs(value), ...(ci95 ?? []).map(Math.abs));
  if (unit !== '%' && unit !== 'pp') {
    const half = ci95 === null ? 0 : (ci95[1] - ci95[0]) / 2;
    return Math.max(decimalsFor(largest, 2), decimalsFor(half, 1));
  }
  if (largest >= 1 || largest === 0) return 1;
  return largest >= 0.1 ? 2 : 3;
}
