/** Where the studies of a sweep run: on threads of this machine, or on those of others through a queue. */
import { pool } from '../../sim/pool.ts';
import { study } from '../../sim/study.ts';
import { type Plan, type PlannedCell, scenarioOf } from '../../sim/sweep/plan.ts';
import type { RunOptions } from '../../sim/sweep/run.ts';
import type { Job } from '../../sim/tasks.ts';
import { optionError } from '../problems/errors.ts';

/** So many cells at once: while one ends, the threads have work from the next. */
const LANES = 2;

export interface Studies extends Pick<RunOptions, 'study' | 'lanes'> {
  close(): Promise<void>;
}

export async function studiesHere(wanted: number | undefined): Promise<Studies> {
  const threads = await pool(wanted);
  return {
    lanes: LANES,
    study: async (_cell, job, onProgress) =>
      (await study({ ...job, run: threads.runner(job), onProgress })).result,
    close: () => threads.close(),
  };
}

/** `note` is told when there is nobody to do the work. @throws LabError when there is no Redis at `url`. */
export async function studiesOnQueue(
  url: string,
  plan: Plan,
  cells: readonly PlannedCell[],
  note: (text: string) => void,
): Promise<Studies> {
  refuseModules(plan, cells);
  const { submitter } = await import('../queue/submit.ts');
  const queue = await submitter(url);
  if (cells.length > 0 && (await queue.workers()) === 0) {
    note(`nobody works at ${queue.host} yet; the cells wait for: fairlead worker --queue URL`);
  }
  return {
    lanes: cells.length,
    study: (cell, job, onProgress) => queue.study(cell.id, titleOf(cell, job), job, onProgress),
    close: () => queue.close(),
  };
}

function titleOf({ values }: PlannedCell, { scenario }: Job): string {
  return [scenario.name, ...values.map(({ path, value }) => `${path}=${value}`)].join(' ');
}

/** A module of the user's own is a file here, and other machines do not have it. */
function refuseModules(plan: Plan, cells: readonly PlannedCell[]): void {
  for (const { values, lbmethods, refused } of cells) {
    if (refused !== null) continue;
    const { events } = scenarioOf(plan.options, values);
    const switches = events.flatMap((event) =>
      event.kind === 'manager' && event.worker === null ? (event.change.lbmethod ?? []) : [],
    );
    const own = [...lbmethods, ...switches].find(({ file }) => file !== null);
    if (own === undefined) continue;
    throw optionError(
      '--queue',
      `--queue: ${own.file} is a module on this machine, which is not sent to others yet; expected lbmethods by name, or --shard where every machine has the file.`,
    );
  }
}
