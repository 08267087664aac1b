/** The interval that one more replication has to lie in, and what is made of it. */
import seedrandom from 'seedrandom';
import { expect, test } from 'vitest';
import type { Replication } from '../../sim/replication.ts';
import { metricNames } from '../../src/scenario/metrics.ts';
import { predicted, rowsOf } from '../../src/twin/compare.ts';

test('one more of 1, 2, 3: mean 2, deviation 1, t of 2 degrees 4.3027, sqrt(4 / 3)', () => {
  const [low, high] = predicted([1, 2, 3], 0.95)!;
  expect(low).toBeCloseTo(2 - 4.302653 * 1.1547005, 5);
  expect(high).toBeCloseTo(2 + 4.302653 * 1.1547005, 5);
  expect(predicted([1], 0.95)).toBeNull();
});

/** A right interval fails here in one of 16,000 seeds (4 sigma, both sides), and the seed is fixed. */
test('95 of 100 further values lie inside', () => {
  const uniform = seedrandom.alea('predicted');
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const times = 4000;
  let inside = 0;
  for (let i = 0; i < times; i++) {
    const [low, high] = predicted(Array.from({ length: 10 }, normal), 0.95)!;
    const more = normal();
    if (low <= more && more <= high) inside++;
  }
  expect(Math.abs(inside / times - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / times));
});

/** A replication of which only this metric is known. */
function known(metric: string, value: number): Replication {
  const metrics = Float64Array.from(metricNames, (name) => (name === metric ? value : Number.NaN));
  return { metrics } as unknown as Replication;
}

function standing(metric: string, live: number, judgesTimes = true) {
  const of = (value: number) => known(metric, value);
  const others = [9, 10, 11].map(of);
  const compared = { same: of(10), others, live: of(live), workers: [], judgesTimes };
  const [row] = rowsOf({ ...compared, allowanceMs: 5 });
  return row!;
}

test('inside, at the edge, outside: by 95 %, and by 99 % over all that is judged', () => {
  // mean 10, one more in 10 ± 4.97 (95 %), ± 11.46 (99 %)
  expect(standing('throughput', 14.9).standing).toBe('inside');
  expect(standing('throughput', 15.1).standing).toBe('edge');
  expect(standing('throughput', 21.5).standing).toBe('outside');
  expect(standing('throughput', 0).standing).toBe('edge');
});

test('times may be longer by what the path takes, and by no more; shorter they may not be', () => {
  expect(standing('sojourn.mean', 19.9).standing).toBe('inside');
  expect(standing('sojourn.mean', 20.1).standing).toBe('edge');
  expect(standing('sojourn.mean', 4.9).standing).toBe('edge');
  expect(standing('sojourn.mean', 500, false).standing).toBe('unjudged');
});

test('the error is against the same requests', () => {
  expect(standing('throughput', 12)).toMatchObject({ error: 2, relative: 0.2, sameRequests: 10 });
});

test('what never varies has to be so', () => {
  const of = (value: number) => known('errors.rate', value);
  const others = [0, 0, 0].map(of);
  const rows = [0, 0.001].map((live) =>
    rowsOf({ same: of(0), others, live: of(live), workers: [], judgesTimes: true, allowanceMs: 5 }),
  );
  expect(rows.map(([row]) => row!.standing)).toEqual(['inside', 'outside']);
});
