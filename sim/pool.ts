/** Replications on a persistent pool of threads. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { serialize } from 'node:v8';
import { LabError } from '../src/problems/errors.ts';
import type { Job, Runner } from './tasks.ts';
import type { Message, Reply } from './thread.ts';

export interface Pool {
  /** Tasks of `job` on these threads, those of other jobs in between. A scenario is sent once, not with each task. */
  runner(job: Job): Runner;
  readonly threads: number;
  /** Ends the threads, tasks under way included. */
  close(): Promise<void>;
}

/** More threads than so many per processor only cost memory. */
const PER_PROCESSOR_MAX = 4;

/** `wanted`: default one per processor. Runs compiled code: a thread loads `thread.js` beside this file. */
export async function pool(wanted?: number): Promise<Pool> {
  const { piscina, threads, close } = await threadsOf('./thread.js', wanted);
  let jobs = 0;
  return {
    runner(job) {
      const number = jobs++;
      const bytes = shared(job);
      return async (task) => {
        const message: Message = { job: number, bytes, task };
        const reply: Reply = await piscina.run(message);
        if ('problems' in reply) throw new LabError(reply.problems);
        return reply.outcome as never;
      };
    },
    threads,
    close,
  };
}

/** Threads that load the compiled module `entry` (from this folder); `wanted`: default one per processor. */
export async function threadsOf(entry: string, wanted: number = availableParallelism()) {
  const { Piscina } = await import('piscina');
  const threads = Math.min(wanted, PER_PROCESSOR_MAX * availableParallelism());
  const piscina = new Piscina({
    filename: fileURLToPath(new URL(entry, import.meta.url)),
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
  });
  const close = () => {
    piscina.on('error', () => {}); // answers to tasks that nobody waits for any more
    return piscina.destroy();
  };
  return { piscina, threads, close };
}

/** The job where every thread can read it, so that a long trace is not copied for each task. */
function shared(job: Job): SharedArrayBuffer {
  const bytes = serialize(job);
  const buffer = new SharedArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  return buffer;
}
