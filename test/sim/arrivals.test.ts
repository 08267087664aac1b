import { describe, expect, it } from 'vitest';
import { sourceOf } from '../../sim/arrivals/source.ts';
import { streams } from '../../sim/streams.ts';
import type { ArrivalSpec, TraceSpec } from '../../src/scenario/scenario.ts';

const stream = streams('arrivals', 0);
const options = (beginNs = 0) => {
  return { uniform: stream('arrival/c'), phases: stream('phase/c'), beginNs };
};

function first(count: number, arrival: ArrivalSpec, beginNs = 0): number[] {
  const source = sourceOf(arrival, options(beginNs))!;
  return Array.from({ length: count }, () => source.next());
}

const traceOf = (seconds: number[]): TraceSpec => ({
  file: 'access.log',
  atNs: Float64Array.from(seconds, (second) => second * 1e9),
  client: new Uint32Array(seconds.length),
  bytes: new Float64Array(seconds.length),
  clientCount: 1,
  sourceKey: new Uint32Array(1),
  uriKey: new Uint32Array(seconds.length),
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
  expect(sourceOf({ kind: 'closed', users: 1, think }, options())).toBeNull();
});

/** Poisson times mapped through the integral of their rate are those of rate 1: the same draws, summed. */
function unitTimes(count: number): number[] {
  const uniform = stream('arrival/c');
  let sum = 0;
  return Array.from({ length: count }, () => (sum -= Math.log(1 - uniform())));
}

/** How far the integral of the rate is from `unit` at any of `times`. */
function furthest(times: readonly number[], integral: (t: number) => number, unit: number[]) {
  return times.reduce((most, ns, i) => Math.max(most, Math.abs(integral(ns / 1e9) - unit[i])), 0);
}

describe('profile', () => {
  const ramp = { kind: 'profile', atNs: [0, 60e9], perSecond: [10, 100] } as const;

  /** Expected arrivals of the ramp by time t (s): 10 t + 1.5 / 2 t^2 up to 60 s, 3300 a minute. */
  const upTo = (t: number) => 10 * t + 0.75 * t * t;

  it.each([
    [
      'once, then its last rate for ever',
      false,
      (t: number) => (t < 60 ? upTo(t) : 3300 + (t - 60) * 100),
    ],
    ['again and again', true, (t: number) => Math.floor(t / 60) * 3300 + upTo(t % 60)],
  ])('is inverted exactly: %s', (_, repeat, integral) => {
    const times = first(20_000, { ...ramp, repeat });
    const unit = unitTimes(times.length);
    expect(times.at(-1)).toBeGreaterThan(180e9);
    // A nanosecond of rounding at 100/s is 5e-8 arrivals.
    expect(furthest(times, integral, unit)).toBeLessThan(1e-7);
  });

  it('begins at the end of the warm-up, which has its first rate, or the end of a repetition', () => {
    const once = first(5000, { ...ramp, repeat: false }, 30e9);
    const again = first(5000, { ...ramp, repeat: true }, 70e9); // 50 s into the repetition before the last
    const unit = unitTimes(5000);
    const ofOnce = (t: number) =>
      300 + (t < 30 ? 10 * (t - 30) : t < 90 ? upTo(t - 30) : 3300 + (t - 90) * 100);
    const ofAgain = (t: number) =>
      Math.floor((t + 50) / 60) * 3300 + upTo((t + 50) % 60) - upTo(50);
    expect(furthest(once, ofOnce, unit)).toBeLessThan(1e-7);
    expect(furthest(again, ofAgain, unit)).toBeLessThan(1e-7);
  });

  it('may jump, pause and end', () => {
    const shape = { atNs: [0, 1e9, 1e9, 2e9, 3e9, 3e9], perSecond: [50, 50, 0, 0, 20, 0] };
    const times = first(2000, { kind: 'profile', ...shape, repeat: false });
    const ends = times.indexOf(Number.POSITIVE_INFINITY);
    const unit = unitTimes(ends + 1);
    expect([unit[ends - 1] < 60, unit[ends] >= 60]).toEqual([true, true]);
    expect(new Set(times.slice(ends))).toEqual(new Set([Number.POSITIVE_INFINITY]));
    expect(times.some((ns) => ns > 1e9 && ns < 2e9)).toBe(false);
    expect(times.filter((ns) => ns <= 1e9).length).toBe(unit.filter((u) => u < 50).length);
  });
});

describe('mmpp', () => {
  const states = [
    { perSecond: 1000, meanNs: 2e9 },
    { perSecond: 0, meanNs: 1e9 },
    { perSecond: 4000, meanNs: 0.5e9 },
  ];
  const mmpp = { kind: 'mmpp', states } as const;

  it('is Poisson within states that follow their own stream', () => {
    const times = first(200_000, mmpp);
    const unit = unitTimes(times.length);
    const phases = stream('phase/c');
    let [state, from, area] = [0, 0, 0];
    let until = -2 * Math.log(1 - phases());
    const integral = (t: number) => {
      while (t >= until) {
        area += (until - from) * states[state].perSecond;
        from = until;
        state = (state + 1) % 3;
        until += (-states[state].meanNs / 1e9) * Math.log(1 - phases());
      }
      return area + (t - from) * states[state].perSecond;
    };
    expect(furthest(times, integral, unit)).toBeLessThan(1e-4);
  });

  it('has the mean rate of its states, weighted by their times', () => {
    // 4000 arrivals a cycle of 3.5 s on average. Over N cycles the time has a relative error of 0.65 / sqrt N, the
    // count one of 0.73 / sqrt N: five of them together are 1.5 % at 100 000 cycles; a false alarm in a million seeds.
    const slow = states.map(({ perSecond, meanNs }) => ({ perSecond: perSecond / 1000, meanNs }));
    const times = first(400_000, { kind: 'mmpp', states: slow });
    expect(Math.abs((400_000 / (times.at(-1)! / 1e9)) * (3.5 / 4) - 1)).toBeLessThan(0.015);
  });
});
