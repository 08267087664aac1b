/**
 * Every metric a run reports: one table that the simulator fills, `expect` lines name, the terminal
 * and the report print, and `fairlead --help` lists. Nothing else in the project knows a metric's
 * unit or which way is better.
 */

/** Which way a metric improves; `none` for metrics that describe and do not judge. */
export type Direction = 'lower' | 'higher' | 'none';

/** `ms` and `s` are times, `1/s` a rate, `share` a fraction of 1, `1` a plain number. */
export type Unit = 'ms' | 's' | '1/s' | 'share' | '1';

export interface Metric {
  readonly name: string;
  readonly unit: Unit;
  readonly direction: Direction;
  /** What a reader sees: one line, how it is computed. */
  readonly formula: string;
  /**
   * What chance alone makes of it, beside which its value is to be read: m requests (S sessions) over n workers with
   * target shares p, picked independently at random. Empty where the interval says all.
   */
  readonly floor: string;
  /** Answered requests that a replication needs for it; below, it is absent. Missing: one is enough. */
  readonly requests?: number;
  /**
   * Differences smaller than this are called equivalent: a fraction of the baseline (`relative`) or an
   * amount in the metric's own unit (`absolute`).
   */
  readonly margin: { readonly relative: number } | { readonly absolute: number };
}

/**
 * Requests below which no 95 % upper bound of the quantile exists, however they are ordered: ln 0.05 / ln p; for
 * p99.9, where requests that depend on each other make it worse, 10 000.
 */
const needs = { p50: 5, p90: 29, p95: 59, p99: 299, p999: 10_000 } as const;

const time = { unit: 'ms', direction: 'lower', margin: { relative: 0.01 }, floor: '' } as const;
const share = {
  unit: 'share',
  direction: 'lower',
  margin: { absolute: 0.001 },
  floor: '',
} as const;
const index = { unit: '1', margin: { absolute: 0.005 } } as const;

