/** Worked examples from real httpd 2.4.71: errors, retry times, failover and forced recovery. */
import { expect, test } from 'vitest';
import { linesOf, replay } from './transcript.ts';

const E6 = `
Members: A retry=2; B retry=2; C retry=2. Balancer: defaults.
  1 req          A          200  lb -200 100 100
  2 req          B          200  lb -100 -100 200
    -- B goes down
  3 req          C          200  lb 0 0 0
  4 req          A          200  lb -200 100 100
  5 req          Bx C       200  lb 0 -100 100 [B:E]
  6 req          C          200  lb 100 -100 0 [B:E]
  7 req          A          200  lb 0 -100 100 [B:E]
    -- B is back
  8 req          C          200  lb 100 -100 0 [B:E]
  9 req          A          200  lb 0 -100 100 [B:E]
    -- 2.2 s later (retry elapsed)
 10 req          C          200  lb 100 0 -100
 11 req          A          200  lb -100 100 0
 12 req          B          200  lb 0 -100 100
 13 req          C          200  lb 100 0 -100`;

const E7 = `
Members: A; B retry=60. Balancer: defaults.
  1 req          A          200  lb -100 100
    -- A goes down
    -- B goes down
  2 req          Bx Ax -    503  lb 0 0 [A:E B:E]
  3 req          Ax Bx -    503  lb -100 100 [A:E B:E]
  4 req          Bx Ax -    503  lb 0 0 [A:E B:E]
    -- A is back
  5 req          A          200  lb -100 100
  6 req          Bx A       200  lb 0 0 [B:E]
  7 req          A          200  lb 0 0 [B:E]
  8 req          A          200  lb 0 0 [B:E]`;

const E8 = `
Members: A retry=2; B retry=60. Balancer: forcerecovery=Off.
    -- A goes down
    -- B goes down
  1 req          Ax Bx -    503  lb -100 100 [A:E B:E]
  2 req          -          503  lb -100 100 [A:E B:E]
  3 req          -          503  lb -100 100 [A:E B:E]
    -- A is back
    -- B is back
  4 req          -          503  lb -100 100 [A:E B:E]
    -- 2.2 s later
  5 req          A          200  lb -100 100 [B:E]
  6 req          A          200  lb -100 100 [B:E]`;

const E9 = `
Members: A; B; C; D. Balancer: maxattempts=1.
    -- A goes down
    -- B goes down
    -- C goes down
  1 req          Ax Bx -    503  lb -300 -100 200 200 [A:E B:E]
  2 req          Cx D       200  lb -300 -100 100 300 [A:E B:E C:E]
  3 req          D          200  lb -300 -100 100 300 [A:E B:E C:E]`;

const E10 = `
Members: A; B; C. Balancer: maxattempts=0.
    -- A goes down
  1 req          Ax -       503  lb -200 100 100 [A:E]
  2 req          B          200  lb -200 0 200 [A:E]
  3 req          C          200  lb -200 100 100 [A:E]`;

const E11 = `
Members: A; B. Balancer: maxattempts=3.
    -- A goes down
    -- B goes down
  1 req          Ax Bx Bx Ax - 503  lb 0 0 [A:E B:E]`;

const E12 = `
Members: A retry=2; B status=+D. Balancer: defaults.
    -- A goes down
  1 req          Ax -       503  lb 0 0 [A:E B:D]
  2 req          -          503  lb 0 0 [A:E B:D]
    -- A is back
  3 req          -          503  lb 0 0 [A:E B:D]
    -- 2.2 s later
  4 req          A          200  lb 0 0 [B:D]`;

const E13 = `
Members: A status=+I; B. Balancer: defaults.
    -- A goes down
  1 req          Ax -       503  lb -100 100 [A:I]
  2 req          B          200  lb 0 0 [A:I]
  3 req          Ax -       503  lb -100 100 [A:I]
  4 req          B          200  lb 0 0 [A:I]`;

test.each([
  ['E6. Failure in the middle, recovery after retry', E6],
  ['E7. Both members down, forcerecovery=On (default)', E7],
  ['E8. Both down, forcerecovery=Off', E8],
  ['E9. maxattempts=1 with three of four members down', E9],
  ['E10. maxattempts=0: no failover at all', E10],
  ['E11. maxattempts larger than the member count re-enters through forced recovery', E11],
  ['E12. A disabled member blocks forced recovery', E12],
  ['E13. Ignore-errors member that is down', E13],
])('%s', (_, example) => {
  expect(replay(example)).toEqual(linesOf(example));
});
