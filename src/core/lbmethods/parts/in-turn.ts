/** Smooth weighted round robin among those that are equally loaded, and only those: nginx's way to break ties. */
import type { Columns, Views } from '../../columns.ts';
import { type Candidates, NONE } from '../../state.ts';

export const inTurnColumns = {
  /** What the method ranks by in this election. */
  load: 'f64',
  current: 'f64',
} as const satisfies Columns;

export interface InTurn extends Views<typeof inTurnColumns> {
  readonly lbfactor: Int32Array;
}

/** Elects among the candidates whose `load` is `least`. */
export function inTurn(
  { lbfactor, load, current }: InTurn,
  { ids, count }: Candidates,
  least: number,
): number {
  let best = NONE;
  let most = 0;
  let total = 0;
  for (let i = 0; i < count; i++) {
    const worker = ids[i];
    if (load[worker] !== least) continue;
    const factor = lbfactor[worker];
    const now = current[worker] + factor;
    current[worker] = now;
    total += factor;
    if (best !== NONE && now <= most) continue;
    best = worker;
    most = now;
  }
  current[best] -= total;
  return best;
}
