/** Entry of a replication thread: tasks in, replies out. */
import { move, workerData } from 'piscina';
import { LabError, type Problem } from '../src/problems/errors.ts';
import type { Replication } from './replication.ts';
import { type Job, runnerFor, type Task } from './tasks.ts';

/** Problems travel as data: an error would arrive without them. */
export type Reply = { readonly outcome: unknown } | { readonly problems: readonly Problem[] };

const job = workerData as Job;
let runner: ReturnType<typeof runnerFor> | undefined;

export default async function run(task: Task): Promise<Reply> {
  try {
    runner ??= runnerFor(job);
    const outcome = await (await runner)(task);
    // The histogram is most of an outcome's bytes: hand it over instead of copying it.
    if (task.kind === 'replicate') move((outcome as Replication).sojourns.buffer as ArrayBuffer);
    return { outcome };
  } catch (error) {
    if (error instanceof LabError) return { problems: error.problems };
    throw error;
  }
}
