/** How smooth sequences are: the free gate's measure, its bounds, and what they tell apart. */
import { expect, test } from 'vitest';
import { deadlineRoughness, idealRoughness, roughness } from '../../sim/check/sequence.ts';
import { defineLbMethod, lbmethods } from '../../src/core/index.ts';

const method = (name: string) => lbmethods.find((one) => one.name === name)!;

/** All of a worker's turns at once, as naive weighted round robin has it. */
const burst = defineLbMethod({
  name: 'burst',
  summary: '',
  source: 'weighted round robin as it is first thought of',
  ties: '',
  cost: 'O(candidates)',
  factors: 'shares',
  columns: { left: 'i32' },
  elect: ({ left, lbfactor }, { ids, count }) => {
    if (ids.subarray(0, count).every((id) => left[id] === 0)) {
      for (const id of ids.subarray(0, count)) left[id] = lbfactor[id] / 100;
    }
    const worker = ids.find((id) => left[id] > 0)!;
    left[worker]--;
    return worker;
  },
});

/** Load factors; by theory what smooth weighted round robin, earliest deadlines and bursts stray. */
const table: [number[], number, number, number][] = [
  [[5, 1, 1], 0.5714, 1.1429, 1.4286],
  [[3, 2, 1], 0.5, 0.5, 1.5],
  [[10, 5, 3, 2], 0.5, 1, 5],
  [[7, 5, 3, 1], 0.6875, 0.9375, 3.9375],
  [[100, 1, 1], 0.6667, 1.9412, 1.9608],
  [[13, 9, 4, 3, 1], 0.6667, 1.1667, 7.3667],
];

test.each(table)('%j', (factors, smooth, deadlines, bursts) => {
  expect(roughness(method('swrr'), factors)).toBeCloseTo(smooth, 4);
  expect(roughness(method('byrequests'), factors)).toBeCloseTo(smooth, 4);
  expect(idealRoughness(factors)).toBeCloseTo(smooth, 4);
  expect(roughness(method('edf'), factors)).toBeCloseTo(deadlines, 4);
  expect(roughness(burst, factors)).toBeCloseTo(bursts, 4);
});

test('no earliest deadlines stray more than their bound; bursts and chance mostly do', () => {
  let burstsBeyond = 0;
  for (let i = 1; i <= 60; i++) {
    const factors = Array.from({ length: 2 + (i % 5) }, (_, j) => 1 + ((i * i * (j + 3)) % 17));
    const bound = deadlineRoughness(factors) + 1e-9;
    expect(roughness(method('edf'), factors), `${factors}`).toBeLessThanOrEqual(bound);
    expect(roughness(method('random'), factors), `${factors}`).toBeGreaterThan(bound);
    if (roughness(burst, factors) > bound) burstsBeyond++;
  }
  expect(burstsBeyond).toBeGreaterThan(30);
});
