/** From a run to the baseline that later runs are held to, and what has moved since the last one. */
import { type MetricName, metricNames } from '../../src/scenario/metrics.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { version } from '../../src/version.ts';
import { type Experiment, valuesOf } from '../experiment.ts';
import { baselineGates, marginsFor } from './gates.ts';
import type { Margins } from './margins.ts';
import { type Baseline, fromBaseline } from './reference.ts';
import type { Change, GateResult } from './result.ts';
import { workloadOf } from './workload.ts';

/** The first lbmethod's replications as a baseline; `margins`: those of an earlier one, else the defaults. */
export function keep(
  scenario: Scenario,
  running: Experiment,
  label: string,
  margins: Margins | null,
): Baseline {
  const arm = running.arms[0]!;
  const kept = margins ?? marginsFor((metric) => valuesOf(arm, metric));
  const names = metricNames.filter((name) => Object.hasOwn(kept, name));
  return {
    ...{ label, version, seed: scenario.seed, sha256: scenario.sha256 },
    lbmethod: running.lbmethods[0]!.name,
    workload: workloadOf(scenario),
    warmupNs: running.warmup.ns,
    margins: kept,
    values: Object.fromEntries(names.map((name) => [name, valuesOf(arm, name)])),
    fingerprints: arm.map(({ fingerprint }) => fingerprint),
  };
}

/** A metric of a baseline, before and now. `change` is null where there are no pairs to compare. */
export interface Moved extends Pick<GateResult, 'value' | 'reference'> {
  readonly metric: MetricName;
  readonly change: Change | null;
  readonly identical: boolean;
}

/** Every metric of `before` against the run, by pairs. */
export function whatMoved(before: Baseline, running: Experiment): Moved[] {
  const arm = running.arms[0]!;
  return baselineGates(fromBaseline(before, false), 0).map((gate) => {
    const { value, reference, change, identical } = gate.weigh(arm);
    return { metric: gate.metric as MetricName, value, reference, change, identical };
  });
}

/** Why numbers of `baseline` cannot be compared with a run of `scenario`; null when they can. */
export function misfit(baseline: Baseline, scenario: Scenario): string | null {
  if (baseline.version !== version) {
    return `was written by fairlead ${baseline.version} and this is ${version}, whose numbers may differ for reasons of their own`;
  }
  if (baseline.seed !== scenario.seed) {
    return `was written with seed ${baseline.seed} and this run has seed ${scenario.seed}, so that no replication meets the same requests`;
  }
  if (baseline.workload !== workloadOf(scenario)) {
    return 'was written for other traffic: clients, backends, events or the length of the run have changed since';
  }
  const bare = Object.keys(baseline.margins).filter((name) => baseline.values[name] === undefined);
  return bare.length === 0 ? null : `has a margin for ${bare.join(', ')} and no values of it`;
}
