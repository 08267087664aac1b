/** Before a run: the code made warm, and what this machine makes of requests that take no time. */
import { ask } from './client.ts';
import { WARM_UP } from './line.ts';

/** What the path from client to backend and back does on this machine, while nothing else is under way. */
export interface Capability {
  /** ms: a request alone that its backend answers at once. */
  readonly idle: Times;
  /** So many requests a second, sixteen at a time. */
  readonly perSecond: number;
}

export interface Times {
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
}

const COLD = 200;
const ALONE = 300;
const TOGETHER = 800;
const AT_ONCE = 16;

/** About half a second. @throws Error when an answer is not 200. */
export async function warmUp(port: number): Promise<Capability> {
  for (let i = 0; i < COLD; i++) await once(port);
  const alone: number[] = [];
  for (let i = 0; i < ALONE; i++) alone.push(await once(port));
  const beganMs = performance.now();
  let left = TOGETHER;
  const some = async () => {
    while (left-- > 0) await once(port);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, some));
  const perSecond = (TOGETHER * 1000) / (performance.now() - beganMs);
  return { idle: timesOf(alone), perSecond };
}

/** NaN of nothing. */
export function timesOf(ms: readonly number[]): Times {
  const sorted = Float64Array.from(ms).sort();
  const at = (p: number) => sorted[Math.ceil(p * sorted.length) - 1] ?? Number.NaN;
  const mean = ms.reduce((sum, one) => sum + one, 0) / ms.length;
  return { mean, p50: at(0.5), p99: at(0.99) };
}

function once(port: number): Promise<number> {
  const beganMs = performance.now();
  return new Promise((resolve, reject) => {
    ask({ port, target: '/', attempt: WARM_UP, cookie: null }, (answer) => {
      if (answer?.status === 200) resolve(performance.now() - beganMs);
      else reject(new Error(`the proxy answers ${answer?.status ?? 'nothing'} while it warms up`));
    });
  });
}
