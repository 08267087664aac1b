/** Status flags: letters, texts and the grammar of `status=` (spec 1.3). */
import { expect, test } from 'vitest';
import {
  applyStatus,
  type StatusLetter,
  status,
  statusLetters,
  statusText,
} from '../../src/core/index.ts';
import { usable, type WorkerViews } from '../../src/core/state.ts';

const every: StatusLetter[] = ['O', 'I', 'N', 'G', 'U', 'D', 'S', 'E', 'H', 'R', 'F', 'C'];
const bitsOf = (letters: string) => [...letters].reduce((b, l) => b | status[l as StatusLetter], 0);

test('every letter has a bit of its own', () => {
  const bits = every.map((letter) => status[letter]);
  expect(bits.every((bit) => bit > 0 && (bit & (bit - 1)) === 0)).toBe(true);
  expect(new Set(bits).size).toBe(12);
});

test.each(every)('%s: only D, S, E, C and U make a worker unusable', (letter) => {
  const workers = { status: new Uint32Array([bitsOf(`O${letter}`)]) } as unknown as WorkerViews;
  expect(usable(workers, 0)).toBe(!'DSECU'.includes(letter));
});

test.each([
  ['', '??? '],
  ['O', 'Init Ok '],
  ['ON', 'Init Drn Ok '],
  ['G', 'Gen Ok '],
  ['D', 'Dis '],
  ['OE', 'Init Err '],
  ['OIH', 'Init Ign Stby Ok '],
  ['OCHE', 'Init Err Stby HcFl '],
  ['OINGUDSEHRFC', 'Init Ign Drn Gen Shut Dis Stop Err Stby Spar Free HcFl '],
])('"%s" reads "%s" in the manager', (letters, text) => {
  expect(statusText(bitsOf(letters))).toBe(text);
});

test('letters are sorted and leave O out', () => {
  expect(statusLetters(bitsOf('OHE'))).toBe('EH');
  expect(statusLetters(bitsOf('O'))).toBe('');
});

test.each([
  // before, status= value, after
  ['O', 'H', 'H'],
  ['O', '+h', 'H'],
  ['O', '+D-D', ''],
  ['ODH', 'H-ID', 'H'], // the sign stays in force: I and D are cleared
  ['OD', '-DH', ''], // H is cleared, not set
  ['OI', '-I+EC', 'CE'],
  ['O', '', ''],
  ['O', 'oingudsehrfc', 'CDEFGHINRSU'],
])('%s with status=%s is %s', (before, value, after) => {
  const bits = applyStatus(bitsOf(before), value);
  expect(bits).not.toBeNull();
  expect(statusLetters(bits ?? 0)).toBe(after);
});

test.each(['X', '+', '-', 'H+', '+H-', 'H ', 'D,H', '1'])('status=%s is refused', (value) => {
  expect(applyStatus(status.O, value)).toBeNull();
});
