/** One buffer, many columns: where they lie, who may attach, what a text keeps. */
import { expect, test } from 'vitest';
import { bytesOf, readText, viewsOver, writeText } from '../../src/core/columns.ts';
import { Balancer, type BalancerConfig, lbmethods } from '../../src/core/index.ts';

const small = [
  { columns: { count: 'i32', time: 'f64', name: 'text' }, rows: 3 },
  { columns: { word: 'u32' }, rows: 1 },
] as const;

test('columns lie one after the other, apart from each other, at multiples of eight', () => {
  const memory = new ArrayBuffer(bytesOf(small));
  const [table, one] = viewsOver(memory, small);
  const views = [table.count, table.time, table.name, one.word];
  expect(views.map((view) => view.length)).toEqual([3, 3, 3 * 64, 1]);
  let end = 0;
  for (const view of views) {
    expect(view.byteOffset % 8).toBe(0);
    expect(view.byteOffset).toBeGreaterThanOrEqual(end);
    end = view.byteOffset + view.byteLength;
  }
  expect(end).toBeLessThanOrEqual(memory.byteLength);
  for (const view of views) view.fill(1);
  expect(views.map((view) => view.every((value) => value === 1))).toEqual(Array(4).fill(true));
  expect(() => viewsOver(memory, small)).not.toThrow(); // the header was not overwritten
});

test('a column holds its whole range', () => {
  const [table, one] = viewsOver(new ArrayBuffer(bytesOf(small)), small);
  table.count[0] = -2147483648;
  one.word[0] = 4294967295;
  table.time[0] = Number.MAX_SAFE_INTEGER;
  expect([table.count[0], one.word[0], table.time[0]]).toEqual([
    -2147483648,
    4294967295,
    Number.MAX_SAFE_INTEGER,
  ]);
});

test.each([
  ['ArrayBuffer', (memory: ArrayBuffer) => memory],
  ['copy', (memory: ArrayBuffer) => memory.slice(0)],
  ['SharedArrayBuffer', shared],
])('views attach again, over the same bytes: %s', (_, again) => {
  const memory = new ArrayBuffer(bytesOf(small));
  viewsOver(memory, small)[0].time[2] = 0.5;
  expect(viewsOver(again(memory), small)[0].time[2]).toBe(0.5);
});

test.each([
  ['another name', [{ columns: { count: 'i32', at: 'f64', name: 'text' }, rows: 3 }, small[1]]],
  ['another kind', [{ columns: { count: 'u32', time: 'f64', name: 'text' }, rows: 3 }, small[1]]],
  ['another order', [{ columns: { time: 'f64', count: 'i32', name: 'text' }, rows: 3 }, small[1]]],
  ['fewer rows', [{ ...small[0], rows: 2 }, small[1]]],
  ['fewer tables', [small[0]]],
] as const)('another layout is refused: %s', (_, tables) => {
  const memory = new ArrayBuffer(bytesOf(small));
  viewsOver(memory, small);
  expect(() => viewsOver(memory, tables)).toThrow('laid out for another balancer');
});

test('memory of something else, or too little of it, is refused', () => {
  const foreign = new ArrayBuffer(bytesOf(small));
  new Uint32Array(foreign)[0] = 1;
  expect(() => viewsOver(foreign, small)).toThrow('laid out for another balancer');
  expect(() => viewsOver(new ArrayBuffer(bytesOf(small) - 8), small)).toThrow();
});

test.each([
  ['', ''],
  ['JSESSIONID', 'JSESSIONID'],
  ['x'.repeat(63), 'x'.repeat(63)],
  ['x'.repeat(64), 'x'.repeat(63)],
  ['ü€😀%2e', 'ü€😀%2e'],
  [`${'x'.repeat(62)}ü`, 'x'.repeat(62)], // a character is kept whole or not at all
  ['€'.repeat(30), '€'.repeat(21)],
  ['\ud800', '\ufffd'], // half a surrogate pair has no UTF-8
])('the text %j is kept as %j', (text, kept) => {
  const column = new Uint8Array(3 * 64).fill(0x61);
  writeText(column, 1, text);
  expect(readText(column, 1)).toBe(kept);
  expect(column.slice(0, 64).every((byte) => byte === 0x61)).toBe(true);
  expect(column.slice(128).every((byte) => byte === 0x61)).toBe(true);
});

test('a shorter text leaves no bytes of the longer one before it', () => {
  const [long, short] = [new Uint8Array(64), new Uint8Array(64)];
  writeText(long, 0, 'a long route name');
  writeText(long, 0, 'b');
  writeText(short, 0, 'b');
  expect(long).toEqual(short);
});

test('a balancer attaches to its own memory and refuses that of another size', () => {
  const config: BalancerConfig = { lbmethod: lbmethods[0], workers: [{}, { route: 'b' }] };
  const balancer = new Balancer(config);
  balancer.pick(-1, 1);
  const attached = new Balancer(config, balancer.memory);
  expect([...attached.workers.elected]).toEqual([1, 0]);
  expect(attached.routeId('b')).toBe(balancer.routeId('b'));
  const larger = { ...config, growth: 1 };
  expect(() => new Balancer(larger, balancer.memory)).toThrow('laid out for another balancer');
});

test('a balancer refuses memory that was formatted for another lbmethod', () => {
  const workers = [{}, {}];
  const { memory } = new Balancer({ lbmethod: lbmethods[0], workers });
  expect(() => new Balancer({ lbmethod: lbmethods[1], workers }, memory)).toThrow();
});

function shared(memory: ArrayBuffer): SharedArrayBuffer {
  const copy = new SharedArrayBuffer(memory.byteLength);
  new Uint8Array(copy).set(new Uint8Array(memory));
  return copy;
}
