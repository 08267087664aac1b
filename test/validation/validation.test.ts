/**
 * `fairlead validate` as tests: every case of the engine's own audit, one test each. The rule is in
 * `sim/validation/judge.ts`: a perfect engine fails a check once in a thousand seeds; the seed is fixed.
 */
import { describe, expect, it } from 'vitest';
import { cases } from '../../sim/validation/cases/index.ts';
import type { CaseResult } from '../../sim/validation/judge.ts';
import { runTask, validate } from '../../sim/validation/validate.ts';

/** The long tier, `FAIRLEAD_HEAVY=1`: three times the requests. */
const TIMES = process.env['FAIRLEAD_HEAVY'] === '1' ? 3 : 1;
const TIMEOUT_MS = 1_800_000;

describe.each(cases.map((one) => [`${one.id}: ${one.title}`, one] as const))('%s', (_, one) => {
  it('is as theory says', { timeout: TIMEOUT_MS }, async () => {
    const wanted = (other: typeof one) => other === one;
    const [result] = await validate({ seed: '1', times: TIMES, run: runTask, wanted });
    expect(failures(result)).toEqual([]);
  });
});

function failures({ checks, broken }: CaseResult): string[] {
  const failed = checks.filter(({ verdict }) => verdict !== 'pass');
  return [...failed.map((check) => JSON.stringify(check)), ...broken];
}
