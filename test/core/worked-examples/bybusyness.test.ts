/** Worked examples from real httpd 2.4.71: requests in flight decide. */
import { expect, test } from 'vitest';
import { linesOf, replay } from './transcript.ts';

const E29 = `
Members: A; B; C. Balancer: lbmethod=bybusyness.
  1 open k1      A              lb -200 100 100 busy 1 0 0
  2 open k2      B              lb -100 -100 200 busy 1 1 0
  3 open k3      C              lb 0 0 0 busy 1 1 1
  4 open k4      A              lb -200 100 100 busy 2 1 1
  5 req          B          200  lb -100 -100 200 busy 2 1 1
  6 req          C          200  lb 0 0 0 busy 2 1 1
    close k1     A          200  lb 0 0 0 busy 1 1 1
  7 open k5      A              lb -200 100 100 busy 2 1 1
    close k2     B          200  lb -200 100 100 busy 2 0 1
    close k3     C          200  lb -200 100 100 busy 2 0 0
  8 req          B          200  lb -100 -100 200 busy 2 0 0
  9 req          C          200  lb 0 0 0 busy 2 0 0
    close k4     A          200  lb 0 0 0 busy 1 0 0
    close k5     A          200  lb 0 0 0 busy 0 0 0`;

const E30 = `
Members: A loadfactor=1; B loadfactor=2; C loadfactor=3. Balancer: lbmethod=bybusyness.
  1 open k1      C              lb 100 200 -300 busy 0 0 1
  2 open k2      B              lb 200 -200 0 busy 0 1 1
  3 open k3      A              lb -300 0 300 busy 1 1 1
  4 open k4      C              lb -200 200 0 busy 1 1 2
  5 open k5      B              lb -100 -200 300 busy 1 2 2
  6 open k6      A              lb -600 0 600 busy 2 2 2
    close k1     C          200  lb -600 0 600 busy 2 2 1
    close k2     B          200  lb -600 0 600 busy 2 1 1
    close k3     A          200  lb -600 0 600 busy 1 1 1
  7 req          C          200  lb -500 200 300 busy 1 1 1
    close k4     C          200  lb -500 200 300 busy 1 1 0
    close k5     B          200  lb -500 200 300 busy 1 0 0
    close k6     A          200  lb -500 200 300 busy 0 0 0`;

const E31 = `
Members: A retry=1; B; C. Balancer: lbmethod=bybusyness.
    -- A goes down
  1 open k1      Ax B           lb -200 0 200 busy 1 1 0 [A:E]
  2 open k2      C              lb -200 100 100 busy 1 1 1 [A:E]
    -- A is back
    -- 1.2 s later
  3 open k3      B              lb -100 -100 200 busy 1 2 1
    close k1     B          200  lb -100 -100 200 busy 0 1 1
    close k2     C          200  lb -100 -100 200 busy 0 1 0
    close k3     B          200  lb -100 -100 200 busy 0 0 0`;

test.each([
  ['E29. bybusyness with overlapping requests, equal factors', E29],
  ['E30. bybusyness 1/2/3: weights decide ties only', E30],
  ['E31. bybusyness: a member that refused keeps the request in its busy count', E31],
])('%s', (_, example) => {
  expect(replay(example)).toEqual(linesOf(example));
});