export const metrics = [
  {
    name: 'sojourn.mean',
    ...time,
    formula:
      'mean time from arrival at the balancer to the answer, every try included, over requests answered without an error; so are all sojourn times',
  },
  {
    name: 'sojourn.p50',
    ...time,
    requests: needs.p50,
    formula: "median of one replication's sojourn times",
  },
  {
    name: 'sojourn.p90',
    ...time,
    requests: needs.p90,
    formula: '90th percentile of the sojourn times',
  },
  {
    name: 'sojourn.p95',
    ...time,
    requests: needs.p95,
    formula: '95th percentile of the sojourn times',
  },
  {
    name: 'sojourn.p99',
    ...time,
    requests: needs.p99,
    formula: '99th percentile of the sojourn times',
  },
  {
    name: 'sojourn.p999',
    ...time,
    requests: needs.p999,
    formula: '99.9th percentile of the sojourn times',
  },
  {
    name: 'sojourn.max',
    ...time,
    margin: { relative: 0.05 },
    floor: 'grows with m: compare runs of one length',
    formula: 'longest sojourn time',
  },
  {
    name: 'waiting.mean',
    ...time,
    formula: 'mean time a request spent waiting for a slot, in backend queues and for `acquire`',
  },
  {
    name: 'throughput',
    floor: '',
    unit: '1/s',
    direction: 'higher',
    margin: { relative: 0.01 },
    formula: 'requests answered without an error, per second of the measured window',
  },
  {
    name: 'errors.rate',
    ...share,
    formula:
      'requests that ended in a 5xx answer, a closed connection, a client timeout or not at all / requests',
  },
  {
    name: 'errors.unavailable',
    ...share,
    formula: 'requests answered 503 by the balancer itself / requests',
  },
  {
    name: 'errors.gateway',
    ...share,
    formula:
      'requests that got 500, 502 or 504 from the balancer, or a closed connection / requests',
  },
  { name: 'errors.backend', ...share, formula: 'requests answered 5xx by a backend / requests' },
  { name: 'errors.timeout', ...share, formula: 'requests whose client gave up / requests' },
  {
    name: 'errors.unfinished',
    ...share,
    formula: 'requests still unanswered when the drain was cut off / requests',
  },
  {
    name: 'attempts.mean',
    floor: '',
    unit: '1',
    direction: 'lower',
    margin: { absolute: 0.005 },
    formula: 'picks that elected a worker / requests, client retries included',
  },
  {
    name: 'fairness.jain',
    floor: 'about 1 / (1 + (n - 1) / m)',
    ...index,
    direction: 'higher',
    formula:
      '(sum x)^2 / (n sum x^2) with x = requests of a worker / (all requests x its target share)',
  },
  {
    name: 'fairness.excess',
    floor: '0 on average; below 0: more even than chance',
    ...index,
    direction: 'lower',
    formula:
      '(chi^2 - (n - 1)) / m: divergence from the target shares above what independent random picks would show',
  },
  {
    name: 'fairness.traffic',
    floor: 'about 1 / (1 + (n - 1) / m x E[B^2] / E[B]^2), B bytes of a request',
    ...index,
    direction: 'higher',
    formula: 'fairness.jain over bytes moved instead of requests',
  },
  {
    name: 'fairness.window',
    floor: 'about 3 sqrt(p (1 - p) / 100 n), more in longer runs: the worst of many',
    unit: 'share',
    direction: 'lower',
    margin: { absolute: 0.005 },
    formula: 'largest |share - target| of a worker over all sliding windows of 100 n picks',
  },
  {
    name: 'fairness.smoothness',
    floor: 'grows like sqrt(m); some sequence keeps to 1 - 1 / (2 n - 2)',
    unit: '1',
    direction: 'lower',
    margin: { relative: 0.05 },
    formula: 'largest |picks of a worker - target share x picks so far|',
  },
  {
    name: 'share.error',
    floor: 'about 2 sqrt(p (1 - p) / m)',
    unit: 'share',
    direction: 'lower',
    margin: { absolute: 0.002 },
    formula: 'largest |share - target| of a worker over the whole window',
  },
  {
    name: 'imbalance.peak',
    floor: '1 is perfect; chance alone exceeds it wherever requests are few at a time',
    unit: '1',
    direction: 'lower',
    margin: { relative: 0.01 },
    formula: "time average of the busiest worker's busy / time average of the mean busy",
  },
  {
    name: 'queue.max',
    floor: 'grows like the logarithm of m: compare runs of one length',
    unit: '1',
    direction: 'lower',
    margin: { relative: 0.05 },
    formula: 'most requests waiting for one worker at any time',
  },
  {
    name: 'sessions.broken',
    ...share,
    formula: 'sessions that lost their state at least once / sessions',
  },
  {
    name: 'sessions.moved',
    ...share,
    formula: 'sessions that changed worker at least once / sessions',
  },
  {
    name: 'sticky.skew',
    floor: '(n - 1) / S',
    ...index,
    direction: 'lower',
    formula: 'squared coefficient of variation of sessions per worker about the target shares',
  },
  {
    name: 'failover.detect',
    floor: '',
    unit: 's',
    direction: 'lower',
    margin: { relative: 0.05 },
    formula: 'from a crash to the balancer marking the worker in error, mean over crashes',
  },
  {
    name: 'failover.recover',
    floor:
      'a window of 100 n picks errs by about 2 sqrt(p (1 - p) / 100 n); it takes that long to fill',
    unit: 's',
    direction: 'lower',
    margin: { relative: 0.05 },
    formula:
      'from the end of a crash until the worker was picked again and every share over 100 n picks is within 0.05 of its target, mean over the crashes that were recovered from',
  },
  {
    name: 'slo.attained',
    floor: '',
    unit: 'share',
    direction: 'higher',
    margin: { absolute: 0.001 },
    formula: 'requests answered without an error within `slo` / requests',
  },
  {
    name: 'utilization',
    floor: '',
    unit: 'share',
    direction: 'none',
    margin: { absolute: 0.005 },
    formula: 'time average of busy slots / slots, over all backends',
  },
] as const satisfies readonly Metric[];

export type MetricName = (typeof metrics)[number]['name'];

export const metricNames: readonly MetricName[] = metrics.map((m) => m.name);

const byName = new Map<string, Metric>(metrics.map((m) => [m.name, m]));

/** The table row of `name`; undefined when there is no such metric. */
export function metricOf(name: string): Metric | undefined {
  return byName.get(name);
}

/** What `workers.NAME.FIELD` may name in an `expect` line, with its unit. */
export const workerMetrics = {
  elected: '1',
  share: 'share',
  busyMean: '1',
  utilization: 'share',
  errors: 'share',
} as const satisfies Record<string, Unit>;

export type WorkerMetric = keyof typeof workerMetrics;
