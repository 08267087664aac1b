/** The gates that need statistics: what a scenario's own lines and its reference's margins ask of the means. */
import { type MetricName, metricOf, type Unit, workerMetrics } from '../../src/scenario/metrics.ts';
import type { Comparator, Expectation } from '../../src/scenario/scenario.ts';
import { type Arm, valuesOf } from '../experiment.ts';
import type { MetricValue } from '../result.ts';
import { meanInterval } from '../statistics.ts';
import { type Evidence, evidence } from './evidence.ts';
import { defaultMargins, type Margin, type Margins } from './margins.ts';
import type { Reference } from './reference.ts';
import type { Change, GateResult } from './result.ts';

/** One line to hold, weighed anew at each look. */
export interface Gate {
  readonly kind: 'expect' | 'baseline';
  readonly text: string;
  readonly line: number;
  readonly metric: string;
  weigh(arm: Arm): Weighed;
}

export interface Weighed extends Pick<GateResult, 'value' | 'reference' | 'change'> {
  /** null: there are no data to weigh. */
  readonly evidence: Evidence | null;
  /** Equal to the reference in every replication. */
  readonly identical: boolean;
}

/** More replications than this share without a value, where the reference has one, and the metric has no data. */
const MISSING_MAX = 0.5;

export function expectGate({ text, line, metric, comparator, bound }: Expectation): Gate {
  const name = typeof metric === 'string' ? metric : metric.field;
  const unit = typeof metric === 'string' ? unitOf(metric) : workerMetrics[metric.field];
  return {
    ...{ kind: 'expect', text, line, metric: name },
    weigh: (arm) => {
      const values = valuesOf(arm, metric);
      const value = meanOf(values, unit);
      const found = value === null ? null : evidence(values, comparator, bound);
      return { value, reference: null, change: null, evidence: found, identical: false };
    },
  };
}

/** A gate for each margin; by default for each metric of which the reference has data. */
export function baselineGates(reference: Reference, line: number): Gate[] {
  const margins = reference.margins ?? marginsFor((metric) => reference.values(metric));
  return Object.entries(margins).map(([metric, margin]) =>
    baselineGate(metric as MetricName, margin, reference, line),
  );
}

/** The default margins of the metrics with data; a ratio needs values above 0. */
export function marginsFor(values: (metric: MetricName) => ArrayLike<number> | undefined): Margins {
  const kept = Object.entries(defaultMargins).filter(([metric, { margin }]) => {
    const known = Array.from(values(metric as MetricName) ?? []).filter((x) => !Number.isNaN(x));
    return known.length > 0 && ('absolute' in margin || known.every((x) => x > 0));
  });
  return Object.fromEntries(kept.map(([metric, { margin }]) => [metric, margin]));
}

function baselineGate(
  metric: MetricName,
  margin: Margin,
  reference: Reference,
  line: number,
): Gate {
  const unit = unitOf(metric);
  const isMore = metricOf(metric)?.direction !== 'higher';
  const comparator: Comparator = isMore ? '<=' : '>=';
  const sign = isMore ? 1 : -1;
  return {
    ...{ kind: 'baseline', text: marginText(margin, unit, isMore), line, metric },
    weigh: (arm) => {
      const now = valuesOf(arm, metric);
      const before = (reference.values(metric) ?? new Float64Array()).slice(0, now.length);
      const shown = { value: meanOf(now, unit), reference: meanOf(before, unit) };
      if (!hasPairs(before, now)) {
        return { ...shown, change: null, evidence: null, identical: false };
      }
      const moved = 'relative' in margin ? ratios(before, now) : differences(before, now);
      const allowed = sign * amountOf(margin);
      const bound = 'relative' in margin && moved.isLog ? Math.log(1 + allowed) : allowed;
      return {
        ...shown,
        change: changeOf(moved, margin, allowed, unit),
        evidence: evidence(moved.values, comparator, bound),
        identical: moved.values.every((x) => x === 0 || Number.isNaN(x)),
      };
    },
  };
}

interface Moved {
  readonly values: Float64Array;
  readonly isLog: boolean;
}

/** ln(new / old) where both are above 0 throughout; else the difference as a part of the old mean. */
function ratios(before: Float64Array, now: Float64Array): Moved {
  const positive = [...before, ...now].every((x) => Number.isNaN(x) || x > 0);
  if (positive) return { values: before.map((x, r) => Math.log(now[r]! / x)), isLog: true };
  const scale = Math.abs(meanInterval(before).mean) || 1;
  return { values: before.map((x, r) => (now[r]! - x) / scale), isLog: false };
}

function differences(before: Float64Array, now: Float64Array): Moved {
  return { values: before.map((x, r) => now[r]! - x), isLog: false };
}

function hasPairs(before: Float64Array, now: Float64Array): boolean {
  const had = [...before.keys()].filter((r) => !Number.isNaN(before[r]));
  const lost = had.filter((r) => Number.isNaN(now[r]));
  return had.length > 0 && lost.length <= MISSING_MAX * had.length;
}

function changeOf({ values, isLog }: Moved, margin: Margin, allowed: number, unit: Unit): Change {
  const { mean, ci95 } = meanInterval(values);
  const plain = (x: number) => (isLog ? Math.exp(x) - 1 : x);
  const kind = 'relative' in margin ? 'relative' : 'absolute';
  const interval = ci95 === null ? null : ([plain(ci95[0]), plain(ci95[1])] as const);
  return { kind, mean: plain(mean), ci95: interval, margin: allowed, unit };
}

function marginText(margin: Margin, unit: Unit, isMore: boolean): string {
  const suffix: Record<Unit, string> = { ms: ' ms', s: ' s', '1/s': '/s', share: ' pp', '1': '' };
  const scale = 'relative' in margin || unit === 'share' ? 100 : 1;
  const amount = Number((amountOf(margin) * scale).toPrecision(6));
  const shown = 'relative' in margin ? `${amount} %` : `${amount}${suffix[unit]}`;
  return `at most ${shown} ${isMore ? 'more' : 'less'}`;
}

function amountOf(margin: Margin): number {
  return 'relative' in margin ? margin.relative : margin.absolute;
}

function meanOf(values: Float64Array, unit: Unit): MetricValue | null {
  const interval = meanInterval(values);
  return Number.isNaN(interval.mean) ? null : { ...interval, unit };
}

function unitOf(metric: MetricName): Unit {
  return metricOf(metric)?.unit ?? '1';
}
