/** One journal, two worlds, equal bytes: for every lbmethod. Seeds are fixed; a failure is a defect. */
import { expect, test } from 'vitest';
import { lbmethods } from '../../src/core/index.ts';
import { usersOwn } from '../conformance/worlds.ts';
import { apply, type Input, record, type World, worldOf } from './journal.ts';

const everyMethod = [...lbmethods, usersOwn];

/** The journal as it would come back from a file. */
const reread = (journal: Input[]): Input[] => JSON.parse(JSON.stringify(journal));

function sameBytes(one: World, other: World): boolean {
  const equal = (a: ArrayBufferLike, b: ArrayBufferLike) => Buffer.from(a).equals(Buffer.from(b));
  return (
    equal(one.balancer.memory, other.balancer.memory) &&
    one.exchanges.snapshot() === other.exchanges.snapshot()
  );
}

test.each(everyMethod)(
  '$name: a journal replayed over fresh memory gives equal bytes',
  (method) => {
    for (const seed of ['one', 'two', 'three']) {
      const recorded = worldOf(method);
      const journal = record(recorded, seed, 3000);
      const replayed = worldOf(method);
      for (const input of reread(journal)) apply(replayed, input);
      expect(sameBytes(recorded, replayed)).toBe(true);
    }
  },
);

test.each(everyMethod)('$name: and over shared memory too', (method) => {
  const recorded = worldOf(method);
  const journal = record(recorded, 'four', 3000);
  const size = recorded.balancer.memory.byteLength;
  const replayed = worldOf(method, new SharedArrayBuffer(size));
  for (const input of journal) apply(replayed, input);
  expect(sameBytes(recorded, replayed)).toBe(true);
});

test('journals hold every kind of input, and a missing pick shows', () => {
  const recorded = worldOf(everyMethod[0]);
  const journal = record(recorded, 'one', 3000);
  const calls = new Set(journal.map(({ call }) => call));
  expect(calls.size).toBe(11);
  const shortened = worldOf(everyMethod[0]);
  const last = journal.findLastIndex(({ call }) => call === 'open');
  for (const input of journal.slice(0, last)) apply(shortened, input);
  expect(sameBytes(recorded, shortened)).toBe(false);
});
