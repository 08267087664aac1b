import { expect, test } from 'vitest';
import { notesOf } from '../../reports/notes.ts';
import type { Result } from '../../sim/result.ts';

const result = (...notes: string[][]) =>
  ({ runs: notes.map((notes, i) => ({ lbmethod: `m${i}`, notes })) }) as unknown as Result;

test('what all runs say stands there once; the rest with its lbmethod', () => {
  const said = result(['of all', 'of one'], ['of all'], ['of all', 'of another']);
  expect(notesOf(said)).toEqual(['of all', 'm0: of one', 'm2: of another']);
  expect(notesOf(result(['alone']))).toEqual(['alone']);
});
