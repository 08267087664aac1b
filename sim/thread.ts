/** Entry of a replication thread: tasks in, replies out. */
import { deserialize } from 'node:v8';
import { move } from 'piscina';
import { LabError, type Problem } from '../src/problems/errors.ts';
import { inlineMore } from './inlining.ts';
import type { Replication } from './replication.ts';
import { type Runner, runnerFor, type Task } from './tasks.ts';

export interface Message {
  /** Its number in the pool. */
  readonly job: number;
  /** The job itself, serialized. */
  readonly bytes: SharedArrayBuffer;
  readonly task: Task;
}

inlineMore();

/** Problems travel as data: an error would arrive without them. */
export type Reply = { readonly outcome: unknown } | { readonly problems: readonly Problem[] };

/** Jobs that a thread keeps ready: those whose tasks may come by turns. */
const JOBS_MAX = 4;

const runners = new Map<number, Promise<Runner>>();

export default async function run({ job, bytes, task }: Message): Promise<Reply> {
  try {
    const outcome = await (await runnerOf(job, bytes))(task);
    // The histogram is most of an outcome's bytes: hand it over instead of copying it.
    if (task.kind === 'replicate') move((outcome as Replication).sojourns.buffer as ArrayBuffer);
    return { outcome };
  } catch (error) {
    if (error instanceof LabError) return { problems: error.problems };
    throw error;
  }
}

function runnerOf(job: number, bytes: SharedArrayBuffer): Promise<Runner> {
  const known = runners.get(job);
  if (known !== undefined) return known;
  const copy = Buffer.from(new Uint8Array(bytes)); // what is read from shared memory would stay there
  const runner = runnerFor(deserialize(copy));
  runners.set(job, runner);
  const [oldest] = runners.keys();
  if (runners.size > JOBS_MAX && oldest !== undefined) runners.delete(oldest);
  return runner;
}
