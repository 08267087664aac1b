/** What a case of the audit is: a scenario whose answer is known, or two that must agree. */
import type { MetricName } from '../../src/scenario/metrics.ts';
import { metricNames } from '../../src/scenario/metrics.ts';
import type { Witness } from '../model.ts';
import type { Replication } from '../replication.ts';
import type { Uniform } from '../streams.ts';

/** Watches a replication for what no metric says. */
export interface Watch {
  readonly witness: Witness;
  /** What it saw, once the replication is over. */
  value(): number;
}

/** A number whose mean is known. */
export interface Known {
  /** What is checked, for readers: `sojourn.mean`. */
  readonly of: string;
  readonly exact: () => number;
  /** Largest standard error as a share of the exact value: an estimate that is not sharp proves nothing. */
  readonly within: number;
  /** The exact value is a limit from below, and the truth at most this share above it. */
  readonly above?: number;
}

/** One number of a replication, and what theory says its mean is. */
export interface Check extends Known {
  /** `watched`: what the case's watch saw. */
  measure(run: Replication, watched: number): number;
}

/** A scenario held to theory. Its unit of time, the mean service, is 1 ms unless the title says otherwise. */
export interface SimulatedCase {
  readonly kind: 'simulated';
  readonly id: string;
  readonly title: string;
  /** The scenario as YAML, without a seed; `times` multiplies the requests. */
  text(times: number): string;
  readonly replications: number;
  readonly warmupNs: number;
  /** Width of the bins of the time series; none when missing. */
  readonly binNs?: number;
  readonly watch?: () => Watch;
  readonly checks: readonly Check[];
}

/** Two runs compared value by value. */
export interface Compared {
  readonly values: number;
  /** The largest relative difference between two values that should be equal. */
  readonly largest: number;
}

/** Two ways to the same trajectory, request by request: nothing statistical about it. */
export interface IdentityCase {
  readonly kind: 'identity';
  readonly id: string;
  readonly title: string;
  /** Largest relative difference allowed; 0: the same bits. */
  readonly allowed: number;
  compare(seed: string): Compared;
}

/** Numbers of the core alone, without time: how it deals picks or keys, over independent draws. */
export interface CountedCase {
  readonly kind: 'counted';
  readonly id: string;
  readonly title: string;
  readonly replications: number;
  /** Picks of a replication. */
  readonly picks: number;
  readonly checks: readonly Known[];
  /** A value for each of the checks. `stream`: the named streams of one replication. */
  count(stream: (name: string) => Uniform): readonly number[];
}

export type Case = SimulatedCase | IdentityCase | CountedCase;

/** A metric held to `exact`. */
export function metric(name: MetricName, exact: () => number, within: number, scale = 1): Check {
  const index = metricNames.indexOf(name);
  return { of: name, exact, within, measure: ({ metrics }) => metrics[index] * scale };
}

/** A number of the first worker. */
export function worker(
  field: 'busyMean' | 'utilization',
  exact: () => number,
  within: number,
): Check {
  return { of: field, exact, within, measure: ({ workers }) => workers[field][0] };
}

/** What the case's watch saw. */
export function watched(of: string, exact: () => number, within: number): Check {
  return { of, exact, within, measure: (_, seen) => seen };
}
