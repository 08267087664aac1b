/** Probes under way: what a backend said when it was asked, and when that is known. First asked, first known. */
import type { Columns, Views } from '../../columns.ts';
import { NONE } from '../../state.ts';

/** With more under way than this no further ones are sent. */
export const PROBES_MAX = 1024;

export const probeColumns = {
  asked: 'i32',
  jobs: 'f64',
  latencyNs: 'f64',
  knownNs: 'f64',
} as const satisfies Columns;

/** One row. */
export const probeEndColumns = { head: 'i32', length: 'i32' } as const satisfies Columns;

export interface Probes {
  readonly probes: Views<typeof probeColumns>;
  readonly probeEnds: Views<typeof probeEndColumns>;
}

export function send(
  { probes, probeEnds }: Probes,
  worker: number,
  jobs: number,
  latencyNs: number,
  knownNs: number,
): void {
  if (probeEnds.length[0] === PROBES_MAX) return;
  const row = (probeEnds.head[0] + probeEnds.length[0]++) % PROBES_MAX;
  probes.asked[row] = worker;
  probes.jobs[row] = jobs;
  probes.latencyNs[row] = latencyNs;
  probes.knownNs[row] = knownNs;
}

/** Takes the next answer that is known at `nowNs`: its row until the next `send`, or NONE. */
export function receive({ probes, probeEnds }: Probes, nowNs: number): number {
  const row = probeEnds.head[0];
  if (probeEnds.length[0] === 0 || probes.knownNs[row] > nowNs) return NONE;
  probeEnds.head[0] = (row + 1) % PROBES_MAX;
  probeEnds.length[0]--;
  return row;
}
