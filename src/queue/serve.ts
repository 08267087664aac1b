/** Takes studies from the queue and runs them on this machine's threads. */
import type { Pool } from '../../sim/pool.ts';
import type { Result } from '../../sim/result.ts';
import { study } from '../../sim/study.ts';
import { QUEUE, type Reached, reach, type StudyData, unpacked } from './studies.ts';

/** So many at once: while one ends, the threads have work from the next. */
const LANES = 2;

export interface ServeOptions {
  readonly url: string;
  readonly pool: Pool;
  /** End when nothing waits any more. */
  readonly untilEmpty: boolean;
  readonly onReady: (host: string) => void;
  /** A study ended; `error`: how, when not well. */
  readonly onStudy: (title: string, error: string | null) => void;
  /** Aborted: take nothing more, finish what is under way. */
  readonly signal: AbortSignal;
}

/** Ends when the signal says so or the queue is empty. Returns how many studies were done. */
export async function serve(options: ServeOptions): Promise<number> {
  const { pool, onStudy, signal } = options;
  const { bullmq, redis, host } = await reach(options.url);
  const worker = new bullmq.Worker<StudyData, Result>(
    QUEUE,
    async (job) => {
      const asked = unpacked(job.data);
      const { result } = await study({
        ...asked,
        run: pool.runner(asked),
        onProgress: (done, total) => {
          job.updateProgress([done, total]).catch(() => {}); // of a connection that is being closed: nobody looks
        },
      });
      return result;
    },
    { connection: redis, concurrency: LANES },
  );
  let done = 0;
  worker.on('completed', ({ data }) => {
    done++;
    onStudy(data.title, null);
  });
  worker.on('failed', (job, error) => onStudy(job?.data.title ?? 'a study', error.message));
  worker.on('error', () => {}); // ioredis connects again, and BullMQ goes on
  await worker.waitUntilReady();
  options.onReady(host);
  await new Promise<void>((resolve, reject) => {
    signal.addEventListener('abort', () => resolve());
    if (signal.aborted) resolve();
    if (!options.untilEmpty) return;
    worker.on('drained', resolve); // not where nothing waited from the start
    isEmpty(bullmq, redis).then((empty) => empty && resolve(), reject);
  });
  await worker.close(); // waits for what is under way
  redis.disconnect();
  return done;
}

async function isEmpty(bullmq: Reached['bullmq'], redis: Reached['redis']): Promise<boolean> {
  const queue = new bullmq.Queue(QUEUE, { connection: redis });
  const waiting = await queue.getWaitingCount();
  await queue.close();
  return waiting === 0;
}
