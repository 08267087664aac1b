import { describe, expect, it } from 'vitest';
import { hyperexponential } from '../../sim/distributions/hyperexponential.ts';
import { lognormal } from '../../sim/distributions/lognormal.ts';
import { pareto } from '../../sim/distributions/pareto.ts';
import {
  erlangB,
  erlangC,
  fullestOfRandom,
  fullestOfTwoChoices,
  machineRepair,
  mdcWait,
  mg1Wait,
  mm1Sojourn,
  mm1SojournQuantile,
  mm1Wait,
  mmck,
  mmcSojourn,
  mmcWait,
  mmcWaitQuantile,
  outageDrain,
  powerOfDSojourn,
  psSojourn,
  randomVariation,
  ringVariation,
  roundRobinDelay,
  roundRobinSojourn,
  roundRobinWaitQuantile,
  sineInService,
  stickyVariation,
  supermarketSojourn,
} from '../../sim/theory/index.ts';

/** Reference numbers are printed with six decimals. */
const near = (value: number, reference: number) => expect(value).toBeCloseTo(reference, 6);

describe('M/M/1', () => {
  it.each([
    [0.5, 2, 1, 1.386294, 5.991465, 9.21034, 13.815511],
    [0.7, 3.333333, 2.333333, 2.310491, 9.985774, 15.350567, 23.025851],
    [0.8, 5, 4, 3.465736, 14.978661, 23.025851, 34.538776],
    [0.9, 10, 9, 6.931472, 29.957323, 46.051702, 69.077553],
    [0.95, 20, 19, 13.862944, 59.914645, 92.103404, 138.155106],
    [0.99, 100, 99, 69.314718, 299.573227, 460.517019, 690.775528],
  ])('load %d', (load, sojourn, wait, p50, p95, p99, p999) => {
    near(mm1Sojourn(load), sojourn);
    near(mm1Wait(load), wait);
    near(mm1SojournQuantile(load, 0.5), p50);
    near(mm1SojournQuantile(load, 0.95), p95);
    near(mm1SojournQuantile(load, 0.99), p99);
    near(mm1SojournQuantile(load, 0.999), p999);
  });

  it('has no steady state at load 1', () => {
    expect([mm1Sojourn(1), mm1Wait(1.2), mmcWait(3, 1), mg1Wait(1, 4), mdcWait(2, 1)]).toEqual(
      Array(5).fill(Infinity),
    );
    expect(roundRobinSojourn(4, 1)).toBe(Infinity);
  });
});

describe('M/M/c', () => {
  it.each([
    [2, 0.5, 0.2, 0.333333, 0.333333, 1.333333, 3.506558],
    [2, 0.8, 0.329897, 0.711111, 1.777778, 2.777778, 10.660609],
    [2, 0.9, 0.366516, 0.852632, 4.263158, 5.263158, 22.228712],
    [3, 2 / 3, 0.210526, 0.444444, 0.444444, 1.444444, 3.79424],
    [4, 0.9, 0.270685, 0.787753, 1.969383, 2.969383, 10.9165],
    [10, 0.8, 0.121661, 0.40918, 0.20459, 1.20459, 1.855785],
    [10, 0.9, 0.167963, 0.668732, 0.668732, 1.668732, 4.202798],
    [100, 0.95, 0.048804, 0.506457, 0.101291, 1.101291, 0.784971],
  ])('%d servers, load %d', (servers, load, blocking, delayed, wait, sojourn, p99) => {
    near(erlangB(servers, servers * load), blocking);
    near(erlangC(servers, load), delayed);
    near(mmcWait(servers, load), wait);
    near(mmcSojourn(servers, load), sojourn);
    near(mmcWaitQuantile(servers, load, 0.99), p99);
  });

  it.each([
    [10, 0.95, 0.825586, 2.651171],
    [50, 0.9, 0.363864, 1.072773],
    [100, 0.99, 0.882768, 1.882768],
  ])('%d servers, load %d: delayed and sojourn', (servers, load, delayed, sojourn) => {
    near(erlangC(servers, load), delayed);
    near(mmcSojourn(servers, load), sojourn);
  });

  it('agrees with the worked example of Ciw: rates 0.2 and 0.1, three servers', () => {
    near(mmcWait(3, 2 / 3) / 0.1, 4.444444);
  });

  it('gives a quantile of 0 where that many requests do not wait', () => {
    expect(mmcWaitQuantile(10, 0.8, 0.5)).toBe(0);
  });
});

