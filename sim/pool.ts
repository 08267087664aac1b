/** Replications on a persistent pool of threads. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { LabError } from '../src/problems/errors.ts';
import type { Job, Runner } from './tasks.ts';
import type { Call, Reply } from './thread.ts';

export interface Pool {
  /** A runner of the tasks of `job`; the jobs of a pool share its threads. */
  runner(job: Job): Runner;
  readonly threads: number;
  /** Ends the threads, tasks under way included. */
  close(): Promise<void>;
}

/** More threads than so many per processor only cost memory. */
const PER_PROCESSOR_MAX = 4;

/** `wanted`: default one per processor. Runs compiled code: a thread loads `thread.js` beside this file. */
export async function pool(wanted: number = availableParallelism()): Promise<Pool> {
  const { Piscina } = await import('piscina');
  const threads = Math.min(wanted, PER_PROCESSOR_MAX * availableParallelism());
  const piscina = new Piscina({
    filename: fileURLToPath(new URL('./thread.js', import.meta.url)),
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
  });
  let jobs = 0;
  return {
    runner: (job) => {
      const id = jobs++;
      return async (task) => {
        const call: Call = { id, job, task };
        const reply: Reply = await piscina.run(call);
        if ('problems' in reply) throw new LabError(reply.problems);
        return reply.outcome as never;
      };
    },
    threads,
    close: () => {
      piscina.on('error', () => {}); // answers to tasks that nobody waits for any more
      return piscina.destroy();
    },
  };
}
