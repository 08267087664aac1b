/** What a thread is asked to do, and does. */

import { lbmethodOf } from '../src/config/lbmethod-of.ts';
import type { LbMethod } from '../src/core/index.ts';
import type { LbMethodRef, Scenario } from '../src/scenario/scenario.ts';
import { alternativesOf } from './alternatives.ts';
import { type PilotCurve, pilot } from './pilot.ts';
import { type Replication, replicate } from './replication.ts';

export interface Job {
  readonly scenario: Scenario;
  readonly lbmethods: readonly LbMethodRef[];
}

export type Task =
  | { readonly kind: 'pilot'; readonly replication: number }
  | {
      readonly kind: 'replicate';
      /** Index into the job's lbmethods. */
      readonly lbmethod: number;
      readonly replication: number;
      readonly warmupNs: number;
      readonly binNs: number;
    };

export type Outcome<T extends Task> = T extends { kind: 'pilot' } ? PilotCurve : Replication;

/** Carries out tasks of one job, here or on threads. The same task gives the same outcome anywhere. */
export type Runner = <T extends Task>(task: T) => Promise<Outcome<T>>;

/** Loads the job's methods once; then runs tasks in this thread. */
export async function runnerFor({ scenario, lbmethods }: Job): Promise<Runner> {
  const methods: LbMethod[] = await Promise.all(lbmethods.map(lbmethodOf));
  const alternatives = await alternativesOf(scenario);
  return async (task) => {
    const outcome =
      task.kind === 'pilot'
        ? pilot(scenario, methods[0], task.replication)
        : replicate({ ...task, scenario, alternatives, lbmethod: methods[task.lbmethod] });
    return outcome as never;
  };
}