describe('loss', () => {
  it.each([
    [1, 1, 0.5],
    [2, 1, 0.2],
    [5, 3, 0.110054],
    [10, 5, 0.018385],
    [10, 8, 0.121661],
    [10, 10, 0.214582],
    [20, 15, 0.045593],
    [50, 40, 0.018691],
    [100, 90, 0.026957],
    [100, 100, 0.0757],
  ])('Erlang B of %d servers, %d offered', (servers, offered, blocking) => {
    near(erlangB(servers, offered), blocking);
    near(mmck(servers, servers, offered).blocking, blocking);
  });

  it.each([
    [1, 5, 0.8, 0.088819, 1.868332, 2.563065, 0.728944],
    [1, 10, 1.2, 0.192586, 6.710709, 6.926138, 0.968896],
    [4, 10, 3.6, 0.067174, 5.061102, 1.5071, 3.358172],
    [4, 10, 4.8, 0.205472, 7.110934, 1.86456, 3.813733],
  ])('M/M/%d/%d, %d offered', (servers, room, offered, blocking, inSystem, sojourn, throughput) => {
    const station = mmck(servers, room, offered);
    near(station.blocking, blocking);
    near(station.inSystem, inSystem);
    near(station.sojourn, sojourn);
    near(station.throughput, throughput);
  });

  it.each([
    [1, 10, 0.9, 0.050814, 4.646601],
    [1, 10, 1, 0.090909, 5.5],
    [8, 16, 6.4, 0.016361, 1.174672],
    [16, 32, 20, 0.20179, 1.765525],
  ])('M/M/%d/%d, %d offered: blocking and sojourn', (servers, room, offered, blocking, sojourn) => {
    near(mmck(servers, room, offered).blocking, blocking);
    near(mmck(servers, room, offered).sojourn, sojourn);
  });
});

describe('general service', () => {
  const balanced = (share: number, fast: number, slow: number) =>
    hyperexponential([
      { share, mean: 1 / fast },
      { share: 1 - share, mean: 1 / slow },
    ]).scv;

  it.each([
    ['deterministic', 0, [0.5, 1.166667, 2, 4.5]],
    ['Erlang-2', 0.5, [0.75, 1.75, 3, 6.75]],
    ['H2, scv 4', balanced(0.8872983346, 1.774596669, 0.2254033308), [2.5, 5.833333, 10, 22.5]],
    ['H2, scv 10', balanced(0.9522670169, 1.904534034, 0.0954659663), [5.5, 12.833333, 22, 49.5]],
  ])('%s', (_, scv, waits) => {
    [0.5, 0.7, 0.8, 0.9].forEach((load, i) => {
      near(mg1Wait(load, scv) / waits[i], 1);
    });
  });

  it.each([
    [1, 0.5, 1.359141],
    [1, 0.8, 5.436564],
    [0.5, 0.5, 0.642013],
    [0.5, 0.8, 2.568051],
    [2, 0.8, 109.1963],
  ])('lognormal, sigma %d, load %d', (sigma, load, wait) => {
    const cv = Math.sqrt(Math.expm1(sigma * sigma));
    near(mg1Wait(load, lognormal(1, cv).scv), wait);
  });

  it.each([
    [0.5, 5.4424],
    [0.7, 12.698933],
  ])('bounded Pareto 1.5 on [1, 1000], load %d', (load, wait) => {
    near(mg1Wait(load, pareto(1.5, 1, 1000).scv), wait);
  });

  it('processor sharing does not depend on the service law', () => {
    near(psSojourn(0.7), 3.333333);
  });
});

describe('round robin', () => {
  const servers = [2, 3, 5, 10, 20, 100, Infinity];

  it.each([
    [0.5, [1.618034, 1.493725, 1.396195, 1.324642, 1.289542, 1.26186, 1.255001]],
    [0.7, [2.600623, 2.357727, 2.164242, 2.019804, 1.947868, 1.890481, 1.87616]],
    [0.8, [3.84398, 3.459423, 3.152257, 2.922269, 2.807435, 2.71566, 2.692731]],
    [0.9, [7.588284, 6.784724, 6.142087, 5.660276, 5.41944, 5.226811, 5.178659]],
    [0.95, [15.085725, 13.447797, 12.137553, 11.154948, 10.663678, 10.270681, 10.172434]],
    [0.99, [75.083799, 66.77843, 60.134154, 55.150961, 52.659371, 50.666103, 50.167786]],
  ])('of exponential servers, load %d', (load, sojourns) => {
    servers.forEach((n, i) => {
      near(roundRobinSojourn(n, load), sojourns[i]);
    });
  });

  it('over one server is M/M/1', () => {
    near(roundRobinSojourn(1, 0.8), 5);
  });

  it('has a wait quantile that its tail confirms', () => {
    const delay = roundRobinDelay(5, 0.9);
    const wait = roundRobinWaitQuantile(5, 0.9, 0.99);
    expect(delay * Math.exp(-(1 - delay) * wait)).toBeCloseTo(0.01, 12);
  });

  it.each([
    [1, [0.5, 2, 4.5, 9.5]],
    [2, [0.176741, 0.903284, 2.146923, 4.643948]],
    [4, [0.049652, 0.386095, 0.999966, 2.244684]],
    [10, [0.004742, 0.109828, 0.344582, 0.837083]],
  ])('of %d deterministic servers is M/D/n', (n, waits) => {
    [0.5, 0.8, 0.9, 0.95].forEach((load, i) => {
      near(mdcWait(n, load), waits[i]);
    });
  });
});

