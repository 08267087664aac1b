/**
 * A study: one scenario under one or several lbmethods, replicated, reduced to intervals, and compared by pairs on
 * common random numbers. Outcomes are reduced in the order of their indices, never in that of their arrival, so
 * that the result is the same to the last bit on any number of threads.
 */
import { type Metric, type MetricName, metrics } from '../src/scenario/metrics.ts';
import type { EventSpec, LbMethodRef, Scenario } from '../src/scenario/scenario.ts';
import { version } from '../src/version.ts';
import { type Arm, type ExperimentOptions, experiment, indices, valuesOf } from './experiment.ts';
import { holm, isByRatio, pairedDifference, verdict } from './paired.ts';
import type { Warmup } from './pilot.ts';
import { extendUntilPrecise, type PrecisionLook } from './precision.ts';
import { runResult } from './reduce.ts';
import type { Comparison, EventMark, Study } from './result.ts';
import { runSeries } from './series.ts';

export interface StudyOptions extends ExperimentOptions {
  /** Called each time the precision that `run.precision` asks for is looked at. */
  readonly onLook?: ((look: PrecisionLook) => void) | undefined;
}

/**
 * Runs the study. The first lbmethod is the baseline of the comparisons and pilots the warm-up.
 * @throws InvariantError when conservation or Little's law does not hold in a replication.
 */
export async function study(options: StudyOptions): Promise<Study> {
  const { scenario, lbmethods, onLook } = options;
  const running = await experiment(options);
  const { precision, replications } = scenario.run;
  if (precision === null) {
    await running.extend(replications);
    return assemble(scenario, lbmethods, running.warmup, running.arms);
  }
  const look = await extendUntilPrecise(running, precision, onLook);
  const arms = running.arms.map((arm) => arm.slice(0, look.replications));
  return assemble(scenario, lbmethods, running.warmup, arms, look);
}

function assemble(
  scenario: Scenario,
  lbmethods: readonly LbMethodRef[],
  warmup: Warmup,
  arms: readonly Arm[],
  look?: PrecisionLook,
): Study {
  const names = lbmethods.map(({ name }) => name);
  return {
    result: {
      format: 'fairlead/result@1',
      version,
      scenario: { name: scenario.name, sha256: scenario.sha256, seed: scenario.seed },
      runs: arms.map((arm, i) => runResult(scenario, lbmethods[i], warmup, arm, look)),
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
  const pairs = names.flatMap((_, a) => indices(a + 1, names.length).map((b) => [a, b] as const));
  const byMetric = metrics.map((metric) => ofMetric(metric, names, arms, pairs));
  return pairs.flatMap((_, pair) => byMetric.flatMap((rows) => rows[pair] ?? []));
}

/** One metric over all pairs, tested together; null where a pair has no data. */
function ofMetric(
  metric: Metric,
  names: readonly string[],
  arms: readonly Arm[],
  pairs: readonly (readonly [number, number])[],
): (Comparison | null)[] {
  const values = arms.map((arm) => valuesOf(arm, metric.name as MetricName));
  const paired = pairs.map(([a, b]) => pairedDifference(values[a], values[b], isByRatio(metric)));
  const adjusted = holm(paired.map(({ p }) => p));
  return pairs.map(([a, b], pair) => {
    const { difference, ci95, relative, relativeCi95, p } = paired[pair];
    if (Number.isNaN(difference)) return null;
    const pHolm = adjusted[pair];
    const judged = verdict(metric, paired[pair], pHolm);
    const shift = { difference, ci95, relative, relativeCi95, p, pHolm };
    return { a: names[a], b: names[b], metric: metric.name, ...shift, verdict: judged };
  });
}

function eventMark(event: EventSpec, { balancer }: Scenario): EventMark {
  const seconds = event.atNs / 1e9;
  if (event.kind === 'manager') {
    const whom = event.worker === null ? 'balancer' : balancer.workers[event.worker].name;
    const what = Object.keys(event.change).join(', ');
    const where =
      event.proxies.length === balancer.proxies ? '' : ` at ${proxyNames(event.proxies)}`;
    return { seconds, untilSeconds: null, label: `manager: ${whom} ${what}${where}` };
  }
  const whom = event.workers.map((worker) => balancer.workers[worker].name).join(', ');
  const who = event.kind === 'partition' ? `${proxyNames(event.proxies)} from ${whom}` : whom;
  const label = `${event.kind} ${who}`;
  return { seconds, untilSeconds: (event.atNs + event.forNs) / 1e9, label };
}

function proxyNames(proxies: readonly number[]): string {
  const numbers = proxies.map((proxy) => proxy + 1).join(', ');
  return proxies.length === 1 ? `proxy ${numbers}` : `proxies ${numbers}`;
}
