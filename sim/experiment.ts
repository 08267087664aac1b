/**
 * Replications of one scenario under several lbmethods: as many as are asked for, and more of them later. What
 * `study`, sweeps and gates are made of. Replication r has the same traffic in every arm and gives the same numbers
 * whenever and on whatever thread it runs; there is never a gap, so that a statistic over the first R of them
 * does not depend on which were quick.
 */
import { metricNames } from '../src/scenario/metrics.ts';
import type { Expectation, LbMethodRef, Scenario } from '../src/scenario/scenario.ts';
import { expectedNs } from './expected.ts';
import { fixedWarmup, needsPilot, PILOT_REPLICATIONS, type Warmup, warmupFrom } from './pilot.ts';
import type { Replication } from './replication.ts';
import type { Job, Runner } from './tasks.ts';

/** Bins of the time series: what a chart can show. */
const BINS = 200;

/** An invariant of the engine is broken: the result is worthless, and the fault is ours. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

export interface ExperimentOptions extends Job {
  readonly run: Runner;
  /** Called after each finished task, pilots included; `total` is what is planned by now. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Replications of one lbmethod, the r-th at index r. */
export type Arm = readonly Replication[];

export interface Experiment {
  readonly scenario: Scenario;
  readonly lbmethods: readonly LbMethodRef[];
  /** Frozen: the same for every lbmethod and replication. */
  readonly warmup: Warmup;
  /** In the order of `lbmethods`; all of the same length. */
  readonly arms: readonly Arm[];
  /**
   * Runs what is missing until every arm has `count` replications; one call at a time. `planned` is how many
   * there may be in the end, for progress alone.
   * @throws InvariantError when conservation or Little's law does not hold in a replication.
   */
  extend(count: number, planned?: number): Promise<void>;
}

/** Finds the warm-up, piloted by the first lbmethod; there are no replications yet. */
export async function experiment(options: ExperimentOptions): Promise<Experiment> {
  const { scenario, lbmethods, run, onProgress } = options;
  const pilots = needsPilot(scenario) ? PILOT_REPLICATIONS : 0;
  let planned = scenario.run.replications;
  let done = 0;
  const report = () => onProgress?.(done, pilots + lbmethods.length * planned);
  const counted = async <T>(task: Promise<T>): Promise<T> => {
    const outcome = await task;
    done++;
    report();
    return outcome;
  };
  report();
  const curves = indices(0, pilots).map((replication) =>
    counted(run({ kind: 'pilot', replication })),
  );
  const warmup =
    pilots === 0 ? fixedWarmup(scenario) : warmupFrom(scenario, await Promise.all(curves));
  const binNs = Math.ceil(expectedNs(scenario) / BINS);
  let arms: readonly Arm[] = lbmethods.map(() => []);
  return {
    scenario,
    lbmethods,
    warmup,
    get arms() {
      return arms;
    },
    async extend(count, plannedNow = count) {
      planned = plannedNow;
      report();
      const more = lbmethods.map((_, lbmethod) =>
        indices(arms[lbmethod].length, count).map((replication) =>
          counted(run({ kind: 'replicate', lbmethod, replication, warmupNs: warmup.ns, binNs })),
        ),
      );
      const added = await Promise.all(more.map((arm) => Promise.all(arm)));
      arms = arms.map((arm, i) => [...arm, ...added[i]]);
      checkInvariants(scenario, lbmethods, arms);
    },
  };
}

/** One value a replication, in their order; NaN where one has no data. */
export function valuesOf(arm: Arm, metric: Expectation['metric']): Float64Array {
  if (typeof metric !== 'string') {
    return Float64Array.from(arm, ({ workers }) => workers[metric.field][metric.worker]);
  }
  const index = metricNames.indexOf(metric);
  return Float64Array.from(arm, ({ metrics }) => metrics[index]);
}

function checkInvariants(
  scenario: Scenario,
  lbmethods: readonly LbMethodRef[],
  arms: readonly Arm[],
): void {
  arms.forEach((arm, i) => {
    arm.forEach(({ broken }, replication) => {
      if (broken.length === 0) return;
      const where = `${lbmethods[i].name}, seed ${scenario.seed}, replication ${replication}`;
      throw new InvariantError(`the engine broke an invariant (${where}): ${broken.join('; ')}`);
    });
  });
}

/** Whole numbers from `from` to before `to`. */
export function indices(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}
