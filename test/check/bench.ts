/** Checks of small scenarios in this thread. */
import { fileURLToPath } from 'node:url';
import { type Case, check } from '../../sim/check/check.ts';
import { keep } from '../../sim/check/keep.ts';
import { fromArm, fromBaseline } from '../../sim/check/reference.ts';
import type { CheckResult } from '../../sim/check/result.ts';
import { type Arm, type Experiment, experiment } from '../../sim/experiment.ts';
import { runnerFor } from '../../sim/tasks.ts';
import { metricNames } from '../../src/scenario/metrics.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import type { LbMethodRef, Scenario } from '../../src/scenario/scenario.ts';

/** Four servers of two slots at load 0.8; a replication takes some ten milliseconds. */
export const text = `
name: four
run: { requests: 4000, warmup: 1s, replications: 10 }
balancer: { workers: [ { name: a }, { name: b }, { name: c }, { name: d } ] }
backends: { x: { slots: 2, service: { exponential: 20ms } } }
clients: [ { name: visitors, arrival: { poisson: 320/s } } ]
expect: [ errors.rate <= 0.1%, sojourn.mean <= 60ms, workers.a.share <= 40% ]
`;

/** The same for the many: a tenth of the time, less load, wider noise. */
export const light = text.replace('requests: 4000', 'requests: 800').replace('320/s', '240/s');

export function scenarioOf(seed: number, own = text): Scenario {
  return { ...parseScenario(own, 'four.yaml'), seed: String(seed) };
}

/** A method of ours, or one of the registry. */
export function method(name: 'base' | 'neutral' | 'careless' | 'byrequests'): LbMethodRef {
  if (name === 'byrequests') return { name, file: null };
  return { name, file: fileURLToPath(new URL(`methods/${name}.mjs`, import.meta.url)) };
}

export async function running(scenario: Scenario, lbmethod: LbMethodRef): Promise<Experiment> {
  const job = { scenario, lbmethods: [lbmethod] };
  return experiment({ ...job, run: await runnerFor(job) });
}

/** The scenario with `now` held to what `before` did, kept as a baseline of so many replications. */
export async function againstBaseline(
  scenario: Scenario,
  before: LbMethodRef,
  now: LbMethodRef,
  options: { replications?: number; exact?: boolean } = {},
): Promise<CheckResult> {
  const old = await running(scenario, before);
  await old.extend(options.replications ?? 10);
  const baseline = keep(scenario, old, 'baseline.yaml', null);
  const reference = fromBaseline(baseline, options.exact ?? false);
  return check([{ ...plainCase(scenario, await running(scenario, now)), reference }]);
}

/** Both sides simulated; `change` may alter what the new side measured. */
export async function sideBySide(
  scenario: Scenario,
  old: Experiment,
  now: Experiment,
): Promise<CheckResult> {
  const reference = fromArm(old, { label: 'git:before', margins: null, exact: false });
  return check([{ ...plainCase(scenario, now), reference }]);
}

export function plainCase(scenario: Scenario, now: Experiment): Case {
  return { scenario, running: now, reference: null, line: 1, notes: [] };
}

/** The same experiment with every sojourn time `factor` times as long. */
export function slower(real: Experiment, factor: number): Experiment {
  const stretched = (arm: Arm): Arm =>
    arm.map((one) => ({
      ...one,
      fingerprint: `slower ${one.fingerprint}`,
      metrics: one.metrics.map((x, i) => (metricNames[i]!.startsWith('sojourn.') ? x * factor : x)),
    }));
  return {
    ...real,
    get arms() {
      return real.arms.map(stretched);
    },
  };
}
