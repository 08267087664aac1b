import { defineLbMethod } from '../lbmethod.ts';
import { heapColumns, heapState, postpone, push } from './parts/deadline-heap.ts';

/**
 * Earliest deadline first: a worker of weight w is due every 1/w. O(log candidates). Deadlines are quotients of
 * whole numbers, rounded once, so that those that are equal compare equal.
 */
export const edf = defineLbMethod({
  name: 'edf',
  summary: 'weighted round robin by earliest deadline: cheap for many workers',
  source: "Envoy's source/common/upstream/edf_scheduler.h",
  variant: 'all workers start in order; who joins later is due one turn from then',
  ties: 'the worker that was due and served longer ago',
  cost: 'O(log candidates)',
  factors: 'shares',
  columns: {
    ...heapColumns,
    /** Turns since the worker joined at `base`, with the load factor `weight`; 0: it is not in the heap. */
    turns: 'f64',
    base: 'f64',
    weight: 'i32',
    keeps: 'i32',
  },
  tables: () => ({ queue: { columns: heapState, rows: 1 } }),
  prepare(state, { ids, count }, rows) {
    const { lbfactor, heap, deadline, queue, turns, base, weight, keeps } = state;
    const now = queue.size[0] === 0 ? 0 : deadline[heap[0]];
    keeps.fill(0, 0, rows);
    for (let i = 0; i < count; i++) keeps[ids[i]] = 1;
    const kept = heap.slice(0, queue.size[0]).filter((worker) => {
      const keep = keeps[worker] === 1 && weight[worker] === lbfactor[worker];
      if (!keep) weight[worker] = 0;
      return keep;
    });
    queue.size[0] = 0;
    for (const worker of kept.sort((a, b) => state.entered[a] - state.entered[b])) {
      push(state, worker, deadline[worker]);
    }
    for (let i = 0; i < count; i++) {
      const worker = ids[i];
      if (weight[worker] > 0) continue;
      weight[worker] = lbfactor[worker];
      turns[worker] = 0;
      base[worker] = now;
      push(state, worker, now + 1 / weight[worker]);
    }
  },
  elect(state) {
    const { heap, turns, base, weight } = state;
    const worker = heap[0];
    turns[worker]++;
    postpone(state, base[worker] + (turns[worker] + 1) / weight[worker]);
    return worker;
  },
  reset({ queue, weight }, rows) {
    queue.size[0] = 0;
    weight.fill(0, 0, rows);
  },
});
