import { expect, test } from 'vitest';
import { meanOf } from '../../src/scenario/means.ts';
import type { DistributionSpec } from '../../src/scenario/scenario.ts';

test.each<[DistributionSpec, number]>([
  [{ kind: 'constant', value: 7 }, 7],
  [{ kind: 'uniform', min: 10, max: 30 }, 20],
  [{ kind: 'erlang', k: 3, mean: 5 }, 5],
  [{ kind: 'geometric', mean: 12 }, 12],
  [{ kind: 'gamma', shape: 0.5, mean: 5 }, 5],
  [{ kind: 'weibull', shape: 0.7, mean: 5 }, 5],
  [{ kind: 'poisson', mean: 12 }, 12],
  [{ kind: 'zipf', exponent: 1, max: 4 }, 1.92], // 4 / (1 + 1/2 + 1/3 + 1/4)
  [{ kind: 'zipf', exponent: 0, max: 9 }, 5],
  [{ kind: 'samples', values: [1, 2, 6] }, 3],
  [
    {
      kind: 'hyperexponential',
      branches: [
        { share: 0.9, mean: 5 },
        { share: 0.1, mean: 200 },
      ],
    },
    24.5,
  ],
])('mean of %j', (spec, mean) => {
  expect(meanOf(spec)).toBeCloseTo(mean, 12);
});

test.each([0.5, 0.999999, 1, 1.000001, 1.3, 2, 5])(
  'bounded Pareto of shape %d, by quadrature',
  (shape) => {
    const [min, max] = [2, 1000];
    // Mean = min + integral of the survival function, on a logarithmic grid (trapezia).
    const ratio = Math.exp(shape * Math.log(min / max));
    const survival = (x: number) => (Math.exp(shape * Math.log(min / x)) - ratio) / (1 - ratio);
    const steps = 20_000;
    const grid = Array.from(
      { length: steps + 1 },
      (_, i) => min * Math.exp((i / steps) * Math.log(max / min)),
    );
    let mean = min;
    for (let i = 0; i < steps; i++) {
      mean += ((survival(grid[i]!) + survival(grid[i + 1]!)) / 2) * (grid[i + 1]! - grid[i]!);
    }
    expect(meanOf({ kind: 'pareto', shape, min, max }) / mean).toBeCloseTo(1, 6);
  },
);
