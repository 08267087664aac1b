/** Worked examples from real httpd 2.4.71: what an answer, or none in time, does to a worker. */
import { expect, test } from 'vitest';
import { linesOf, replay } from './transcript.ts';

const E24 = `
Members: A retry=2; B; C status=+I. Balancer: failonstatus=503,500.
  1 BE says 503  A          503  lb -200 100 100 [A:E C:I]
  2 BE says 404  B          404  lb -200 0 200 [A:E C:I]
  3 BE says 503  C          503  lb -200 100 100 [A:E C:I]
  4 req          B          200  lb -200 0 200 [A:E C:I]
    -- 2.2 s later
  5 req          C          200  lb -100 100 0 [C:I]
  6 req          B          200  lb 0 -100 100 [C:I]`;

const E25 = `
Members: A timeout=1 retry=9; B timeout=1. Balancer: defaults.
  1 slow         Ax -       502  lb -100 100
  2 req          B          200  lb 0 0`;

const E26 = `
Members: A timeout=1 retry=9; B timeout=1. Balancer: failontimeout=On.
  1 slow         Ax -       502  lb -100 100 [A:E]
  2 req          B          200  lb -100 100 [A:E]
  3 req          B          200  lb -100 100 [A:E]`;

test.each([
  ['E24. failonstatus=503,500; C ignores errors', E24],
  ['E25. Read timeout: 502, no error state; with failontimeout the member is marked', E25],
  ['E26. same with failontimeout', E26],
])('%s', (_, example) => {
  expect(replay(example)).toEqual(linesOf(example));
});
