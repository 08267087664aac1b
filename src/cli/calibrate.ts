/** What long work will cost, from a short run of the real thing. */

import type { Job } from '../../sim/tasks.ts';
import { runnerFor } from '../../sim/tasks.ts';

/** Enough for the compiler to have warmed up, and to time. */
const WARM = 10_000;
const TIMED = 50_000;

/** Requests that one thread of this machine simulates in a second, the first lbmethod of `job` deciding. About 0.1 s. */
export async function requestsPerSecond({ scenario, lbmethods }: Job): Promise<number> {
  const timed = async (requests: number) => {
    const short = { ...scenario, run: { ...scenario.run, durationNs: null, requests } };
    const run = await runnerFor({ scenario: short, lbmethods });
    const beganMs = performance.now();
    const task = { lbmethod: 0, replication: 0, warmupNs: 0, binNs: 1e9 };
    const done = await run({ kind: 'replicate', ...task });
    return (done.requests / (performance.now() - beganMs)) * 1000;
  };
  await timed(WARM);
  return timed(TIMED);
}

/** `3 s`, `5 min`, `2.5 h`. */
export function timeText(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
