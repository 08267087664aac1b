/** `fairlead worker`: runs cells of other machines' sweeps. */
import { pool } from '../../sim/pool.ts';
import { serve } from '../queue/serve.ts';
import { exit } from './exit.ts';

export interface WorkerOptions {
  readonly queue: string;
  readonly untilEmpty?: boolean;
  readonly threads?: number;
  readonly quiet?: boolean;
}

export async function worker({ queue, untilEmpty, threads, quiet }: WorkerOptions): Promise<void> {
  const stopping = new AbortController();
  const stop = (signal: NodeJS.Signals) => {
    if (stopping.signal.aborted) {
      process.exit(signal === 'SIGINT' ? exit.interrupted : exit.terminated);
    }
    if (!quiet) console.error('finishing the cells under way; once more to end at once');
    stopping.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const here = await pool(threads);
  try {
    const done = await serve({
      url: queue,
      pool: here,
      untilEmpty: untilEmpty ?? false,
      signal: stopping.signal,
      onReady: (host) => {
        if (!quiet) console.error(`${here.threads} threads take cells from ${host}`);
      },
      onStudy: (title, error) => {
        if (error !== null) console.error(`failed: ${title}: ${error}`);
        else if (!quiet) console.error(`done: ${title}`);
      },
    });
    if (!quiet) console.error(`${done} ${done === 1 ? 'cell' : 'cells'} done`);
  } finally {
    await here.close();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
