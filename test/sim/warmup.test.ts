import { describe, expect, it } from 'vitest';
import { fixedWarmup } from '../../sim/pilot.ts';
import { streams } from '../../sim/streams.ts';
import { mser5 } from '../../sim/warmup.ts';
import { relaxationTime } from '../../src/scenario/load.ts';
import { parseScenario } from '../../src/scenario/parse.ts';

/** `length` values around `level(i)`, spread +-0.5. */
function curve(length: number, level: (i: number) => number): Float64Array {
  const uniform = streams('warmup', 0)('noise');
  return Float64Array.from({ length }, (_, i) => level(i) + uniform() - 0.5);
}

/** MSER-5 as its definition reads: O(n^2). */
function naive(values: Float64Array): number {
  const z: number[] = [];
  for (let i = 0; i + 5 <= values.length; i += 5) {
    z.push(values.slice(i, i + 5).reduce((a, b) => a + b) / 5);
  }
  let best = { error: Infinity, d: 0 };
  for (let d = 0; d < z.length / 2; d++) {
    const rest = z.slice(d);
    const mean = rest.reduce((a, b) => a + b) / rest.length;
    const squares = rest.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
    const error = squares / (rest.length * rest.length);
    if (error < best.error) best = { error, d };
  }
  return best.d * 5;
}

describe('mser5', () => {
  it('cuts at a step', () => {
    expect(mser5(curve(1000, (i) => (i < 200 ? 5 : 10)))).toEqual({ cut: 200, tooShort: false });
  });

  it('cuts the whole batch in which a step lies', () => {
    expect(mser5(curve(1000, (i) => (i < 203 ? 5 : 10))).cut).toBe(205);
  });

  it('cuts next to nothing of a flat curve', () => {
    expect(mser5(curve(1000, () => 10)).cut).toBeLessThan(100);
    expect(mser5(new Float64Array(1000).fill(3))).toEqual({ cut: 0, tooShort: false });
  });

  it('cuts where an exponential approach has sunk into the noise', () => {
    const { cut, tooShort } = mser5(curve(2000, (i) => 10 - 10 * Math.exp(-i / 50)));
    expect(tooShort).toBe(false);
    expect(cut).toBeGreaterThan(100);
    expect(cut).toBeLessThan(400);
  });

  it('says when the curve never settles', () => {
    expect(mser5(curve(1000, (i) => i))).toEqual({ cut: 495, tooShort: true });
    expect(mser5([1, 2, 3]).tooShort).toBe(true);
  });

  it.each([7, 50, 333])('agrees with its definition on %d observations', (length) => {
    const values = curve(length, (i) => Math.min(2, i / 40));
    expect(mser5(values).cut).toBe(naive(values));
  });
});

describe('relaxationTime', () => {
  it.each([
    [0.5, 11.7],
    [0.8, 89.7],
    [0.9, 380],
    [0.95, 1560],
    [0.99, 39800],
  ])('load %d', (load, services) => {
    expect(relaxationTime(20e6, load) / 20e6 / services).toBeCloseTo(1, 2);
  });
});

describe('a warm-up given by hand', () => {
  const notesOf = (run: string) =>
    fixedWarmup(
      parseScenario(
        `
run: { requests: 100, ${run} }
balancer: { workers: [ { name: a } ] }
backends: { app: { service: { exponential: 10ms } } }
clients: [ { name: c, arrival: { poisson: 80/s } } ]`,
        'x.yaml',
      ),
    ).notes;

  it('gets a note below five relaxation times: at load 0.8, 5 x 89.7 x 10 ms', () => {
    expect(notesOf('warmup: 4s')).toEqual([
      'the warm-up of 4 s is shorter than five relaxation times at this load (4.49 s), so the empty start may show; leave run.warmup out to have it found',
    ]);
    expect(notesOf('warmup: 4500ms')).toEqual([]);
    expect(notesOf('warmup: auto')).toEqual([]);
  });
});
