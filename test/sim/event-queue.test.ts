import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Entry, EventQueue } from '../../sim/event-queue.ts';

const SEED = 20261121;

/** The same, by sorting a list. */
class NaiveQueue {
  #entries: { timeNs: number; sequence: number; event: number }[] = [];
  #next = 0;
  claim = () => this.#next++;
  push(timeNs: number, event: number, sequence = this.#next++) {
    this.#entries.push({ timeNs, sequence, event });
    this.#entries.sort((a, b) => a.timeNs - b.timeNs || a.sequence - b.sequence);
    return sequence;
  }
  pop = () => this.#entries.shift();
  get size() {
    return this.#entries.length;
  }
}

const taken = ({ timeNs, sequence, event }: EventQueue) => ({ timeNs, sequence, event });

describe('EventQueue', () => {
  it('takes the earliest first, and equal times in the order of scheduling', () => {
    const queue = new EventQueue();
    for (const [event, timeNs] of [5, 3, 5, 3, 0, 5].entries()) queue.push(timeNs, event);
    const order: number[] = [];
    while (queue.pop()) order.push(queue.event);
    expect(order).toEqual([4, 1, 3, 0, 2, 5]);
  });

  it('is stable over a thousand equal times and its own growth', () => {
    const queue = new EventQueue(2);
    for (let event = 0; event < 1000; event++) queue.push(7, event);
    const order: number[] = [];
    while (queue.pop()) order.push(queue.event);
    expect(order).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  });

  it('puts an event with a claimed sequence where it was claimed', () => {
    const queue = new EventQueue();
    queue.push(1, 10);
    const early = queue.claim();
    queue.push(1, 12);
    expect(queue.push(1, 11, early)).toBe(early);
    const order: number[] = [];
    while (queue.pop()) order.push(queue.event);
    expect(order).toEqual([10, 11, 12]);
  });

  it('takes nothing that an event beside it comes before', () => {
    const queue = new EventQueue();
    const beside = new Entry(4);
    queue.push(3, 0);
    beside.sequence = queue.claim();
    queue.push(4, 2);
    expect([queue.pop(beside), queue.event, queue.pop(beside)]).toEqual([true, 0, false]);
    beside.sequence = queue.claim();
    expect([queue.pop(beside), queue.event, queue.pop(beside)]).toEqual([true, 2, false]);
  });

  it('knows its earliest time, its size, and that it is empty', () => {
    const queue = new EventQueue();
    expect(queue.pop()).toBe(false);
    queue.push(9, 0);
    queue.push(4, 1);
    expect([queue.size, queue.earliestNs]).toEqual([2, 4]);
    queue.pop();
    queue.pop();
    expect([queue.size, queue.pop(), queue.timeNs]).toEqual([0, false, 9]);
  });

  it('keeps times beyond 2^32 ns and events of 30 bits', () => {
    const queue = new EventQueue();
    queue.push(Number.MAX_SAFE_INTEGER, (1 << 30) + 3);
    queue.pop();
    expect([queue.timeNs, queue.event]).toEqual([Number.MAX_SAFE_INTEGER, (1 << 30) + 3]);
  });

  it('agrees with a sorted list, operation by operation', () => {
    // Few distinct times, so that most are equal to some other.
    const push = fc.record({ push: fc.integer({ min: 0, max: 20 }) });
    const claim = fc.record({ claimed: fc.integer({ min: 0, max: 20 }) });
    const operations = fc.array(fc.oneof(push, claim, fc.constant('pop' as const)), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(operations, (list) => {
        const queue = new EventQueue(2);
        const naive = new NaiveQueue();
        const claims: number[] = [];
        list.forEach((operation, event) => {
          if (operation === 'pop') {
            const expected = naive.pop();
            expect(queue.pop()).toBe(expected !== undefined);
            if (expected) expect(taken(queue)).toEqual(expected);
          } else if ('push' in operation) {
            expect(queue.push(operation.push, event)).toBe(naive.push(operation.push, event));
          } else if (claims.length === 0) {
            claims.push(naive.claim());
            expect(queue.claim()).toBe(claims[0]);
          } else {
            const sequence = claims.pop()!;
            queue.push(operation.claimed, event, sequence);
            naive.push(operation.claimed, event, sequence);
          }
          expect(queue.size).toBe(naive.size);
        });
        for (let next = naive.pop(); next; next = naive.pop()) {
          queue.pop();
          expect(taken(queue)).toEqual(next);
        }
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});
