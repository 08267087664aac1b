import { defineLbMethod } from '../lbmethod.ts';
import { nextBelow } from '../rng.ts';

/** Backends that have a free slot say so, and are taken in the order in which they did; else one at random. O(1). */
export const jiq = defineLbMethod({
  name: 'jiq',
  summary: 'the backend that reported itself idle first, else one at random',
  source: 'Lu et al. 2011, Join-Idle-Queue',
  variant:
    'idle is a free slot; a backend is on the list once, and comes back with the next request that leaves it or finds a slot free',
  ties: 'who became idle first; by chance when nobody is idle',
  cost: 'O(1), and a step for each entry that has become void',
  factors: 'ignored',
  needs: 'load',
  columns: { listed: 'i32', idle: 'i32', eligible: 'i32' },
  tables: (workers) => ({
    list: { columns: { worker: 'i32' }, rows: workers },
    ends: { columns: { head: 'i32', length: 'i32' }, rows: 1 },
  }),
  prepare(state, { ids, count }, rows) {
    const { eligible, idle } = state;
    eligible.fill(0, 0, rows);
    for (let i = 0; i < count; i++) {
      eligible[ids[i]] = 1;
      if (idle[ids[i]] === 1) enlist(state, ids[i]);
    }
  },
  load(state, worker, { jobs, slots }) {
    state.idle[worker] = Number(jobs < slots);
    if (jobs < slots) enlist(state, worker);
  },
  elect({ rng, listed, idle, eligible, list, ends }, { ids, count }) {
    const { head, length } = ends;
    while (length[0] > 0) {
      const worker = list.worker[head[0]];
      head[0] = (head[0] + 1) % list.worker.length;
      length[0]--;
      listed[worker] = 0;
      if (eligible[worker] === 1 && idle[worker] === 1) return worker;
    }
    return ids[nextBelow(rng, count)];
  },
});

interface IdleList {
  readonly listed: Int32Array;
  readonly list: { readonly worker: Int32Array };
  readonly ends: { readonly head: Int32Array; readonly length: Int32Array };
}

function enlist({ listed, list, ends }: IdleList, worker: number): void {
  if (listed[worker] === 1) return;
  listed[worker] = 1;
  list.worker[(ends.head[0] + ends.length[0]++) % list.worker.length] = worker;
}
