/**
 * `fairlead validate` as tests: every eighth case of the engine's own audit, one test each; the command runs them all, in
 * CI with the same seed. The rule is in `sim/validation/judge.ts`: a perfect engine fails a check once in a thousand
 * seeds; the seed is fixed.
 */
import { describe, expect, it } from 'vitest';
import { cases } from '../../sim/validation/cases/index.ts';
import type { CaseResult } from '../../sim/validation/judge.ts';
import { runTask, validate } from '../../sim/validation/validate.ts';

const some = cases.filter((_, i) => i % 8 === 0);

describe.each(some.map((one) => [`${one.id}: ${one.title}`, one] as const))('%s', (_, one) => {
  it('is as theory says', async () => {
    const wanted = (other: typeof one) => other === one;
    const [result] = await validate({ seed: '1', times: 1, run: runTask, wanted });
    expect(failures(result)).toEqual([]);
  });
});

function failures({ checks, broken }: CaseResult): string[] {
  const failed = checks.filter(({ verdict }) => verdict !== 'pass');
  return [...failed.map((check) => JSON.stringify(check)), ...broken];
}
