import type { Candidates } from '../../state.ts';
import { type InTurn, inTurn } from '../parts/in-turn.ts';

interface Loads extends InTurn {
  readonly busy: Int32Array;
}

/** Least requests / factor; smooth weighted round robin among those that are equal. */
export function nginx(state: Loads, among: Candidates): number {
  const { lbfactor, busy, load } = state;
  const { ids, count } = among;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const worker = ids[i];
    const now = busy[worker] / lbfactor[worker]; // equal quotients are equal rounded, too
    load[worker] = now;
    if (now < least) least = now;
  }
  return inTurn(state, among, least);
}
