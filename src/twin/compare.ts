/** One live run beside many simulated ones: does it lie where one more of them would? */
import { sampleStandardDeviation } from 'simple-statistics';
import type { Replication } from '../../sim/replication.ts';
import { meanInterval } from '../../sim/statistics.ts';
import { tHalfWidth } from '../../sim/student-t.ts';
import { metricNames, metricOf, type Unit } from '../scenario/metrics.ts';
import type { Standing, TwinRow } from './result.ts';

/** All judged metrics together are wrong by chance in at most this share of runs, if replications are normal (Bonferroni). */
const FALSE_ALARMS = 0.01;

/** What the live run is held to: what both arms count or measure alike. The others are shown. */
const JUDGED: ReadonlySet<string> = new Set([
  'sojourn.mean',
  'sojourn.p50',
  'sojourn.p90',
  'sojourn.p95',
  'sojourn.p99',
  'throughput',
  'errors.rate',
  'attempts.mean',
  'sessions.broken',
  'sessions.moved',
  'failover.detect',
  'utilization',
]);

/** Not measured in the live arm. */
const UNSEEN: ReadonlySet<string> = new Set(['fairness.window', 'failover.recover']);

export interface Compared {
  /** With the live run's own requests. */
  readonly same: Replication;
  /** With others, independent of it. */
  readonly others: readonly Replication[];
  readonly live: Replication;
  readonly workers: readonly string[];
  /** ms that the path itself may take: a time is inside if it would be without them. */
  readonly allowanceMs: number;
  /** Whether times are judged at all. */
  readonly judgesTimes: boolean;
}

interface Measured {
  readonly metric: string;
  readonly unit: Unit;
  readonly judged: boolean;
  of(replication: Replication): number;
}

export function rowsOf(compared: Compared): TwinRow[] {
  const { judgesTimes, others, live } = compared;
  const measured = measuredBy(compared.workers)
    .filter((one) => !Number.isNaN(one.of(live)))
    .filter((one) => others.some((other) => !Number.isNaN(one.of(other))))
    .map((one) => ({ ...one, judged: one.judged && (judgesTimes || !isTime(one.unit)) }));
  const judged = measured.filter((one) => one.judged).length;
  return measured.map((one) => rowOf(one, compared, 1 - FALSE_ALARMS / judged));
}

function measuredBy(workers: readonly string[]): Measured[] {
  return [
    ...metricNames.map((name, i) => ({
      metric: name,
      unit: metricOf(name)!.unit,
      judged: JUDGED.has(name),
      of: ({ metrics }: Replication) => (UNSEEN.has(name) ? Number.NaN : metrics[i]!),
    })),
    ...workers.map((name, worker) => ({
      metric: `workers.${name}.share`,
      unit: 'share' as const,
      judged: true,
      of: (replication: Replication) => replication.workers.share[worker]!,
    })),
  ];
}

function rowOf({ metric, unit, judged, of }: Measured, compared: Compared, level: number): TwinRow {
  const values = compared.others.map(of).filter((value) => !Number.isNaN(value));
  const live = of(compared.live);
  const same = of(compared.same);
  const error = Number.isNaN(same) ? null : live - same;
  const allowance = isTime(unit) ? compared.allowanceMs / (unit === 's' ? 1000 : 1) : 0;
  const predicted95 = possible(predicted(values, 0.95), unit);
  const widest = possible(predicted(values, level), unit);
  let standing: Standing = 'unjudged';
  if (judged && predicted95 !== null && widest !== null) {
    if (isInside(live, predicted95, allowance)) standing = 'inside';
    else standing = isInside(live, widest, allowance) ? 'edge' : 'outside';
  }
  return {
    metric,
    unit,
    simulated: { ...meanInterval(values), unit },
    sameRequests: Number.isNaN(same) ? null : same,
    live,
    error,
    relative: error === null || same === 0 ? null : error / same,
    predicted95,
    standing,
  };
}

/** Times, rates and shares are never below 0; other numbers may be. */
function possible(range: readonly [number, number] | null, unit: Unit) {
  if (range === null || unit === '1') return range;
  return [Math.max(0, range[0]), range[1]] as const;
}

function isTime(unit: Unit): boolean {
  return unit === 'ms' || unit === 's';
}

/** Where one more value lies with probability `level`: mean ± t s sqrt(1 + 1/R). null below two values. */
export function predicted(
  values: readonly number[],
  level: number,
): readonly [number, number] | null {
  if (values.length < 2) return null;
  const { mean } = meanInterval(values);
  const spread = sampleStandardDeviation(values as number[]) * Math.sqrt(1 + 1 / values.length);
  const half = tHalfWidth(level, values.length - 1) * spread;
  return [mean - half, mean + half];
}

/** `allowance`: what a value may have on top. Equal numbers are equal whatever rounding says. */
function isInside(value: number, [low, high]: readonly [number, number], allowance: number) {
  const rounding = 1e-9 * Math.max(Math.abs(low), Math.abs(high));
  return value >= low - rounding && value - allowance <= high + rounding;
}
