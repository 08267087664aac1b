import { describe, expect, it } from 'vitest';
import { counterUniform, threefry2x32 } from '../../sim/counter-uniform.ts';

describe('threefry2x32', () => {
  // Known answers distributed with Random123 (kat_vectors, 20 rounds).
  it.each([
    [0, 0, 0, 0, 0x6b200159, 0x99ba4efe],
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x1cb996fc, 0xbb002be7],
    [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3, 0xc4923a9c, 0x483df7a0],
  ])('key %d %d, counter %d %d', (key0, key1, counter0, counter1, x, y) => {
    const out = new Uint32Array(2);
    threefry2x32(key0, key1, counter0, counter1, out);
    expect([...out]).toEqual([x, y]);
  });
});

describe('counterUniform', () => {
  it('takes 27 bits of the first word and 26 of the second', () => {
    const [high, low] = [0x6b200159 >>> 5, 0x99ba4efe >>> 6];
    expect(counterUniform(0, 0, 0, 0)).toBe((high * 67108864 + low) / 9007199254740992);
  });

  it('reads signed and unsigned words alike', () => {
    expect(counterUniform(-1, -2, 5, 1)).toBe(counterUniform(0xffffffff, 0xfffffffe, 5, 1));
  });

  /** Draws along one word, the others fixed: index, purpose, either key. */
  const families: [string, (i: number) => number][] = [
    ['index', (i) => counterUniform(1, 2, i, 3)],
    ['purpose', (i) => counterUniform(1, 2, 3, i)],
    ['first key', (i) => counterUniform(i, 2, 3, 4)],
    ['second key', (i) => counterUniform(1, i, 3, 4)],
  ];

  // Fixed inputs; with fresh ones each assertion would fail once in 8 000 or more rarely.
  it.each(families)('is uniform along the %s', (_, draw) => {
    const count = 100_000;
    const cells = new Float64Array(100);
    for (let i = 0; i < count; i++) cells[Math.floor(draw(i) * 100)]++;
    const chi2 = cells.reduce((sum, o) => sum + ((o - 1000) * (o - 1000)) / 1000, 0);
    // 99 degrees of freedom: above 160 and below 52 with probability 1e-4 and 3e-5.
    expect(chi2).toBeGreaterThan(52);
    expect(chi2).toBeLessThan(160);
  });

  it.each(families)('does not correlate along the %s, at lags 1, 2 and 64', (_, draw) => {
    const count = 50_000;
    for (const lag of [1, 2, 64]) {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += (draw(i) - 0.5) * (draw(i + lag) - 0.5);
      expect(Math.abs((sum * 12) / Math.sqrt(count))).toBeLessThan(4.5);
    }
  });
});
