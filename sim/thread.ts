/** Entry of a replication thread: tasks in, outcomes out. */
import { move, workerData } from 'piscina';
import type { Replication } from './replication.ts';
import { type Job, runnerFor, type Task } from './tasks.ts';

const runner = runnerFor(workerData as Job);

export default async function run(task: Task): Promise<unknown> {
  const outcome = await (await runner)(task);
  // The histogram is most of an outcome's bytes: hand it over instead of copying it.
  if (task.kind === 'replicate') move((outcome as Replication).sojourns.buffer as ArrayBuffer);
  return outcome;
}
