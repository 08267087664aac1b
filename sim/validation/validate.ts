/** The engine's own audit: every case, its replications spread over threads, judged in the order of the table. */

import type { Case } from './case.ts';
import { cases } from './cases/index.ts';
import { type CaseResult, judge, judgeIdentity } from './judge.ts';
import { count, type Effort, type Measured, measure } from './measure.ts';

/** Replications `from` up to `to` of the case of that number in the table. */
export interface ValidationTask {
  readonly index: number;
  readonly from: number;
  readonly to: number;
  readonly effort: Effort;
}

/** Carries out tasks, here or on threads. The same task gives the same outcome anywhere. */
export type ValidationRunner = (task: ValidationTask) => Promise<Measured[] | CaseResult>;

export interface ValidateOptions extends Effort {
  /** Which cases; all when missing. */
  readonly wanted?: (one: Case) => boolean;
  readonly run: ValidationRunner;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Tasks of a case of many short replications. */
const TASKS_MAX = 20;

/** Runs a task in this thread. */
export async function runTask({ index, from, to, effort }: ValidationTask) {
  const one = cases[index];
  if (one.kind === 'identity') return judgeIdentity(one, one.compare(`${effort.seed}/${one.id}`));
  return one.kind === 'counted' ? count(one, effort, from, to) : measure(one, effort, from, to);
}

/** The results in the order of the table. */
export async function validate(options: ValidateOptions): Promise<CaseResult[]> {
  const { wanted = () => true, run, onProgress, ...effort } = options;
  const planned = cases.flatMap((one, index) =>
    wanted(one) ? [{ one, tasks: split(one, index, effort) }] : [],
  );
  const total = planned.reduce((sum, { tasks }) => sum + tasks.length, 0);
  let done = 0;
  onProgress?.(0, total);
  return Promise.all(
    planned.map(async ({ one, tasks }) => {
      const outcomes = await Promise.all(
        tasks.map(async (task) => {
          const outcome = await run(task);
          onProgress?.(++done, total);
          return outcome;
        }),
      );
      if (one.kind === 'identity') return outcomes[0] as CaseResult;
      return judge(one, (outcomes as Measured[][]).flat());
    }),
  );
}

function split(one: Case, index: number, { seed, times }: Effort): ValidationTask[] {
  const effort = { seed, times };
  if (one.kind === 'identity') return [{ index, from: 0, to: 1, effort }];
  const size = Math.ceil(one.replications / TASKS_MAX);
  return Array.from({ length: Math.ceil(one.replications / size) }, (_, i) => {
    return { index, from: i * size, to: Math.min(one.replications, (i + 1) * size), effort };
  });
}
