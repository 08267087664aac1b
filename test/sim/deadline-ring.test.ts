import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeadlineRing } from '../../sim/deadline-ring.ts';
import { EventQueue } from '../../sim/event-queue.ts';

const SEED = 20261121;
const RING = 1;
const OTHER = 2;

function ringOf(aheadNs: number) {
  const queue = new EventQueue();
  return { queue, ring: new DeadlineRing(queue, RING, aheadNs), serials: new Float64Array(1000) };
}

describe('DeadlineRing', () => {
  it('delivers each deadline at its time, with one event in the queue at a time', () => {
    const { queue, ring, serials } = ringOf(10);
    [1, 2, 3].forEach((nowNs, id) => {
      serials[id] = 100 + id;
      ring.set(id, serials, nowNs);
    });
    const due: number[][] = [];
    for (;;) {
      expect(queue.size).toBeLessThanOrEqual(1);
      if (!queue.pop()) break;
      due.push([queue.timeNs, ring.due(serials, queue.timeNs)]);
    }
    expect(due).toEqual([
      [11, 0],
      [12, 1],
      [13, 2],
    ]);
  });

  it('says nothing of a deadline that no longer matters, and skips those behind it', () => {
    const { queue, ring, serials } = ringOf(10);
    for (let id = 0; id < 4; id++) {
      serials[id] = 1;
      ring.set(id, serials, id);
    }
    serials[0] = 0;
    serials[1] = 0;
    serials[2] = 2; // the row serves another request now
    queue.pop();
    expect([queue.timeNs, ring.due(serials, queue.timeNs)]).toEqual([10, -1]);
    queue.pop();
    expect([queue.timeNs, ring.due(serials, queue.timeNs)]).toEqual([13, 3]);
    expect(queue.pop()).toBe(false);
  });

  it('comes in the order in which it was set among events of the same instant', () => {
    const { queue, ring, serials } = ringOf(10);
    serials.fill(1);
    queue.push(12, OTHER);
    ring.set(0, serials, 0); // in the queue now
    ring.set(1, serials, 2); // in the queue only after the head has gone
    queue.push(12, OTHER);
    const order: number[] = [];
    while (queue.pop()) {
      order.push(queue.event);
      if (queue.event === RING) ring.due(serials, queue.timeNs);
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
      const { queue, ring, serials } = ringOf(aheadNs);
      const expected: number[][] = [];
      const seen: number[][] = [];
      let nowNs = 0;
      steps.forEach(({ gap, cancel }, id) => {
        nowNs += gap;
        while (queue.size > 0 && queue.earliestNs < nowNs) fire();
        serials[id] = id + 1;
        ring.set(id, serials, nowNs);
        if (cancel) serials[id] = 0;
        else expected.push([nowNs + aheadNs, id]);
      });
      while (queue.size > 0) fire();
      expect(seen).toEqual(expected);

      function fire(): void {
        queue.pop();
        const id = ring.due(serials, queue.timeNs);
        if (id >= 0) seen.push([queue.timeNs, id]);
      }
    }
  });
});
