/** False alarms of the whole procedure, counted on noise of which the truth is known. Fixed seed. */
import seedrandom from 'seedrandom';
import { describe, expect, test } from 'vitest';
import { evidence } from '../../sim/check/evidence.ts';
import { FALSE_ALARMS, holm, LEVEL, looks } from '../../sim/check/looks.ts';

describe('evidence', () => {
  const known = [1, 2, 3, 4, 5]; // mean 3, standard error sqrt(0.5)

  test('is that of the one-sided t test', () => {
    // t = 1 / sqrt(0.5) = 1.41421 with 4 degrees of freedom: upper tail 0.115085 (t = 2.13185 has 0.05).
    expect(evidence(known, '<=', 2).pHolds).toBeCloseTo(0.115, 3);
    expect(evidence(known, '<=', 2).pBroken).toBeCloseTo(0.885, 3);
    expect(evidence(known, '<=', 3 - 2.131847 * Math.sqrt(0.5)).pHolds).toBeCloseTo(0.05, 6);
    expect(evidence(known, '>=', 3 + 2.131847 * Math.sqrt(0.5)).pHolds).toBeCloseTo(0.05, 6);
    expect(evidence(known, '==', 3 + 2.776445 * Math.sqrt(0.5)).pHolds).toBeCloseTo(0.05, 6);
  });

  test('of equal values counts them', () => {
    expect(evidence([5, 5, 5, 5], '<=', 4)).toEqual({ pHolds: 1 / 16, pBroken: 1 });
    expect(evidence([5, 5, 5, 5], '<=', 5).pBroken).toBeCloseTo(1 / 16, 12);
    expect(evidence([5, 5, 5, 5], '<', 5).pHolds).toBeCloseTo(1 / 16, 12);
    expect(evidence([5, 5, 5, 5], '==', 5).pBroken).toBeCloseTo(1 / 16, 12);
  });

  test('leaves out what has no data, and says nothing of one value', () => {
    expect(evidence([1, Number.NaN, 2, 3, 4, 5], '<=', 2)).toEqual(evidence(known, '<=', 2));
    expect(evidence([7], '<=', 2)).toEqual({ pHolds: 1, pBroken: 1 });
  });
});

test('Holm: one after the other, each time over the hypotheses that are left', () => {
  expect(holm([LEVEL / 4, LEVEL / 3, LEVEL, LEVEL / 2.1], 4, 0)).toEqual([true, true, true, true]);
  expect(holm([LEVEL / 3.9, LEVEL / 100_000], 4, 0)).toEqual([true, true]);
  expect(holm([LEVEL / 3.9], 4, 0)).toEqual([false]);
  expect(holm([LEVEL / 3.9], 4, 1)).toEqual([true]);
});

test('looks: the number of replications, twice and four times it, at least 10, capped', () => {
  expect(looks(20)).toEqual([20, 40, 80]);
  expect(looks(3)).toEqual([10, 20, 40]);
  expect(looks(10, 25)).toEqual([10, 20, 25]);
  expect(looks(10, 10)).toEqual([10]);
});

/** What becomes of gates that each see `effect` above their bound, in units of their standard deviation. */
function simulate(gates: number, effect: number, shared: number, normal: () => number) {
  const values = Array.from({ length: gates }, () => [] as number[]);
  const verdicts = values.map((): 'failed' | 'passed' | null => null);
  let rejected = 0;
  for (const count of looks(10)) {
    while (values[0]!.length < count) {
      const common = normal();
      for (const list of values)
        list.push(effect + Math.sqrt(shared) * common + Math.sqrt(1 - shared) * normal());
    }
    const open = [...verdicts.keys()].filter((i) => verdicts[i] === null);
    const weighed = open.map((i) => evidence(values[i]!, '<=', 0));
    const failed = holm(
      weighed.map(({ pHolds }) => pHolds),
      gates,
      rejected,
    );
    open.forEach((i, at) => {
      if (failed[at]) verdicts[i] = 'failed';
      else if (weighed[at]!.pBroken <= LEVEL) verdicts[i] = 'passed';
    });
    rejected += failed.filter(Boolean).length;
    if (verdicts.includes('failed')) break;
  }
  return verdicts;
}

describe('a run with every gate exactly at its bound, the worst case', () => {
  // 4000 runs: 40 alarms are allowed on average at 1 %; more than 62 have probability 0.0004 if the rate is 1 %.
  test.each([
    [1, 0],
    [10, 0],
    [10, 0.8],
  ])('fails in at most one run of a hundred: %i gates, correlation %d', (gates, shared) => {
    const uniform = seedrandom.alea(`looks ${gates} ${shared}`);
    const normal = () =>
      Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    let alarms = 0;
    let passes = 0;
    for (let run = 0; run < 4000; run++) {
      const verdicts = simulate(gates, 0, shared, normal);
      if (verdicts.includes('failed')) alarms++;
      passes += verdicts.filter((verdict) => verdict === 'passed').length;
    }
    expect(alarms / 4000).toBeLessThan(FALSE_ALARMS + 0.0055);
    expect(passes / 4000 / gates).toBeLessThan(FALSE_ALARMS + 0.0055);
    if (gates === 1) expect(alarms / 4000).toBeGreaterThan(0.003); // and not by never failing anything
  });
});
