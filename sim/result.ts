/**
 * What a study yields: the result document (`fairlead/result@1`, printed by `--json`) and, beside it, the
 * series that only pictures need. Plain data. Times are milliseconds here unless the name says otherwise.
 */
import type { Unit } from '../src/scenario/metrics.ts';

/** A mean over replications with its 95 % t interval; `ci95` is null when fewer than two replications have a value. */
export interface MetricValue {
  readonly mean: number;
  readonly ci95: readonly [number, number] | null;
  readonly unit: Unit;
}

/** What a worker did in the window. */
export interface WorkerResult {
  readonly name: string;
  readonly route: string;
  /** Picks per replication, failed tries included. */
  readonly elected: MetricValue;
  readonly share: MetricValue;
  /** Share of the sum of load factors at the start; 0 for standbys, spares and workers taken out. */
  readonly targetShare: number;
  readonly busyMean: MetricValue;
  readonly utilization: MetricValue;
  readonly sojourn: {
    readonly mean: MetricValue;
    readonly p50: MetricValue;
    readonly p99: MetricValue;
  } | null;
  /** Share of this worker's tries that failed or were answered 5xx; null when nobody elected it. */
  readonly errors: MetricValue | null;
}

export interface ExpectationResult {
  readonly text: string;
  readonly line: number;
  readonly verdict: 'met' | 'missed' | 'unclear' | 'no data';
  readonly value: MetricValue | null;
}

export interface RunResult {
  readonly lbmethod: string;
  /** Of a sweep: what was put in place of the scenario's own, by path. */
  readonly cell?: Readonly<Record<string, string>>;
  /** `unstable`: a queue grows for as long as the run lasts. `truncated`: requests were left when the drain was cut off. */
  readonly state: 'complete' | 'unstable' | 'truncated' | 'no data';
  readonly replications: number;
  /** What `run.precision` asked for, and how narrow the widest run's interval became; absent when it asked for nothing. */
  readonly precision?: {
    readonly metric: string;
    readonly relative: number;
    /** Half of the 95 % interval over the mean; null without an interval. */
    readonly halfWidth: number | null;
    readonly reached: boolean;
  };
  readonly warmup: {
    readonly requests: number;
    readonly seconds: number;
    readonly rule: 'mser5' | 'fixed';
  };
  /** Sums over the replications, warm-up and drain included. */
  readonly simulated: { readonly seconds: number; readonly requests: number };
  /** Metrics without data are absent. */
  readonly metrics: Readonly<Record<string, MetricValue>>;
  readonly workers: readonly WorkerResult[];
  readonly expect: readonly ExpectationResult[];
  /** Plain sentences: overload, metrics without data, a warm-up that is too short. */
  readonly notes: readonly string[];
}

export type Verdict = 'better' | 'worse' | 'equivalent' | 'unclear' | 'different';

/**
 * `b` against `a` over paired replications. `difference` is b - a. Metrics whose margin is a percentage are compared by
 * ratios: `relative` is exp(mean of ln(b / a)) - 1 and has an interval; elsewhere it is difference / mean of a and has none.
 */
export interface Comparison {
  readonly a: string;
  readonly b: string;
  readonly metric: string;
  readonly difference: number;
  readonly ci95: readonly [number, number] | null;
  readonly relative: number | null;
  readonly relativeCi95: readonly [number, number] | null;
  /** Two-sided p value of the paired t test of this pair alone; null below two pairs of values. */
  readonly p: number | null;
  /** `p` adjusted for all pairs of this metric (Holm): what the verdict goes by. The intervals are not adjusted. */
  readonly pHolm: number | null;
  /** Whether `b` is better or worse than `a`; `different` for metrics that do not judge. */
  readonly verdict: Verdict;
  /** Of a sweep: the cell of both. */
  readonly cell?: Readonly<Record<string, string>>;
}

export interface Result {
  readonly format: 'fairlead/result@1';
  readonly version: string;
  readonly scenario: { readonly name: string; readonly sha256: string; readonly seed: string };
  readonly runs: readonly RunResult[];
  readonly comparisons: readonly Comparison[];
}

/** One lbmethod's pictures, averaged over replications. All arrays over time have the length of `seconds`. */
export interface RunSeries {
  readonly lbmethod: string;
  /** Sojourn quantiles of all replications together: `p` from 0 to below 1, ascending. */
  readonly percentiles: readonly { readonly p: number; readonly ms: number }[];
  readonly time: {
    /** Start of each bin, in simulated seconds. */
    readonly seconds: readonly number[];
    readonly binSeconds: number;
    /** Mean requests in flight, one array per worker in scenario order. */
    readonly busy: readonly (readonly number[])[];
    /** Mean requests waiting, all workers together. */
    readonly queue: readonly number[];
    /** Per second. */
    readonly arrivals: readonly number[];
    /** Per second. */
    readonly errors: readonly number[];
  };
}

/** Something that happened at a time in every replication, for marking in charts. */
export interface EventMark {
  readonly seconds: number;
  /** null: it has no end. */
  readonly untilSeconds: number | null;
  readonly label: string;
}

/** Everything a report shows. */
export interface Study {
  readonly result: Result;
  readonly description: string;
  readonly workers: readonly string[];
  readonly series: readonly RunSeries[];
  readonly events: readonly EventMark[];
}
