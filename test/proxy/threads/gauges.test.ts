/** How connections are counted, for the threads to see who has how many. */
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { Gauges, gaugesFor } from '../../../src/proxy/threads/gauges.ts';

test('a connection that was accepted before the thread serves is counted when it does, and once', () => {
  const memory = gaugesFor(2);
  const [one, other] = [new Gauges(memory, 1), new Gauges(memory, 2)];
  const shown = () => new Int32Array(memory)[16]; // the first number of its row
  one.clear();
  other.clear();
  const early = new Socket();
  one.accepted(early);
  expect(other.others).toBe(0);
  one.begin();
  expect(other.others).toBe(1);
  expect(shown()).toBe(1);
  early.emit('close');
  expect(shown()).toBe(0);
});
