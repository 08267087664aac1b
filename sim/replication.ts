/** One replication from scenario to numbers. */
import { createHash } from 'node:crypto';
import type { LbMethod } from '../src/core/index.ts';
import type { Scenario } from '../src/scenario/scenario.ts';
import { countOf, quantile, sumOf } from './histogram.ts';
import { brokenInvariants } from './invariants.ts';
import { Model, type Witness } from './model.ts';
import type { Series } from './observations.ts';
import { streams } from './streams.ts';

export interface ReplicationTask {
  readonly scenario: Scenario;
  readonly lbmethod: LbMethod;
  readonly alternatives: readonly LbMethod[];
  readonly replication: number;
  readonly warmupNs: number;
  readonly binNs: number;
  readonly witness?: Witness;
}

/** Per worker, in scenario order; NaN where a worker has no data. */
export interface WorkerNumbers {
  readonly elected: Float64Array;
  readonly share: Float64Array;
  readonly busyMean: Float64Array;
  readonly utilization: Float64Array;
  readonly errors: Float64Array;
  /** Milliseconds; null where there are too many workers to tell them apart. */
  readonly sojourn: Readonly<Record<'mean' | 'p50' | 'p99', Float64Array>> | null;
}

/** Plain data: it travels between threads. */
export interface Replication {
  /** In the order of `metricNames`; NaN without data. */
  readonly metrics: Float64Array;
  readonly workers: WorkerNumbers;
  /** Buckets of the sojourn histogram. */
  readonly sojourns: Float64Array;
  readonly series: Series;
  readonly warmupRequests: number;
  readonly simulatedNs: number;
  readonly requests: number;
  /** Measured requests that nobody answered before the drain was cut off. */
  readonly unfinished: number;
  /** Requests sent elsewhere although the worker of their route could serve. */
  readonly unforcedMoves: number;
  /** 16 hex digits: equal when every decision and every number of two replications are equal. */
  readonly fingerprint: string;
  readonly broken: readonly string[];
}

/** Runs one replication. Throws what an lbmethod throws. */
export function replicate(task: ReplicationTask): Replication {
  const model = new Model({ ...task, stream: streams(task.scenario.seed, task.replication) });
  model.run();
  return numbersOf(model);
}

/** The numbers of a model whose replication is over. */
export function numbersOf(model: Model): Replication {
  const { observations, stations } = model;
  const { scenario } = model.options;
  const ended = observations.failed.reduce((sum, count) => sum + count, observations.succeeded);
  observations.unfinished = observations.arrived - ended;
  const metrics = observations.metrics(stations.slots, scenario.sloNs !== null);
  const workers = workerNumbers(model);
  return {
    metrics,
    workers,
    sojourns: observations.sojourns.state,
    series: observations.series,
    warmupRequests: model.warmupArrivals,
    simulatedNs: model.nowNs,
    requests: model.clients.arrivals,
    unfinished: observations.unfinished,
    unforcedMoves: observations.unforcedMoves,
    fingerprint: fingerprintOf(observations.decisions, metrics, workers),
    broken: brokenInvariants(model),
  };
}

/** Of the sequence of decisions and what came of it. NaN has one spelling only in JSON's `null`. */
function fingerprintOf(decisions: number, metrics: Float64Array, workers: WorkerNumbers): string {
  const { elected, busyMean, errors } = workers;
  const numbers = [metrics, elected, busyMean, errors].map((column) => [...column]);
  const text = JSON.stringify([decisions, ...numbers]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function workerNumbers({ observations }: Model): WorkerNumbers {
  const { picks, failures, busyMean, utilization, workerSojourns } = observations;
  const all = picks.reduce((sum, count) => sum + count, 0);
  const ms = (of: (worker: number) => number) =>
    Float64Array.from(workerSojourns, (_, worker) => of(worker) / 1e6);
  const detailed = workerSojourns.length > 0;
  return {
    elected: picks,
    share: picks.map((count) => (all === 0 ? 0 : count / all)),
    busyMean,
    utilization,
    errors: failures.map((count, worker) => count / picks[worker]),
    sojourn: detailed
      ? {
          mean: ms((worker) => sumOf(workerSojourns[worker]) / countOf(workerSojourns[worker])),
          p50: ms((worker) => quantile(workerSojourns[worker], 0.5)),
          p99: ms((worker) => quantile(workerSojourns[worker], 0.99)),
        }
      : null,
  };
}
