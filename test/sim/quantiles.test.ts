/** Inversion against mpmath at 60 digits; `quantiles.py` says how the file was made. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { distributionOf } from '../../sim/distributions/index.ts';
import type { DistributionSpec } from '../../src/scenario/scenario.ts';

interface Row {
  readonly kind: string;
  readonly values: readonly (readonly [u: number, x: number])[];
  readonly mean: number;
  readonly scv?: number;
}
const file = new URL('quantiles.json', import.meta.url);
const rows = JSON.parse(readFileSync(file, 'utf8')) as readonly Row[];
/** What `tabulated` promises, and the rounding of its argument's tail: 2^-53 / (1 - u) in units of the density. */
const WITHIN = 2e-10;

describe.each(rows.map((row) => [JSON.stringify({ ...row, values: undefined }), row] as const))(
  '%s',
  (_, { values, scv, ...spec }) => {
    const distribution = distributionOf(spec as DistributionSpec);

    it.each(values)('at u = %d', (u, x) => {
      const found = distribution.sample(u);
      if (spec.kind === 'poisson' || spec.kind === 'zipf') expect(found).toBe(x);
      else expect(Math.abs(found / x - 1), `${found} for ${x}`).toBeLessThan(WITHIN);
    });

    it.runIf(scv !== undefined)('has that scv', () => {
      expect(distribution.scv / scv!).toBeCloseTo(1, 9);
    });
  },
);
