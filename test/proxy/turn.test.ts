/** Who waits for the end of a turn is told, whatever becomes of those before. */
import { expect, test } from 'vitest';
import { atEndOfTurn, turn } from '../../src/proxy/turn.ts';

function ticks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test('the end of a turn is told in order, once, and to those who come in the midst of it', async () => {
  const told: string[] = [];
  const teller = (name: string) => ({ turnEnded: () => void told.push(name) });
  const late = { turnEnded: () => atEndOfTurn(teller('behind')) };
  turn(0, () => {
    atEndOfTurn(teller('first'));
    turn(1, () => atEndOfTurn(late));
    expect(told).toEqual([]);
  });
  expect(told).toEqual(['first', 'behind']);
  atEndOfTurn(teller('outside'));
  expect(told).toEqual(['first', 'behind']);
  await ticks();
  expect(told).toEqual(['first', 'behind', 'outside']);
});

test('one that throws is heard of, and those behind it are told all the same', async () => {
  const told: string[] = [];
  const wait = (name: string, error: Error | null = null) => {
    atEndOfTurn({
      turnEnded() {
        told.push(name);
        if (error !== null) throw error;
      },
    });
  };
  const [first, second] = [new Error('first'), new Error('second')];
  const many = () => {
    wait('a');
    wait('b', first);
    wait('c');
    wait('d', second);
    wait('e');
  };
  expect(() => turn(0, many)).toThrow(first);
  expect(told).toEqual(['a', 'b']);
  // A turn that comes before the tick tells them, too.
  expect(() => turn(0, () => wait('f'))).toThrow(second);
  expect(told).toEqual(['a', 'b', 'c', 'd']);
  await ticks();
  expect(told).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  turn(0, () => wait('g'));
  expect(told).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
});
