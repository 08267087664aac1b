/** Hands studies to the queue and waits for their results. */
import type { Result } from '../../sim/result.ts';
import type { Job as Study } from '../../sim/tasks.ts';
import { packed, QUEUE, reach, type StudyData } from './studies.ts';

/** How long Redis keeps a result: for a sweep that was interrupted and goes on. */
const KEPT_SECONDS = 24 * 3600;

export interface Submitter {
  readonly host: string;
  /** Who takes studies at present. */
  workers(): Promise<number>;
  /**
   * The result of `study`: at once when it is there already. `id`: the same for the same study. `onProgress`:
   * replications done and to do.
   * @throws Error that says how the study failed.
   */
  study(
    id: string,
    title: string,
    study: Study,
    onProgress: (done: number, total: number) => void,
  ): Promise<Result>;
  close(): Promise<void>;
}

interface Awaited {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: (done: number, total: number) => void;
}

export async function submitter(url: string): Promise<Submitter> {
  const { bullmq, redis, host } = await reach(url);
  const queue = new bullmq.Queue<StudyData, Result>(QUEUE, { connection: redis });
  const events = new bullmq.QueueEvents(QUEUE, { connection: redis.duplicate() });
  const awaited = new Map<string, Awaited>();
  const settle = (id: string, how: (one: Awaited) => void) => {
    const one = awaited.get(id);
    awaited.delete(id);
    if (one !== undefined) how(one);
  };
  events.on('completed', ({ jobId, returnvalue }) => {
    settle(jobId, ({ resolve }) => resolve(returnvalue as unknown as Result));
  });
  events.on('failed', ({ jobId, failedReason }) => {
    settle(jobId, ({ reject }) => reject(new Error(failedReason)));
  });
  events.on('progress', ({ jobId, data }) => {
    const [done, total] = data as unknown as [number, number];
    awaited.get(jobId)?.onProgress(done, total);
  });
  const connectsAgain = () => {}; // ioredis does
  queue.on('error', connectsAgain);
  events.on('error', connectsAgain);
  await events.waitUntilReady();

  return {
    host,
    workers: () => queue.getWorkersCount(),
    async study(id, title, study, onProgress) {
      const result = new Promise<Result>((resolve, reject) => {
        awaited.set(id, { resolve, reject, onProgress });
      });
      await queue.add('study', packed(title, study), {
        jobId: id,
        removeOnComplete: { age: KEPT_SECONDS },
        removeOnFail: true,
      });
      const job = await queue.getJob(id); // of an earlier asker, perhaps
      if (job?.returnvalue) settle(id, ({ resolve }) => resolve(job.returnvalue));
      return result;
    },
    async close() {
      await events.close();
      await queue.close();
      redis.disconnect();
    },
  };
}
