/** Which metrics lead a report. Everything else stays in the full tables and in the files. */
import type { Comparison, Result, RunResult } from '../sim/result.ts';
import { metricNames } from '../src/scenario/metrics.ts';

/** Metrics that get a verdict sentence, when there are comparisons of them. */
export const verdictMetrics = [
  'sojourn.mean',
  'sojourn.p99',
  'errors.rate',
  'fairness.jain',
  'slo.attained',
  'sessions.broken',
];

/** Columns of a comparison, first ones kept longest when space is short. */
const comparedMetrics = [
  'sojourn.mean',
  'sojourn.p99',
  'errors.rate',
  'fairness.jain',
  'sessions.broken',
  'sojourn.p50',
  'slo.attained',
  'failover.recover',
];

const always = new Set(['sojourn.mean', 'sojourn.p50', 'sojourn.p99', 'errors.rate']);

/** Metrics of one run that only a specialist asks for; the page and the files have them. */
const specialist = new Set([
  'waiting.mean',
  'fairness.excess',
  'fairness.traffic',
  'fairness.window',
  'fairness.smoothness',
  'share.error',
  'sticky.skew',
]);

/** Names of all metrics that any run has, in the order of the table of metrics; strangers last. */
export function presentMetrics(runs: readonly RunResult[]): string[] {
  const present = new Set(runs.flatMap((run) => Object.keys(run.metrics)));
  const known = metricNames.filter((name) => present.has(name));
  return [...known, ...[...present].filter((name) => !known.some((k) => k === name)).sort()];
}

/** Metrics for a comparison's table, most important first: present somewhere, and not zero everywhere. */
export function comparedHeadline(runs: readonly RunResult[]): string[] {
  return comparedMetrics.filter((name) => telling(runs, name));
}

/** Metrics for the terminal's table of a single run, in the order of the table of metrics. */
export function runHeadline(run: RunResult): string[] {
  return presentMetrics([run]).filter((name) => !specialist.has(name) && telling([run], name));
}

/** Comparisons of `metric`, in the order of the result. */
export function comparisonsOf(result: Result, metric: string): Comparison[] {
  return result.comparisons.filter((c) => c.metric === metric);
}

/** The comparison of `b` with the first run, or undefined. */
export function againstBaseline(result: Result, b: string, metric: string): Comparison | undefined {
  const a = result.runs[0]?.lbmethod;
  return result.comparisons.find((c) => c.a === a && c.b === b && c.metric === metric);
}

/** Verdict metrics that this result compares. */
export function comparedVerdicts(result: Result): string[] {
  return verdictMetrics.filter((metric) => result.comparisons.some((c) => c.metric === metric));
}

function telling(runs: readonly RunResult[], name: string): boolean {
  const values = runs.flatMap((run) => run.metrics[name]?.mean ?? []);
  return values.length > 0 && (always.has(name) || values.some((x) => x !== 0));
}
