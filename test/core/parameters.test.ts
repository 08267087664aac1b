/** Parameters of lbmethods: defaults, what fits, and where their tables lie. */
import { expect, test } from 'vitest';
import { Balancer, defineLbMethod, keyOf, valuesOf, withParameters } from '../../src/core/index.ts';
import { identityOf } from '../../src/core/key.ts';

const method = defineLbMethod({
  name: 'mine',
  summary: 'for this test',
  source: 'this test',
  parameters: {
    size: { kind: 'whole', min: 1, max: 8, default: 2, says: 'rows of the table' },
    part: { kind: 'share', min: 0, max: 1, default: 0.5, says: 'a share' },
    word: { kind: 'choice', values: ['one', 'two'], default: 'one', says: 'a word' },
    on: { kind: 'flag', default: false, says: 'a flag' },
  },
  columns: { count: 'u32' },
  tables: (workers, { size }) => ({ ring: { columns: { place: 'f64' }, rows: workers * size } }),
  prepare({ ring }, { count }, rows) {
    ring.place.fill(count + rows / 10);
  },
  elect({ ring, parameters, count }, { ids }, _, key) {
    count[ids[0]] += parameters.on ? key : ring.place.length;
    return ids[0];
  },
});

test('a method reads its parameters and tables, and the key of the request', () => {
  const set = withParameters(method, { size: 4, on: true }, 'mine (size 4)');
  const balancer = new Balancer({ lbmethod: set, alternatives: [method], workers: [{}, {}] });
  const other = new Balancer({ lbmethod: method, workers: [{}, {}] });
  expect([set.name, valuesOf(set)]).toEqual([
    'mine (size 4)',
    { size: 4, part: 0.5, word: 'one', on: true },
  ]);
  expect(balancer.pick(-1, 1, 77)).toBe(0);
  expect(other.pick(-1, 1, 77)).toBe(0);
  expect(Buffer.from(balancer.memory).includes(Buffer.from([77, 0, 0, 0]))).toBe(true);
  // 4 rows more of 8 bytes, and a second method with 2 columns and a table of 4 rows
  expect(balancer.memory.byteLength - other.memory.byteLength).toBe(4 * 8 + 8 + 4 * 8);
});

test.each([
  [{ size: 9 }, 'size of mine is 9; expected a whole number from 1 to 8'],
  [{ size: 1.5 }, 'size of mine is 1.5; expected a whole number from 1 to 8'],
  [{ part: '50%' }, 'part of mine is 50%; expected a number from 0 to 1'],
  [{ word: 'three' }, 'word of mine is three; expected one, two'],
  [{ on: 1 }, 'on of mine is 1; expected true or false'],
  [{ toString: 1 }, 'mine has no parameter toString; it has size, part, word, on'],
])('%j is refused', (set, why) => {
  expect(() => withParameters(method, set as never)).toThrow(why);
});

test('prepare runs when the candidates may have changed, and only then', () => {
  const seen: number[] = [];
  const watched = {
    ...method,
    prepare: (_: unknown, { count }: { count: number }) => seen.push(count),
  };
  const balancer = new Balancer({ lbmethod: watched as never, workers: [{}, {}, {}] });
  for (const nowNs of [1, 2, 3]) balancer.pick(-1, nowNs);
  expect(seen).toEqual([3]);
  balancer.fail(1, 4);
  for (const nowNs of [4, 5]) balancer.pick(-1, nowNs);
  balancer.manageWorker(0, { loadfactor: 3 });
  for (const nowNs of [6, 7]) balancer.pick(-1, nowNs);
  balancer.pick(-1, 4 + 60e9 + 1); // the retry time of b is over
  expect(seen).toEqual([3, 2, 2, 3]);
});

test('keys are the CRC-32 of the text', () => {
  expect(keyOf('123456789')).toBe(0xcbf43926); // the check value of every CRC catalogue
  expect(keyOf('')).toBe(0);
  expect(keyOf('grüße/€/😀')).toBe(0xd5b24e7a); // by zlib, of its UTF-8
});

test('a worker is known by host and port, without its scheme', () => {
  expect(identityOf('http://10.0.0.1:8080')).toBe(keyOf('10.0.0.1\x008080'));
  expect(identityOf('a')).toBe(keyOf('a\x00'));
});
