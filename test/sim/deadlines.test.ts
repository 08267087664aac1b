import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deadline, Deadlines } from '../../sim/deadlines.ts';
import { EventQueue } from '../../sim/event-queue.ts';

const SEED = 20261121;
const LIST = 1;
const OTHER = 2;

function listOf(aheadNs: number) {
  const queue = new EventQueue();
  const list = new Deadlines(queue, LIST, aheadNs);
  const set = (id: number, nowNs: number): Deadline => {
    const deadline = new Deadline(id);
    list.set(deadline, nowNs);
    return deadline;
  };
  return { queue, list, set };
}

describe('Deadlines', () => {
  it('delivers each deadline at its time, with one event in the queue at a time', () => {
    const { queue, list, set } = listOf(10);
    [1, 2, 3].forEach((nowNs, id) => {
      set(id, nowNs);
    });
    const due: number[][] = [];
    for (;;) {
      expect(queue.size).toBeLessThanOrEqual(1);
      if (!queue.pop()) break;
      due.push([queue.timeNs, list.due(queue.timeNs)]);
    }
    expect(due).toEqual([
      [11, 0],
      [12, 1],
      [13, 2],
    ]);
  });

  it('says nothing of a deadline that no longer matters, and skips those behind it', () => {
    const { queue, list, set } = listOf(10);
    const deadlines = [0, 1, 2, 3].map((id) => set(id, id));
    for (const deadline of deadlines.slice(0, 3)) deadline.lift();
    queue.pop();
    expect([queue.timeNs, list.due(queue.timeNs)]).toEqual([10, -1]);
    queue.pop();
    expect([queue.timeNs, list.due(queue.timeNs)]).toEqual([13, 3]);
    expect(queue.pop()).toBe(false);
  });

  it('leaves the others alone when a deadline is lifted that has come or was lifted before', () => {
    const { queue, list, set } = listOf(10);
    const come = set(0, 0);
    queue.pop();
    expect(list.due(queue.timeNs)).toBe(0);
    const others = [100, 101, 102].map((id) => set(id, 20));
    come.lift();
    others[1].lift();
    others[1].lift();
    expect(others.map(({ isSet }) => isSet)).toEqual([true, false, true]);
    const due: number[] = [];
    while (queue.pop()) due.push(list.due(queue.timeNs));
    expect(due).toEqual([100, 102]);
  });

  it('comes in the order in which it was set among events of the same instant', () => {
    const { queue, list, set } = listOf(10);
    queue.push(12, OTHER);
    set(0, 0); // in the queue now
    set(1, 2); // in the queue only after the head has gone
    queue.push(12, OTHER);
    const order: number[] = [];
    while (queue.pop()) {
      order.push(queue.event);
      if (queue.event === LIST) list.due(queue.timeNs);
    }
    expect(order).toEqual([LIST, OTHER, LIST, OTHER]);
  });

  it('agrees with one event per deadline in the queue', () => {
    const step = fc.record({ gap: fc.integer({ min: 0, max: 3 }), cancel: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), fc.integer({ min: 1, max: 300 }), run),
      { seed: SEED, numRuns: 100 },
    );

    function run(steps: { gap: number; cancel: boolean }[], aheadNs: number): void {
      const { queue, list, set } = listOf(aheadNs);
      const expected: number[][] = [];
      const seen: number[][] = [];
      let nowNs = 0;
      steps.forEach(({ gap, cancel }, id) => {
        nowNs += gap;
        while (queue.size > 0 && queue.earliestNs < nowNs) fire();
        const deadline = set(id, nowNs);
        if (cancel) deadline.lift();
        else expected.push([nowNs + aheadNs, id]);
      });
      while (queue.size > 0) fire();
      expect(seen).toEqual(expected);

      function fire(): void {
        queue.pop();
        const id = list.due(queue.timeNs);
        if (id >= 0) seen.push([queue.timeNs, id]);
      }
    }
  });
});
