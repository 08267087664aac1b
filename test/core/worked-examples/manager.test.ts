/** Worked examples from real httpd 2.4.71: changes by balancer-manager at run time. */
import { expect, test } from 'vitest';
import { linesOf, replay } from './transcript.ts';

const E32 = `
Members: A; B loadfactor=2; C. Balancer: defaults.
    -- manager: disable A -> lb 0 0 0 [A:D]
  1 req          B          200  lb 0 -100 100 [A:D]
  2 req          C          200  lb 0 100 -100 [A:D]
  3 req          B          200  lb 0 0 0 [A:D]
  4 req          B          200  lb 0 -100 100 [A:D]
    -- manager: enable A -> lb 0 -100 100
  5 req          C          200  lb 100 100 -200
  6 req          B          200  lb 200 -100 -100
    -- manager: lbmethod=bybusyness -> lb 0 0 0
    -- manager: lbmethod=byrequests -> lb 0 0 0
  7 req          B          200  lb 100 -200 100
  8 req          A          200  lb -200 0 200
    -- manager: factor of C := 2.5 -> lb 100 200 250
  9 req          C          200  lb 200 400 -50
 10 req          B          200  lb 300 50 200`;

test.each([
  ['E32. Manager: enabling does not reset; a method change does; factor change refills', E32],
])('%s', (_, example) => {
  expect(replay(example)).toEqual(linesOf(example));
});
