/** The next arrivals beside the event queue: the earliest of all classes, equal times in the order of scheduling. */
import { expect, it } from 'vitest';
import { EventQueue } from '../../sim/event-queue.ts';
import { Upcoming } from '../../sim/upcoming.ts';

const at = (...times: number[]) => ({ next: () => times.shift() ?? Number.POSITIVE_INFINITY });

it('merges classes, those that end and closed ones too', () => {
  const queue = new EventQueue();
  const upcoming = new Upcoming(queue, [at(5, 9), null, at(3, 5, 9)]);
  for (const client of [0, 2]) upcoming.schedule(client);
  const order: [number, number][] = [];
  while (upcoming.earliest.timeNs < Number.POSITIVE_INFINITY) {
    const { timeNs, event } = upcoming.earliest;
    order.push([timeNs, event]);
    upcoming.schedule(event);
  }
  expect(order).toEqual([
    [3, 2],
    [5, 0], // scheduled before the other one's 5
    [5, 2],
    [9, 0],
    [9, 2],
  ]);
});
