import { describe, expect, it } from 'vitest';
import { distributionOf } from '../../sim/distributions/index.ts';
import { normalQuantile } from '../../sim/distributions/normal-quantile.ts';
import { tabulated } from '../../sim/distributions/tabulated.ts';
import type { DistributionSpec } from '../../src/scenario/scenario.ts';

/** The largest 53-bit uniform. */
const LAST = 1 - 1 / 9007199254740992;

const specs: DistributionSpec[] = [
  { kind: 'constant', value: 20e6 },
  { kind: 'exponential', mean: 25e6 },
  { kind: 'uniform', min: 10e6, max: 30e6 },
  { kind: 'erlang', k: 1, mean: 5 },
  { kind: 'erlang', k: 2, mean: 20e6 },
  { kind: 'erlang', k: 7, mean: 1 },
  { kind: 'erlang', k: 300, mean: 1 },
  { kind: 'gamma', shape: 0.5, mean: 20e6 },
  { kind: 'gamma', shape: 2.5, mean: 3 },
  { kind: 'weibull', shape: 0.7, mean: 20e6 },
  { kind: 'weibull', shape: 4, mean: 1 },
  { kind: 'lognormal', mean: 20e6, cv: 1.5 },
  { kind: 'lognormal', mean: 3, cv: 0 },
  { kind: 'pareto', shape: 1.5, min: 1, max: 1000 },
  { kind: 'pareto', shape: 2, min: 1, max: 1000 },
  { kind: 'pareto', shape: 1, min: 2048, max: 65536 },
  { kind: 'pareto', shape: 1.1, min: 5, max: 5 },
  {
    kind: 'hyperexponential',
    branches: [
      { share: 0.9, mean: 5e6 },
      { share: 0.1, mean: 200e6 },
    ],
  },
  {
    kind: 'hyperexponential',
    branches: [
      { share: 0.5, mean: 1 },
      { share: 0.49, mean: 1000 },
      { share: 0.01, mean: 1e6 },
    ],
  },
  { kind: 'samples', values: [7, 1, 4, 4, 100] },
  { kind: 'geometric', mean: 12 },
  { kind: 'geometric', mean: 1 },
  { kind: 'poisson', mean: 12 },
  { kind: 'poisson', mean: 1 },
  { kind: 'poisson', mean: 1e6 },
  { kind: 'zipf', exponent: 1.1, max: 1000 },
  { kind: 'zipf', exponent: 0, max: 7 },
];

/**
 * Mean and scv by the midpoint rule on a grid that is refined towards both ends by u = 3 t^2 - 2 t^3: free of
 * noise, and good to about 1e-5 for the tails above.
 */
function integrate(sample: (u: number) => number): { mean: number; scv: number } {
  const steps = 400_000;
  let first = 0;
  let second = 0;
  for (let i = 0; i < steps; i++) {
    const t = (i + 0.5) / steps;
    const weight = (6 * t * (1 - t)) / steps;
    const x = sample(Math.min(LAST, t * t * (3 - 2 * t)));
    first += weight * x;
    second += weight * x * x;
  }
  return { mean: first, scv: second / (first * first) - 1 };
}

describe.each(specs.map((spec) => [JSON.stringify(spec), spec] as const))('%s', (_, spec) => {
  const distribution = distributionOf(spec);

  it('has the mean and scv it states', () => {
    const { mean, scv } = integrate(distribution.sample);
    expect(mean / distribution.mean).toBeCloseTo(1, 4);
    expect((1 + scv) / (1 + distribution.scv)).toBeCloseTo(1, 3);
  });

  it('never falls as u grows', () => {
    let before = distribution.sample(0);
    for (let i = 1; i <= 200_000; i++) {
      const x = distribution.sample(Math.min(LAST, i / 200_000));
      if (!(x >= before)) expect.fail(`${x} after ${before} at u = ${i / 200_000}`);
      before = x;
    }
  });

  it('is finite and not negative at both ends', () => {
    for (const u of [0, 1e-300, 1 / 9007199254740992, LAST]) {
      const x = distribution.sample(u);
      expect(Number.isFinite(x) && x >= 0, `sample(${u}) = ${x}`).toBe(true);
    }
  });
});

