/** By what backends say of themselves: who has the shortest wait. */
import type { Columns, Views } from '../../columns.ts';
import type { BackendLoad } from '../../lbmethod.ts';
import { nextBelow } from '../../rng.ts';
import { type Candidates, NONE } from '../../state.ts';

/** One row per worker: seconds until what counts is served; 0 before the backend said something. */
export const waitColumns = { wait: 'f64' } as const satisfies Columns;

export interface Waits extends Views<typeof waitColumns> {
  readonly rng: Uint32Array;
}

/** Counts the requests at the backend and `further` ones. */
export function takeWait({ wait }: Waits, worker: number, load: BackendLoad, further: number) {
  wait[worker] = (load.jobs + further) / load.rate;
}

/** The shortest wait; of equals one at random, each as likely. */
export function shortestWait({ wait, rng }: Waits, { ids, count }: Candidates): number {
  let best = NONE;
  let least = Number.POSITIVE_INFINITY;
  let equals = 0;
  for (let i = 0; i < count; i++) {
    const worker = ids[i];
    const now = wait[worker];
    if (now > least) continue;
    equals = now === least ? equals + 1 : 1;
    if (equals > 1) continue;
    best = worker;
    least = now;
  }
  if (equals === 1) return best;
  let left = nextBelow(rng, equals);
  let place = 0;
  while (wait[ids[place]] !== least || left-- > 0) place++;
  return ids[place];
}
