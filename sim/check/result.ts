/** What `check` yields: the document that `--json` prints (`fairlead/check@1`). Plain data. */
import type { Unit } from '../../src/scenario/metrics.ts';
import type { MetricValue, RunResult } from '../result.ts';

export type GateVerdict = 'passed' | 'failed' | 'inconclusive' | 'no data';

/** How a metric moved against its reference, over paired replications. */
export interface Change {
  /** `relative`: new / old - 1. `absolute`: new - old, in the metric's unit. */
  readonly kind: 'relative' | 'absolute';
  readonly mean: number;
  readonly ci95: readonly [number, number] | null;
  /** The worst change that is allowed, with its sign. */
  readonly margin: number;
  readonly unit: Unit;
}

export interface GateResult {
  /** An `expect` line, a margin against the reference, equality with it, or what holds without statistics. */
  readonly kind: 'expect' | 'baseline' | 'exact' | 'free';
  /** What must hold: `sojourn.p99 <= 400ms`, `sojourn.mean: at most 2 % more`. */
  readonly text: string;
  /** Line of the scenario file that it belongs to. */
  readonly line: number;
  readonly metric: string | null;
  readonly verdict: GateVerdict;
  readonly value: MetricValue | null;
  readonly reference: MetricValue | null;
  readonly change: Change | null;
  /** A clause that tells more: `the same in every replication`. Empty when there is nothing to tell. */
  readonly note: string;
}

export interface ScenarioCheck {
  readonly name: string;
  readonly file: string;
  readonly lbmethod: string;
  /** What it was compared with: a file or `git:REF`; null when only held to its own lines. */
  readonly reference: string | null;
  readonly verdict: GateVerdict;
  /** Of the run; anything but `complete` is no answer. */
  readonly state: RunResult['state'];
  readonly replications: number;
  /** How many there could have been. */
  readonly limit: number;
  readonly gates: readonly GateResult[];
  readonly notes: readonly string[];
}

export interface CheckResult {
  readonly format: 'fairlead/check@1';
  readonly version: string;
  readonly verdict: GateVerdict;
  /** Chance that anything here failed though nothing is worse, at most. */
  readonly falseAlarms: number;
  readonly scenarios: readonly ScenarioCheck[];
}
