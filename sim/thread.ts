/** Entry of a replication thread: tasks in, replies out. */
import { move } from 'piscina';
import { LabError, type Problem } from '../src/problems/errors.ts';
import type { Replication } from './replication.ts';
import { type Job, type Runner, runnerFor, type Task } from './tasks.ts';

/** A task and the job it is of; `id` tells the jobs of a pool apart. */
export interface Call {
  readonly id: number;
  readonly job: Job;
  readonly task: Task;
}

/** Problems travel as data: an error would arrive without them. */
export type Reply = { readonly outcome: unknown } | { readonly problems: readonly Problem[] };

/** Jobs come one after another and overlap a little: so many are kept ready. */
const RUNNERS_MAX = 4;
const runners = new Map<number, Promise<Runner>>();

export default async function run({ id, job, task }: Call): Promise<Reply> {
  try {
    const outcome = await (await runnerOf(id, job))(task);
    // The histogram is most of an outcome's bytes: hand it over instead of copying it.
    if (task.kind === 'replicate') move((outcome as Replication).sojourns.buffer as ArrayBuffer);
    return { outcome };
  } catch (error) {
    if (error instanceof LabError) return { problems: error.problems };
    throw error;
  }
}

function runnerOf(id: number, job: Job): Promise<Runner> {
  const known = runners.get(id);
  if (known !== undefined) return known;
  const made = runnerFor(job);
  runners.set(id, made);
  if (runners.size > RUNNERS_MAX) runners.delete(Math.min(...runners.keys()));
  return made;
}
