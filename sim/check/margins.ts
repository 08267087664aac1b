/** What `check` gates on by default, and by how much each may get worse: what `--update` writes into a baseline. */
import type { Metric, MetricName } from '../../src/scenario/metrics.ts';

export type Margin = Metric['margin'];

/** By metric name; `none` as direction cannot be gated. */
export type Margins = Readonly<Record<string, Margin>>;

export interface DefaultMargin {
  readonly margin: Margin;
  /** Ends as a comment on its line: what the margin means to somebody. */
  readonly why: string;
}

/** Metrics without data in a run have no line in its baseline. */
export const defaultMargins: Readonly<Partial<Record<MetricName, DefaultMargin>>> = {
  'sojourn.mean': {
    margin: { relative: 0.02 },
    why: 'what every user feels; neutral changes move it far less',
  },
  'sojourn.p99': {
    margin: { relative: 0.05 },
    why: 'the slowest of a hundred; noisier than the mean',
  },
  'errors.rate': { margin: { absolute: 0.001 }, why: 'one more failed request in a thousand' },
  'slo.attained': {
    margin: { absolute: 0.002 },
    why: 'two fewer in a thousand within the objective',
  },
  'attempts.mean': {
    margin: { absolute: 0.01 },
    why: 'one more try in a hundred requests: retries amplify load',
  },
  'fairness.excess': {
    margin: { absolute: 0.005 },
    why: 'divergence from the target shares, noise taken off',
  },
  'fairness.window': {
    margin: { absolute: 0.02 },
    why: 'the worst unfairness that lasts 100 picks a worker',
  },
  'imbalance.peak': {
    margin: { relative: 0.05 },
    why: 'how much busier the busiest worker is than the mean',
  },
  'sessions.broken': { margin: { absolute: 0.005 }, why: 'five more lost carts in a thousand' },
  'failover.recover': {
    margin: { relative: 0.1 },
    why: 'how long a worker that is back stays unused',
  },
};
