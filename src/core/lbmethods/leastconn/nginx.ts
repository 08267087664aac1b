import { type Candidates, NONE } from '../../state.ts';

interface Current {
  readonly lbfactor: Int32Array;
  readonly busy: Int32Array;
  readonly current: Float64Array;
}

/** Least requests / factor; smooth weighted round robin among those that are equal, and only those. */
export function nginx({ lbfactor, busy, current }: Current, { ids, count }: Candidates): number {
  let least = ids[0];
  for (let i = 1; i < count; i++) {
    const worker = ids[i];
    if (busy[worker] * lbfactor[least] < busy[least] * lbfactor[worker]) least = worker;
  }
  let best = NONE;
  let total = 0;
  for (let i = 0; i < count; i++) {
    const worker = ids[i];
    if (busy[worker] * lbfactor[least] !== busy[least] * lbfactor[worker]) continue;
    current[worker] += lbfactor[worker];
    total += lbfactor[worker];
    if (best === NONE || current[worker] > current[best]) best = worker;
  }
  current[best] -= total;
  return best;
}
