import { describe, expect, it } from 'vitest';
import { sourceOf } from '../../sim/arrivals/source.ts';
import { streams } from '../../sim/streams.ts';
import type { ArrivalSpec, TraceSpec } from '../../src/scenario/scenario.ts';

const uniform = () => streams('arrivals', 0)('arrival/c');

function first(count: number, arrival: ArrivalSpec): number[] {
  const source = sourceOf(arrival, uniform())!;
  return Array.from({ length: count }, () => source.next());
}

const traceOf = (seconds: number[]): TraceSpec => ({
  file: 'access.log',
  atNs: Float64Array.from(seconds, (second) => second * 1e9),
  client: new Uint32Array(seconds.length),
  bytes: new Float64Array(seconds.length),
  clientCount: 1,
  resolutionNs: 1e9,
});

describe('constant', () => {
  it('begins after one gap', () => {
    expect(first(3, { kind: 'constant', perSecond: 400 })).toEqual([2.5e6, 5e6, 7.5e6]);
  });

  it('does not drift where the gap is no whole number of nanoseconds', () => {
    const times = first(300_000, { kind: 'constant', perSecond: 3 });
    expect(times.slice(0, 3)).toEqual([333333333, 666666667, 1e9]);
    expect(times.at(-1)).toBe(100_000e9);
  });
});

describe('poisson', () => {
  const times = first(100_000, { kind: 'poisson', perSecond: 1000 });
  const gaps = times.map((at, i) => at - (times[i - 1] ?? 0));

  it('has whole, rising times', () => {
    expect(times.every(Number.isSafeInteger)).toBe(true);
    expect(gaps.every((gap) => gap >= 0)).toBe(true);
  });

  // Five standard errors each: a false alarm in 1.7 million seeds a check; the seed is fixed.
  it('has exponential gaps: mean, variance, and the share above the mean', () => {
    const n = gaps.length;
    const mean = gaps.reduce((sum, gap) => sum + gap) / n / 1e6;
    const square = gaps.reduce((sum, gap) => sum + (gap / 1e6) * (gap / 1e6), 0) / n;
    expect(Math.abs(mean - 1)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(square - 2)).toBeLessThan((5 * Math.sqrt(20)) / Math.sqrt(n)); // Var X^2 = 24 - 4
    const above = gaps.filter((gap) => gap > 1e6).length / n;
    expect(Math.abs(above - Math.exp(-1))).toBeLessThan((5 * 0.482) / Math.sqrt(n));
  });

  it('has independent counts: as many a second as their own variance', () => {
    const seconds = Array<number>(90).fill(0);
    for (const at of times) if (at < 90e9) seconds[Math.floor(at / 1e9)]++;
    const mean = seconds.reduce((sum, count) => sum + count) / 90;
    const variance = seconds.reduce((sum, count) => sum + (count - mean) * (count - mean), 0) / 89;
    expect(Math.abs(variance / mean - 1)).toBeLessThan(5 * Math.sqrt(2 / 89));
  });
});

describe('trace', () => {
  const seconds = [...Array(50).fill(0), ...Array(200).fill(3), 4, 4, 9];
  const times = first(seconds.length + 2, { kind: 'trace', trace: traceOf(seconds) });

  it('keeps every entry inside its second, in order, and then ends', () => {
    seconds.forEach((second, i) => {
      expect(Math.floor(times[i] / 1e9)).toBe(second);
      if (i > 0) expect(times[i]).toBeGreaterThanOrEqual(times[i - 1]);
    });
    expect(times.slice(seconds.length)).toEqual([Infinity, Infinity]);
  });

  it('spreads the entries of one second over all of it', () => {
    const within = times.slice(50, 250).map((at) => at - 3e9);
    const mean = within.reduce((sum, at) => sum + at) / 200 / 1e9;
    expect(Math.abs(mean - 0.5)).toBeLessThan((5 * Math.sqrt(1 / 12)) / Math.sqrt(200));
    expect(within[0]).toBeLessThan(0.1e9);
    expect(within.at(-1)).toBeGreaterThan(0.9e9);
  });

  it('spends one draw an entry, whatever the others are', () => {
    const later = first(2, { kind: 'trace', trace: traceOf([5, 8]) });
    const [a, b] = [streams('arrivals', 0)('arrival/c')].map((u) => [u(), u()])[0];
    expect(later).toEqual([5e9 + Math.floor(a * 1e9), 8e9 + Math.floor(b * 1e9)]);
  });
});

it('closed users have no arrivals of their own', () => {
  const think = { kind: 'constant', value: 1 } as const;
  expect(sourceOf({ kind: 'closed', users: 1, think }, uniform())).toBeNull();
});
