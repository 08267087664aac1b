/** The queue of studies in Redis: what submits to it and what serves it agree on this. */
import { deserialize, serialize } from 'node:v8';
import type { Job as Study } from '../../sim/tasks.ts';
import { LabError, optionError } from '../problems/errors.ts';
import { version } from '../version.ts';

/** Other versions give other results, so they have other queues. */
export const QUEUE = `fairlead-studies-${version}`;

/** One job: a study, ready to run. */
export interface StudyData {
  /** The scenario's name and the cell's values, for people. */
  readonly title: string;
  /** The study, serialized, in base64. */
  readonly study: string;
}

export function packed(title: string, study: Study): StudyData {
  return { title, study: serialize(study).toString('base64') };
}

export function unpacked({ study }: StudyData): Study {
  return deserialize(Buffer.from(study, 'base64'));
}

/** What `ioredis` gives, as far as it is used here. */
type Redis = import('ioredis').Redis;

export interface Reached {
  readonly bullmq: typeof import('bullmq');
  readonly redis: Redis;
  /** Without the password that the address may hold. */
  readonly host: string;
}

/**
 * Loads BullMQ, which nothing else needs, and connects. Once connected, a connection that is lost is made again for as long as it takes.
 * @throws LabError when `url` is no address of Redis, nobody answers there, or the packages are not installed.
 */
export async function reach(url: string): Promise<Reached> {
  const host = hostOf(url);
  const [bullmq, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')]).catch(
    (error: Error) => {
      throw optionError(
        '--queue',
        `--queue needs the packages bullmq and ioredis, which npm leaves out with --omit=optional: ${error.message.split('\n')[0]}`,
      );
    },
  );
  let connected = false;
  let reason = 'no answer';
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: null, // BullMQ waits for work for ever
    retryStrategy: (times) => (connected ? Math.min(times * 100, 2000) : null),
  });
  redis.on('error', (error) => {
    reason = error.message;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    if (error instanceof LabError) throw error;
    throw optionError(
      '--queue',
      `--queue: no Redis at ${host} (${reason}); start one, or name another: redis://HOST:PORT.`,
    );
  }
  connected = true;
  return { bullmq, redis, host };
}

function hostOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed !== null && /^rediss?:$/.test(parsed.protocol) && parsed.hostname !== '') {
    return `${parsed.hostname}:${parsed.port || 6379}`;
  }
  throw optionError(
    '--queue',
    `--queue is ${url}; expected redis://HOST:PORT, rediss:// for TLS, redis://:PASSWORD@HOST with a password.`,
  );
}
