import { type Candidates, NONE } from '../../state.ts';

interface Turns {
  readonly lbfactor: Int32Array;
  readonly busy: Int32Array;
  readonly turn: Float64Array;
  readonly turns: { readonly taken: Float64Array };
}

/** Least (requests + 1) / factor, idle workers first whatever their factor; in turn among equals. */
export function haproxy(state: Turns, { ids, count }: Candidates): number {
  const { lbfactor, busy, turn, turns } = state;
  let best = NONE;
  for (let i = 0; i < count; i++) {
    const worker = ids[i];
    const less = best === NONE ? -1 : compare(lbfactor, busy, worker, best);
    if (less < 0 || (less === 0 && turn[worker] < turn[best])) best = worker;
  }
  turn[best] = ++turns.taken[0];
  return best;
}

function compare(lbfactor: Int32Array, busy: Int32Array, one: number, other: number): number {
  const a = busy[one];
  const b = busy[other];
  if (a === 0 || b === 0) return Math.min(a, 1) - Math.min(b, 1);
  return (a + 1) * lbfactor[other] - (b + 1) * lbfactor[one];
}
