import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeadlineRing } from '../../sim/deadline-ring.ts';
import { EventQueue } from '../../sim/event-queue.ts';

const SEED = 20261121;
const RING = 1;
const OTHER = 2;

function ringOf(aheadNs: number) {
  const queue = new EventQueue();
  return { queue, ring: new DeadlineRing(queue, RING, aheadNs) };
}

describe('DeadlineRing', () => {
  it('delivers each deadline at its time, with one event in the queue at a time', () => {
    const { queue, ring } = ringOf(10);
    [1, 2, 3].forEach((nowNs, id) => {
      ring.set(id, nowNs);
    });
    const due: number[][] = [];
    for (;;) {
      expect(queue.size).toBeLessThanOrEqual(1);
      if (!queue.pop()) break;
      due.push([queue.timeNs, ring.due(queue.timeNs)]);
    }
    expect(due).toEqual([
      [11, 0],
      [12, 1],
      [13, 2],
    ]);
  });

  it('says nothing of a deadline that no longer matters, and skips those behind it', () => {
    const { queue, ring } = ringOf(10);
    const numbers = [0, 1, 2, 3].map((id) => ring.set(id, id));
    for (const number of numbers.slice(0, 3)) ring.lift(number);
    queue.pop();
    expect([queue.timeNs, ring.due(queue.timeNs)]).toEqual([10, -1]);
    queue.pop();
    expect([queue.timeNs, ring.due(queue.timeNs)]).toEqual([13, 3]);
    expect(queue.pop()).toBe(false);
  });

  it('leaves the others alone when a deadline is lifted that has come or was lifted before', () => {
    const { queue, ring } = ringOf(10);
    const come = ring.set(0, 0);
    queue.pop();
    expect(ring.due(queue.timeNs)).toBe(0);
    // As many again as the ring has places: one of them lies where the one that came did.
    const numbers = Array.from({ length: 64 }, (_, i) => ring.set(100 + i, 20));
    ring.lift(come);
    ring.lift(-1); // none
    ring.lift(numbers[1]);
    ring.lift(numbers[1]);
    const due: number[] = [];
    while (queue.pop()) due.push(ring.due(queue.timeNs));
    const left = Array.from({ length: 64 }, (_, i) => 100 + i).filter((id) => id !== 101);
    expect(due).toEqual(left);
  });

  it('comes in the order in which it was set among events of the same instant', () => {
    const { queue, ring } = ringOf(10);
    queue.push(12, OTHER);
    ring.set(0, 0); // in the queue now
    ring.set(1, 2); // in the queue only after the head has gone
    queue.push(12, OTHER);
    const order: number[] = [];
    while (queue.pop()) {
      order.push(queue.event);
      if (queue.event === RING) ring.due(queue.timeNs);
    }
    expect(order).toEqual([RING, OTHER, RING, OTHER]);
  });

  it('agrees with one event per deadline in the queue, through growth and wrap-around', () => {
    const step = fc.record({ gap: fc.integer({ min: 0, max: 3 }), cancel: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), fc.integer({ min: 1, max: 300 }), run),
      { seed: SEED, numRuns: 100 },
    );

    function run(steps: { gap: number; cancel: boolean }[], aheadNs: number): void {
      const { queue, ring } = ringOf(aheadNs);
      const expected: number[][] = [];
      const seen: number[][] = [];
      let nowNs = 0;
      steps.forEach(({ gap, cancel }, id) => {
        nowNs += gap;
        while (queue.size > 0 && queue.earliestNs < nowNs) fire();
        const number = ring.set(id, nowNs);
        if (cancel) ring.lift(number);
        else expected.push([nowNs + aheadNs, id]);
      });
      while (queue.size > 0) fire();
      expect(seen).toEqual(expected);

      function fire(): void {
        queue.pop();
        const id = ring.due(queue.timeNs);
        if (id >= 0) seen.push([queue.timeNs, id]);
      }
    }
  });
});
