import type { Candidates } from '../../state.ts';

interface Turns {
  readonly lbfactor: Int32Array;
  readonly busy: Int32Array;
  readonly turn: Float64Array;
  readonly turns: { readonly taken: Float64Array };
}

/** Least (requests + 1) / factor, idle workers first whatever their factor; in turn among equals. */
export function haproxy(state: Turns, { ids, count }: Candidates): number {
  const { lbfactor, busy, turn, turns } = state;
  let best = ids[0];
  let least = Number.POSITIVE_INFINITY;
  let earliest = 0;
  for (let i = 0; i < count; i++) {
    const worker = ids[i];
    const inFlight = busy[worker];
    const load = inFlight === 0 ? 0 : (inFlight + 1) / lbfactor[worker]; // equal quotients are equal rounded, too
    if (load > least) continue;
    const since = turn[worker];
    if (load === least && since >= earliest) continue;
    best = worker;
    least = load;
    earliest = since;
  }
  turn[best] = ++turns.taken[0];
  return best;
}
