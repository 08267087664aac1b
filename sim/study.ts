/**
 * A study: one scenario under one or several lbmethods, replicated, reduced to intervals, and compared by pairs on
 * common random numbers. Outcomes are reduced in the order of their indices, never in that of their arrival, so
 * that the result is the same to the last bit on any number of threads.
 */
import { type Metric, type MetricName, metricNames, metrics } from '../src/scenario/metrics.ts';
import type { EventSpec, LbMethodRef, Scenario } from '../src/scenario/scenario.ts';
import { version } from '../src/version.ts';
import { expectedNs } from './expected.ts';
import { fixedWarmup, needsPilot, PILOT_REPLICATIONS, type Warmup, warmupFrom } from './pilot.ts';
import { runResult } from './reduce.ts';
import type { Replication } from './replication.ts';
import type { Comparison, EventMark, Study } from './result.ts';
import { runSeries } from './series.ts';
import { pairedDifference, verdict } from './statistics.ts';
import type { Runner } from './tasks.ts';

/** Bins of the time series: what a chart can show. */
const BINS = 200;

/** An invariant of the engine is broken: the result is worthless, and the fault is ours. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

export interface StudyOptions {
  readonly scenario: Scenario;
  readonly lbmethods: readonly LbMethodRef[];
  readonly run: Runner;
  /** Called after each finished task of `total`. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Runs the study. The first lbmethod is the baseline of the comparisons and pilots the warm-up.
 * @throws InvariantError when conservation or Little's law does not hold in a replication.
 */
export async function study(options: StudyOptions): Promise<Study> {
  const { scenario, lbmethods, run, onProgress } = options;
  const pilots = needsPilot(scenario) ? PILOT_REPLICATIONS : 0;
  const total = pilots + lbmethods.length * scenario.run.replications;
  let done = 0;
  const counted = async <T>(task: Promise<T>): Promise<T> => {
    const outcome = await task;
    onProgress?.(++done, total);
    return outcome;
  };
  onProgress?.(0, total);
  const warmup = await findWarmup(scenario, pilots, (replication) =>
    counted(run({ kind: 'pilot', replication })),
  );
  const binNs = Math.ceil(expectedNs(scenario) / BINS);
  const arms = await Promise.all(
    lbmethods.map((_, lbmethod) =>
      Promise.all(
        Array.from({ length: scenario.run.replications }, (_, replication) =>
          counted(run({ kind: 'replicate', lbmethod, replication, warmupNs: warmup.ns, binNs })),
        ),
      ),
    ),
  );
  checkInvariants(scenario, lbmethods, arms);
  return assemble(scenario, lbmethods, warmup, arms);
}

async function findWarmup(
  scenario: Scenario,
  pilots: number,
  pilot: (replication: number) => Promise<Parameters<typeof warmupFrom>[1][number]>,
): Promise<Warmup> {
  if (pilots === 0) return fixedWarmup(scenario);
  const curves = await Promise.all(Array.from({ length: pilots }, (_, r) => pilot(r)));
  return warmupFrom(scenario, curves);
}

function checkInvariants(
  scenario: Scenario,
  lbmethods: readonly LbMethodRef[],
  arms: readonly (readonly Replication[])[],
): void {
  arms.forEach((replications, arm) => {
    replications.forEach(({ broken }, replication) => {
      if (broken.length === 0) return;
      const where = `${lbmethods[arm].name}, seed ${scenario.seed}, replication ${replication}`;
      throw new InvariantError(`the engine broke an invariant (${where}): ${broken.join('; ')}`);
    });
  });
}

function assemble(
  scenario: Scenario,
  lbmethods: readonly LbMethodRef[],
  warmup: Warmup,
  arms: readonly (readonly Replication[])[],
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
function comparisons(
  names: readonly string[],
  arms: readonly (readonly Replication[])[],
): Comparison[] {
  return names.flatMap((a, i) =>
    names
      .slice(i + 1)
      .flatMap((b, offset) =>
        metrics.flatMap((metric) => compare(metric, a, arms[i], b, arms[i + 1 + offset])),
      ),
  );
}

function compare(
  metric: Metric,
  a: string,
  armA: readonly Replication[],
  b: string,
  armB: readonly Replication[],
): Comparison[] {
  const index = metricNames.indexOf(metric.name as MetricName);
  const values = (arm: readonly Replication[]) => arm.map((one) => one.metrics[index]);
  const paired = pairedDifference(values(armA), values(armB));
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
