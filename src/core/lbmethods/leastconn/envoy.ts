import { nextBelow } from '../../rng.ts';
import { type Candidates, NONE } from '../../state.ts';
import { type DeadlineHeap, postpone, push } from '../parts/deadline-heap.ts';

interface LeastRequest extends DeadlineHeap {
  readonly lbfactor: Int32Array;
  readonly busy: Int32Array;
  readonly rng: Uint32Array;
  readonly parameters: { readonly choices: number; readonly bias: number };
  /** One row: whether all candidates have the same load factor. */
  readonly turns: { readonly equal: Int32Array };
}

/** With unequal factors everybody is put into the queue anew, as Envoy does when hosts change. */
export function prepareEnvoy(state: LeastRequest, { ids, count }: Candidates): void {
  const { lbfactor, turns, queue } = state;
  turns.equal[0] = 1;
  queue.size[0] = 0;
  for (let i = 0; i < count; i++) {
    if (lbfactor[ids[i]] !== lbfactor[ids[0]]) turns.equal[0] = 0;
    push(state, ids[i], intervalOf(state, ids[i]));
  }
}

/** Equal factors: draws with replacement, the one with fewest requests. Else by deadline, weights sinking with load. */
export function envoy(state: LeastRequest, { ids, count }: Candidates): number {
  const { busy, rng, heap, deadline, parameters } = state;
  if (state.turns.equal[0] === 1) {
    let best = NONE;
    for (let i = 0; i < parameters.choices; i++) {
      const worker = ids[nextBelow(rng, count)];
      if (best === NONE || busy[worker] < busy[best]) best = worker;
    }
    return best;
  }
  const worker = heap[0];
  postpone(state, deadline[worker] + intervalOf(state, worker));
  return worker;
}

/** What lies between two turns: the inverse of factor / (requests + 1)^bias. */
function intervalOf({ lbfactor, busy, parameters }: LeastRequest, worker: number): number {
  const load = busy[worker] + 1;
  const { bias } = parameters;
  return (bias === 1 ? load : Math.exp(bias * Math.log(load))) / lbfactor[worker];
}
