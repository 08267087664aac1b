/** xoshiro128** against a twin in arbitrary-precision arithmetic, written from the published definition. */
import { expect, test } from 'vitest';
import { nextBelow, nextUint32 } from '../../src/core/index.ts';
import { wordsThatDraw } from './wanted-draw.ts';

const mask = 0xffffffffn;
const rotl = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & mask;

function* twin(words: number[]): Generator<number> {
  let [s0, s1, s2, s3] = words.map(BigInt);
  for (;;) {
    yield Number((rotl((s1 * 5n) & mask, 7n) * 9n) & mask);
    const t = (s1 << 9n) & mask;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = rotl(s3, 11n);
  }
}

test.each([
  [[1, 2, 3, 4]],
  [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff]],
  [[0x80000000, 0, 0, 0]],
  [[0xdeadbeef, 0x12345678, 0, 0x9e3779b9]],
])('ten thousand draws from %j equal the definition', (seed) => {
  const words = new Uint32Array(seed);
  const expected = twin(seed);
  for (let i = 0; i < 10_000; i++) expect(nextUint32(words)).toBe(expected.next().value);
});

test('the first draws from 1, 2, 3, 4 are the known ones', () => {
  const words = new Uint32Array([1, 2, 3, 4]);
  // By hand: 2 * 5 = 10, 10 << 7 = 1280, 1280 * 9 = 11520; then word 1 is 2 ^ 3 ^ 1 = 0.
  expect([nextUint32(words), nextUint32(words)]).toEqual([11520, 0]);
});

test.each([0, 1, 0x7fffffff, 0x80000000, 0xffffffff])('the draw %i can be wished for', (wanted) => {
  expect(nextUint32(new Uint32Array(wordsThatDraw(wanted)))).toBe(wanted);
});

test.each([
  [0, 3, 0],
  [0xffffffff, 3, 2],
  [0x55555555, 3, 0],
  [0x55555556, 3, 1],
  [0xffffffff, 1, 0],
  [0xffffffff, 4294967296, 4294967295],
])('draw %i below %i is %i', (wanted, n, expected) => {
  expect(nextBelow(new Uint32Array(wordsThatDraw(wanted)), n)).toBe(expected);
});
