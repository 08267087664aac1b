/**
 * Workers by deadline, first come first served among equals: the queue of earliest-deadline-first scheduling, as a
 * binary heap over columns. Needs a row for each worker and one row of `heapState`.
 */
import type { Columns, Views } from '../../columns.ts';

export const heapColumns = {
  /** By place in the heap. */
  heap: 'i32',
  /** By worker: its deadline, and when among equal ones it came. */
  deadline: 'f64',
  entered: 'f64',
} as const satisfies Columns;

export const heapState = { size: 'i32', entries: 'f64' } as const satisfies Columns;

export type DeadlineHeap = Views<typeof heapColumns> & { readonly queue: Views<typeof heapState> };

/** Adds `worker`, which must not be there. O(log workers). */
export function push(state: DeadlineHeap, worker: number, deadline: number): void {
  const { heap, queue } = state;
  let at = queue.size[0]++;
  state.deadline[worker] = deadline;
  state.entered[worker] = queue.entries[0]++;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(state, worker, heap[parent])) break;
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = worker;
}

/** Gives the first worker a later deadline. O(log workers). */
export function postpone(state: DeadlineHeap, deadline: number): void {
  const { heap, queue } = state;
  const worker = heap[0];
  const size = queue.size[0];
  state.deadline[worker] = deadline;
  state.entered[worker] = queue.entries[0]++;
  let at = 0;
  for (let child = 1; child < size; child = 2 * at + 1) {
    if (child + 1 < size && isBefore(state, heap[child + 1], heap[child])) child++;
    if (!isBefore(state, heap[child], worker)) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = worker;
}

function isBefore({ deadline, entered }: DeadlineHeap, one: number, other: number): boolean {
  if (deadline[one] !== deadline[other]) return deadline[one] < deadline[other];
  return entered[one] < entered[other];
}
