/** What a scenario is compared with: numbers kept in a baseline, or another arm simulated beside it. */
import type { MetricName } from '../../src/scenario/metrics.ts';
import { type Experiment, valuesOf } from '../experiment.ts';
import type { Margins } from './margins.ts';

export interface Reference {
  /** As users know it: `baselines/shop.yaml`, `git:main`. */
  readonly label: string;
  readonly lbmethod: string;
  /** null: the default margins, for the metrics that it has. */
  readonly margins: Margins | null;
  /** Replications that there can be. */
  readonly available: number;
  /** Whether a difference in any decision fails, asked for or because nothing in the run is random. */
  readonly exact: boolean;
  extend(count: number): Promise<void>;
  /** One value a replication; NaN without data. Undefined for a metric that it does not know at all. */
  values(metric: MetricName): Float64Array | undefined;
  /** One a replication. */
  fingerprints(): readonly string[];
}

/** A baseline's entry for one scenario. */
export interface Baseline {
  readonly label: string;
  readonly version: string;
  readonly lbmethod: string;
  readonly seed: string;
  /** Of the scenario and the files it names, for people to see what it was. */
  readonly sha256: string;
  /** `workloadOf` the scenario: while that is the same, the numbers can be compared. */
  readonly workload: string;
  readonly warmupNs: number;
  readonly margins: Margins;
  readonly values: Readonly<Record<string, Float64Array>>;
  readonly fingerprints: readonly string[];
}

/** A baseline is exact when asked to be, and when all its replications were the same: nothing was random. */
export function fromBaseline(baseline: Baseline, exact: boolean): Reference {
  const { label, lbmethod, margins, values, fingerprints } = baseline;
  const sameAll = fingerprints.length > 1 && new Set(fingerprints).size === 1;
  return {
    label,
    lbmethod,
    margins,
    available: fingerprints.length,
    exact: exact || sameAll,
    extend: async () => {},
    values: (metric) => values[metric],
    fingerprints: () => fingerprints,
  };
}

/** The first lbmethod of an experiment; `margins` as for a baseline. */
export function fromArm(
  running: Experiment,
  { label, margins, exact }: Pick<Reference, 'label' | 'margins' | 'exact'>,
): Reference {
  return {
    label,
    lbmethod: running.lbmethods[0]!.name,
    margins,
    available: Number.POSITIVE_INFINITY,
    exact,
    extend: (count) => running.extend(count),
    values: (metric) => valuesOf(running.arms[0]!, metric),
    fingerprints: () => running.arms[0]!.map(({ fingerprint }) => fingerprint),
  };
}
