import { expect, test } from 'vitest';
import { DeedLog, deedMemory, MARKED, PICKED, RELEASED } from '../../src/twin/deed-log.ts';

test('what one writes the other reads, once, in its order', () => {
  const memory = deedMemory();
  const [writer, reader] = [new DeedLog(memory), new DeedLog(memory)];
  const read: number[][] = [];
  const note = (...deed: number[]) => void read.push(deed);
  writer.write(PICKED, 0, 2, 100);
  writer.write(MARKED, 1, 2, 150);
  reader.read(note);
  writer.write(RELEASED, 0, 2, 200);
  reader.read(note);
  reader.read(note);
  expect(read).toEqual([
    [PICKED, 0, 2, 100],
    [MARKED, 1, 2, 150],
    [RELEASED, 0, 2, 200],
  ]);
});

test('it goes round and round, and nothing is lost in silence', () => {
  const log = new DeedLog(deedMemory());
  let sum = 0;
  const add = (_: number, __: number, worker: number) => {
    sum += worker;
  };
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 65_536; i++) log.write(PICKED, 0, 1, i);
    if (round < 2) log.read(add);
  }
  expect(() => log.write(PICKED, 0, 1, 0)).toThrow('too long');
  log.read(add);
  expect(sum).toBe(3 * 65_536);
});