describe('reference moments', () => {
  it.each([
    [0.8872983346, 1.774596669, 0.2254033308, 4],
    [0.9522670169, 1.904534034, 0.0954659663, 10],
  ])('balanced H2 of share %d', (share, fast, slow, scv) => {
    const h2 = distributionOf({
      kind: 'hyperexponential',
      branches: [
        { share, mean: 1 / fast },
        { share: 1 - share, mean: 1 / slow },
      ],
    });
    expect(h2.mean).toBeCloseTo(1, 8);
    expect(h2.scv).toBeCloseTo(scv, 6);
  });

  it.each([
    [1.5, 2.905224, 91.871235],
    [2, 1.998002, 13.815524],
    [1.1, 5.489692, 611.646502],
    [2.5, 1.666614, 4.841886],
  ])('Pareto of shape %d on [1, 1000]', (shape, mean, second) => {
    const pareto = distributionOf({ kind: 'pareto', shape, min: 1, max: 1000 });
    expect(pareto.mean).toBeCloseTo(mean, 6);
    expect((1 + pareto.scv) * pareto.mean * pareto.mean).toBeCloseTo(second, 5);
    expect(pareto.sample(0)).toBe(1);
    expect(pareto.sample(LAST)).toBeCloseTo(1000, 4);
  });

  it('lognormal of sigma 1 has median exp(-1/2) at mean 1', () => {
    const lognormal = distributionOf({ kind: 'lognormal', mean: 1, cv: Math.sqrt(Math.E - 1) });
    expect(lognormal.scv).toBeCloseTo(1.718282, 6);
    expect(lognormal.sample(0.5)).toBeCloseTo(Math.exp(-0.5), 14);
    expect(lognormal.sample(0)).toBe(0);
  });

  it('geometric counts trials: P(1) = 1 / mean', () => {
    const geometric = distributionOf({ kind: 'geometric', mean: 4 });
    const at = [0, 0.2499, 0.2501, 0.4374, 0.4376].map((u) => geometric.sample(u));
    expect(at).toEqual([1, 1, 2, 2, 3]);
    expect(distributionOf({ kind: 'geometric', mean: 1 }).sample(LAST)).toBe(1);
  });

  it('samples are equally likely, in order', () => {
    const drawn = distributionOf({ kind: 'samples', values: [30, 10, 20] });
    expect([0, 0.33, 0.34, 0.66, 0.67, LAST].map(drawn.sample)).toEqual([10, 10, 20, 20, 30, 30]);
    expect(drawn.mean).toBe(20);
    expect(drawn.scv).toBeCloseTo(1 / 6, 15);
  });
});

describe('inversion', () => {
  /** Uniforms over the whole range, both tails included. */
  const uniforms = [1.2e-16, 1e-12, 1e-9, 1e-6, 1e-4];
  for (let i = 1; i < 2000; i++) uniforms.push(i / 2000 + 1e-5);
  uniforms.push(1 - 1e-4, 1 - 1e-6, 1 - 1e-9, 1 - 1e-12, 1 - 1e-15);

  /** Distribution function, the rest and the density of k stages of mean 1, summed to the last term. */
  function stages(k: number, x: number) {
    let logFactorial = 0;
    for (let i = 2; i < k; i++) logFactorial += Math.log(i);
    const density = Math.exp((k - 1) * Math.log(x) - x - logFactorial);
    let above = 0;
    for (let i = k - 1, term = 1; i >= 0; i--) {
      above += term;
      term *= i / x;
    }
    let below = 0;
    for (let i = k + 1, term = x / k; term > 0; i++) {
      below += term;
      term *= x / i;
    }
    return { below: below * density, above: above * density, density };
  }

  it.each([2, 3, 5, 10, 50, 1000])('of Erlang-%d is within 2e-10 of x', (k) => {
    const erlang = distributionOf({ kind: 'erlang', k, mean: k });
    for (const u of uniforms) {
      const x = erlang.sample(u);
      const { below, above, density } = stages(k, x);
      const error = (u < 0.5 ? below - u : 1 - u - above) / density / x;
      if (!(Math.abs(error) < 2e-10)) expect.fail(`x = ${x} at u = ${u} is off by ${error}`);
    }
  });

  it.each([
    [
      [0.8872983346, 0.1127016654],
      [0.5635083, 4.4364916],
    ],
    [
      [0.5, 0.5],
      [1, 1e6],
    ],
    [
      [0.9, 0.09, 0.01],
      [5, 200, 1e5],
    ],
    [[1], [3]],
  ])('of a mixture with shares %j is within 2e-10 of x', (shares, means) => {
    const branches = shares.map((share, i) => ({ share, mean: means[i] }));
    const mixture = distributionOf({ kind: 'hyperexponential', branches });
    for (const u of uniforms) {
      const x = mixture.sample(u);
      let below = 0;
      let above = 0;
      let density = 0;
      for (const { share, mean } of branches) {
        below -= share * Math.expm1(-x / mean);
        above += share * Math.exp(-x / mean);
        density += (share / mean) * Math.exp(-x / mean);
      }
      const error = (u < 0.5 ? below - u : 1 - u - above) / density / x;
      if (!(Math.abs(error) < 2e-10)) expect.fail(`x = ${x} at u = ${u} is off by ${error}`);
    }
  });

  it.each([
    [0.975, 1.959963984540054],
    [0.999, 3.090232306167813],
    [0.5, 0],
    [0.0002, -3.540083799206145],
    [1e-12, -7.034483825301131],
    [1e-300, -37.0470962993612],
  ])('of the normal distribution: quantile %d', (p, z) => {
    expect(normalQuantile(p)).toBeCloseTo(z, 13);
    if (p > 0.01) expect(normalQuantile(1 - p)).toBeCloseTo(-z, 12);
  });

  it('asks the exact function where a table would miss a kink, whatever was drawn before', () => {
    const kink = (u: number) => 1 + u + 1000 * Math.max(0, u - 0.70001);
    const density = (x: number) => (x < 1.70001 ? 1 : 1 / 1001);
    const fast = tabulated(kink, density);
    for (const u of [0.9, 0.70005, 0.7, 0.70001, 0.1, 0.70005]) {
      expect(fast(u) / kink(u)).toBeCloseTo(1, 9);
    }
  });
});
