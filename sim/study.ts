/**
 * A study: one scenario under one or several lbmethods, replicated, reduced to intervals, and compared by pairs on
 * common random numbers. Outcomes are reduced in the order of their indices, never in that of their arrival, so
 * that the result is the same to the last bit on any number of threads.
 */
import { type Metric, type MetricName, metrics } from '../src/scenario/metrics.ts';
import type { EventSpec, LbMethodRef, Scenario } from '../src/scenario/scenario.ts';
import { version } from '../src/version.ts';
import { type Arm, type ExperimentOptions, experiment, valuesOf } from './experiment.ts';
import type { Warmup } from './pilot.ts';
import { runResult } from './reduce.ts';
import type { Comparison, EventMark, Study } from './result.ts';
import { runSeries } from './series.ts';
import { pairedDifference, verdict } from './statistics.ts';

export interface StudyOptions extends ExperimentOptions {}

/**
 * Runs the study. The first lbmethod is the baseline of the comparisons and pilots the warm-up.
 * @throws InvariantError when conservation or Little's law does not hold in a replication.
 */
export async function study(options: StudyOptions): Promise<Study> {
  const { scenario, lbmethods } = options;
  const running = await experiment(options);
  await running.extend(scenario.run.replications);
  return assemble(scenario, lbmethods, running.warmup, running.arms);
}

function assemble(
  scenario: Scenario,
  lbmethods: readonly LbMethodRef[],
  warmup: Warmup,
  arms: readonly Arm[],
): Study {
  const names = lbmethods.map(({ name }) => name);
  return {
    result: {
      format: 'fairlead/result@1',
      version,
      scenario: { name: scenario.name, sha256: scenario.sha256, seed: scenario.seed },
      runs: arms.map((arm, i) => runResult(scenario, names[i], warmup, arm)),
      comparisons: comparisons(names, arms),
    },
    description: scenario.description,
    workers: scenario.balancer.workers.map(({ name }) => name),
    series: arms.map((arm, i) => runSeries(names[i], arm)),
    events: scenario.events.map((event) => eventMark(event, scenario)),
  };
}

/** Every pair, each metric that both have. */
function comparisons(names: readonly string[], arms: readonly Arm[]): Comparison[] {
  return names.flatMap((a, i) =>
    names
      .slice(i + 1)
      .flatMap((b, offset) =>
        metrics.flatMap((metric) => compare(metric, a, arms[i], b, arms[i + 1 + offset])),
      ),
  );
}

function compare(metric: Metric, a: string, armA: Arm, b: string, armB: Arm): Comparison[] {
  const name = metric.name as MetricName;
  const paired = pairedDifference(valuesOf(armA, name), valuesOf(armB, name));
  const { difference, ci95, relative } = paired;
  if (Number.isNaN(difference)) return [];
  const judged = verdict(metric, paired);
  return [{ a, b, metric: metric.name, difference, ci95, relative, verdict: judged }];
}

function eventMark(event: EventSpec, { balancer }: Scenario): EventMark {
  const seconds = event.atNs / 1e9;
  if (event.kind === 'manager') {
    const whom = event.worker === null ? 'balancer' : balancer.workers[event.worker].name;
    const what = Object.keys(event.change).join(', ');
    return { seconds, untilSeconds: null, label: `manager: ${whom} ${what}` };
  }
  const whom = event.workers.map((worker) => balancer.workers[worker].name).join(', ');
  const label = `${event.kind} ${whom}`;
  return { seconds, untilSeconds: (event.atNs + event.forNs) / 1e9, label };
}
