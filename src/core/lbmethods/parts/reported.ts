/** What backends say of themselves, and who has least of it. */
import type { Columns, Views } from '../../columns.ts';
import type { BackendLoad } from '../../lbmethod.ts';
import { nextBelow } from '../../rng.ts';
import { type Candidates, NONE } from '../../state.ts';

/** One row per worker. */
export const reportColumns = {
  /** Requests at the backend. */
  jobs: 'f64',
  /** Requests a second that it serves at most; 0 before it said so. */
  rate: 'f64',
} as const satisfies Columns;

export interface Reported extends Views<typeof reportColumns> {
  readonly rng: Uint32Array;
}

export function takeReport({ jobs, rate }: Reported, worker: number, load: BackendLoad): void {
  jobs[worker] = load.jobs;
  rate[worker] = load.rate;
}

/** Least (jobs + `further`) / rate; of equals one at random, each as likely. */
export function leastReported(
  { jobs, rate, rng }: Reported,
  { ids, count }: Candidates,
  further: number,
): number {
  let best = NONE;
  let least = 0;
  let equals = 0;
  for (let i = 0; i < count; i++) {
    const worker = ids[i];
    const wait = (jobs[worker] + further) / (rate[worker] || 1);
    if (best === NONE || wait < least) {
      best = worker;
      least = wait;
      equals = 1;
    } else if (wait === least && nextBelow(rng, ++equals) === 0) best = worker;
  }
  return best;
}