describe('power of d', () => {
  it.each([
    [0.5, 1.265686],
    [0.7, 1.614454],
    [0.8, 1.947363],
    [0.9, 2.614057],
    [0.95, 3.383046],
  ])('supermarket model, two choices, load %d', (load, sojourn) => {
    near(supermarketSojourn(2, load), sojourn);
  });

  it('is a random split with one choice, and has no steady state at load 1', () => {
    expect(supermarketSojourn(1, 0.8)).toBeCloseTo(mm1Sojourn(0.8), 12);
    expect(supermarketSojourn(2, 1)).toBe(Infinity);
  });

  it('as a chain: one server is M/M/1; one choice of two is, too', () => {
    near(powerOfDSojourn(1, 1, true, 0.6, 60), mm1Sojourn(0.6));
    near(powerOfDSojourn(2, 1, false, 0.5, 40), mm1Sojourn(0.5));
  });

  it('with replacement is 7 to 12 % slower than join-shortest-queue over two servers', () => {
    const [shortest, replaced] = [true, false].map((d) => powerOfDSojourn(2, 2, d, 0.8, 40));
    expect(replaced! / shortest!).toBeGreaterThan(1.07);
    expect(replaced! / shortest!).toBeLessThan(1.12);
  });
});

describe('counting', () => {
  it.each([
    [10, 10, 2.748689],
    [100, 10, 15.124527],
    [100, 100, 4.232595],
  ])('%d balls at random into %d bins: the fullest', (balls, bins, fullest) => {
    near(fullestOfRandom(balls, bins), fullest);
  });

  it('two balls, two bins, on paper: half of the time one each', () => {
    expect(fullestOfRandom(2, 2)).toBeCloseTo(1.5, 12);
  });

  it('of requests and of sessions', () => {
    near(randomVariation(1000, 10), 0.009);
    near(stickyVariation(1000, 10, 10), 0.0171);
  });
});

describe('rates that change', () => {
  const rate = { mean: 10, amplitude: 8, period: 60 };
  it.each([
    [0, 16.789784],
    [15, 35.327654],
    [30, 23.210216],
    [45, 4.672346],
  ])('number in service at %d', (t, number) => {
    near(sineInService(rate, 0.5, t, 0), number);
  });

  it('averaged over a window is the mean of its parts', () => {
    const parts = [0, 1, 2].map((t) => sineInService(rate, 0.5, t, 1));
    near(sineInService(rate, 0.5, 0, 3), parts.reduce((a, b) => a + b) / 3);
    near(sineInService(rate, 0.5, 7, 60), 20);
  });

  it('an outage of 10 at load 0.8 takes 40 to drain', () => near(outageDrain(0.8, 10), 40));
});

it('a closed population: ten users who think for nine', () => {
  const { sojourn, throughput } = machineRepair(10, 9);
  expect(throughput).toBeCloseTo(0.832, 3);
  expect(sojourn).toBeCloseTo(3.02, 2);
});

describe('two choices', () => {
  it.each([
    [2, 2, 1], // the second ball meets the empty bin
    [3, 2, 2],
    [3, 3, 4 / 3], // two filled bins are drawn once in three times
    // The third ball meets two filled bins once in six times, else the fourth three times in six.
    [4, 4, 1 + 1 / 6 + (5 / 6) * (3 / 6)],
  ])('%i balls in %i bins', (balls, bins, fullest) => {
    near(fullestOfTwoChoices(balls, bins), fullest);
  });
});

it('a ring varies by its spacings, and more with few keys', () => {
  near(Math.sqrt(ringVariation(1e15, 10, 160)), 0.074977);
  near(Math.sqrt(ringVariation(1e15, 10, 1)), 0.904534);
  near(ringVariation(1000, 10, 1e12), 0.009);
});
