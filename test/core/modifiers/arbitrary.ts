/** Random modifiers whose times and counts are those of the journals: tens of milliseconds, a few requests. */
import fc from 'fast-check';
import type { ModifiersConfig } from '../../../src/core/index.ts';

const ms = (...values: number[]) => fc.constantFrom(...values.map((value) => value * 1e6));
const share = fc.constantFrom(0, 0.2, 0.4, 0.5, 1);
const evidence = { requests: fc.constantFrom(1, 5, 20), hosts: fc.constantFrom(1, 2, 4) };

const slowstart = fc.record({
  windowNs: ms(100, 2000, 10_000),
  aggression: fc.constantFrom(0.5, 1, 2),
  min: share,
  stepNs: ms(1, 50, 300),
});

const outlier = fc.record({
  consecutive5xx: fc.constantFrom(0, 1, 2, 5),
  intervalNs: ms(10, 500, 3000),
  baseEjectionNs: ms(1, 200, 2000),
  maxEjectionNs: ms(2000, 5000),
  maxEjected: share,
  successRate: fc.option(fc.record({ ...evidence, stdevs: fc.constantFrom(0.5, 1, 1.9) })),
  failurePercentage: fc.option(fc.record({ ...evidence, threshold: share })),
});

const retrybudget = fc.oneof(
  fc.record({ kind: fc.constant('share' as const), ratio: share, min: fc.nat(3) }),
  fc.record({
    kind: fc.constant('tokens' as const),
    tokens: fc.constantFrom(1, 4, 10),
    perSuccess: fc.constantFrom(0.1, 1),
  }),
);

/** Each of them in about two of three. */
export const anyModifiers: fc.Arbitrary<ModifiersConfig> = fc
  .record({ slowstart, outlier, panic: share, retrybudget, keep: fc.nat(0xff) })
  .map(({ keep, ...all }) => {
    const kept = Object.entries(all).filter((_, i) => (keep >> (2 * i)) % 4 > 0);
    return Object.fromEntries(kept);
  });

/** All of them, set so that none ever does anything. */
export const inert: ModifiersConfig = {
  slowstart: { windowNs: 5e9, aggression: 1, min: 1, stepNs: 1e7 },
  outlier: {
    consecutive5xx: 0,
    intervalNs: 1e8,
    baseEjectionNs: 1e9,
    maxEjectionNs: 1e9,
    maxEjected: 1,
    successRate: null,
    failurePercentage: null,
  },
  panic: 0,
  retrybudget: { kind: 'share', ratio: 1, min: 1e6 },
};
