/** From replications of one lbmethod to its part of the result document. */
import { factorsOf } from '../src/config/lbmethod-of.ts';
import type { LbMethodRef } from '../src/config/spec.ts';
import { offeredLoad, targetShares } from '../src/scenario/load.ts';
import {
  type Metric,
  type MetricName,
  metricNames,
  metricOf,
  metrics,
  type Unit,
} from '../src/scenario/metrics.ts';
import type { Expectation, Scenario } from '../src/scenario/scenario.ts';
import type { Warmup } from './pilot.ts';
import type { PrecisionLook } from './precision.ts';
import type { Replication } from './replication.ts';
import type { ExpectationResult, MetricValue, RunResult, WorkerResult } from './result.ts';
import { expectation, meanInterval } from './statistics.ts';

/** With more failures than this, times of the successful requests alone may mislead. */
const NOTABLE_ERRORS = 0.01;

export function runResult(
  scenario: Scenario,
  lbmethod: LbMethodRef,
  warmup: Warmup,
  arm: readonly Replication[],
  look?: PrecisionLook,
): RunResult {
  const sum = (of: (replication: Replication) => number) =>
    arm.reduce((total, replication) => total + of(replication), 0);
  const values = metricValues(arm);
  const workers = workerResults(scenario, arm);
  const overload = overloads(scenario, lbmethod);
  const unfinished = sum((replication) => replication.unfinished);
  const notes = [
    ...(scenario.notes ?? []),
    ...aboutLogs(scenario),
    ...warmup.notes,
    ...overload,
    ...tooFew(arm),
  ];
  const failed = values['errors.rate']?.mean ?? 0;
  if (failed > NOTABLE_ERRORS) {
    const percent = (failed * 100).toFixed(1);
    notes.push(
      `${percent} % of the requests failed; sojourn and waiting times are those of the others alone`,
    );
  }
  if (unfinished > 0) {
    notes.push(`${unfinished} requests were unanswered when the drain was cut off`);
  }
  return {
    lbmethod: lbmethod.name,
    state: stateOf(values, overload, unfinished),
    replications: arm.length,
    ...(look && { precision: precisionOf(look) }),
    warmup: {
      requests: Math.round(sum((replication) => replication.warmupRequests) / arm.length),
      seconds: warmup.ns / 1e9,
      rule: warmup.rule,
    },
    simulated: {
      seconds: sum((replication) => replication.simulatedNs) / 1e9,
      requests: sum((replication) => replication.requests),
    },
    metrics: values,
    workers,
    expect: scenario.expect.map((line) => judge(line, values, workers)),
    notes,
  };
}

/** What an interval is over replications of one and the same log. */
function aboutLogs({ clients }: Scenario): string[] {
  if (clients.every(({ arrival }) => arrival.kind !== 'trace')) return [];
  return [
    'the log is the same in every replication: the intervals say what chance adds to it (the instant within the resolution of its time stamps, what the log does not say, the draws of lbmethods), not how another day would differ',
  ];
}

/** Quantiles that some replication was too short for. Of p99.9 nobody is surprised: it needs a long run. */
function tooFew(arm: readonly Replication[]): string[] {
  const least = Math.min(...arm.map(({ sojourns }) => sojourns[0]));
  const rows: readonly Metric[] = metrics;
  const refused = rows.filter(
    ({ name, requests = 0 }) => least < requests && name !== 'sojourn.p999',
  );
  if (least === 0 || refused.length === 0) return [];
  const needed = refused.map(({ name, requests }) => `${name} (${requests})`).join(', ');
  return [`${least} requests were answered in the shortest replication, too few for ${needed}`];
}

function precisionOf({ metric, relative, halfWidth, reached }: PrecisionLook) {
  return { metric, relative, halfWidth, reached };
}

function stateOf(
  values: Readonly<Record<string, MetricValue>>,
  overload: readonly string[],
  unfinished: number,
): RunResult['state'] {
  if (values['errors.rate'] === undefined) return 'no data'; // not one request arrived
  if (overload.length > 0) return 'unstable';
  return unfinished > 0 ? 'truncated' : 'complete';
}

function metricValues(arm: readonly Replication[]): Record<string, MetricValue> {
  const rows = metricNames.flatMap((name, index): [string, MetricValue][] => {
    const value = over(arm, unitOf(name), (replication) => replication.metrics[index]);
    return value === null ? [] : [[name, value]];
  });
  return Object.fromEntries(rows);
}

function workerResults({ balancer }: Scenario, arm: readonly Replication[]): WorkerResult[] {
  const targets = targetShares(balancer);
  return balancer.workers.map(({ name, route }, worker) => {
    const of = (unit: Unit, pick: (numbers: Replication['workers']) => Float64Array) => ({
      ...meanInterval(arm.map((replication) => pick(replication.workers)[worker])),
      unit,
    });
    const sojourn = (key: 'mean' | 'p50' | 'p99') =>
      over(arm, 'ms', ({ workers }) => workers.sojourn?.[key][worker] ?? Number.NaN);
    const [mean, p50, p99] = [sojourn('mean'), sojourn('p50'), sojourn('p99')];
    return {
      name,
      route,
      elected: of('1', ({ elected }) => elected),
      share: of('share', ({ share }) => share),
      targetShare: targets[worker],
      busyMean: of('1', ({ busyMean }) => busyMean),
      utilization: of('share', ({ utilization }) => utilization),
      sojourn: mean && p50 && p99 ? { mean, p50, p99 } : null,
      errors: over(arm, 'share', ({ workers }) => workers.errors[worker]),
    };
  });
}

function over(
  arm: readonly Replication[],
  unit: Unit,
  of: (replication: Replication) => number,
): MetricValue | null {
  const interval = meanInterval(arm.map(of));
  return Number.isNaN(interval.mean) ? null : { ...interval, unit };
}

function judge(
  { text, line, metric, comparator, bound }: Expectation,
  values: Readonly<Record<string, MetricValue>>,
  workers: readonly WorkerResult[],
): ExpectationResult {
  const value = typeof metric === 'string' ? values[metric] : workers[metric.worker][metric.field];
  if (!value) return { text, line, verdict: 'no data', value: null };
  return { text, line, verdict: expectation(comparator, bound, value), value };
}

function unitOf(name: MetricName): Unit {
  return metricOf(name)?.unit ?? '1';
}

/** Sentences about workers that get more than they can serve by their load factor alone. */
function overloads(scenario: Scenario, lbmethod: LbMethodRef): string[] {
  if (factorsOf(lbmethod) !== 'shares') return [];
  if (scenario.clients.every(({ timeoutNs }) => timeoutNs !== null)) return [];
  return offeredLoad(scenario).perWorker.flatMap((load, worker) => {
    const { name, backend } = scenario.balancer.workers[worker];
    if (load === null || load < 1 || scenario.backends[backend].queue !== null) return [];
    const percent = Math.round(load * 100);
    return [
      `unstable: by its load factor, worker ${name} gets ${percent} % of what it can serve; its queue grows for as long as the run lasts`,
    ];
  });
}
