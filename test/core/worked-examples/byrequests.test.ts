/** Worked examples from real httpd 2.4.71: shares and the order in which they are dealt. */
import { expect, test } from 'vitest';
import { linesOf, replay } from './transcript.ts';

const E1 = `
Members: A; B; C. Balancer: defaults.
  1 req          A          200  lb -200 100 100
  2 req          B          200  lb -100 -100 200
  3 req          C          200  lb 0 0 0
  4 req          A          200  lb -200 100 100
  5 req          B          200  lb -100 -100 200
  6 req          C          200  lb 0 0 0
  7 req          A          200  lb -200 100 100`;

const E2 = `
Members: A loadfactor=1; B loadfactor=2; C loadfactor=3. Balancer: defaults.
  1 req          C          200  lb 100 200 -300
  2 req          B          200  lb 200 -200 0
  3 req          A          200  lb -300 0 300
  4 req          C          200  lb -200 200 0
  5 req          B          200  lb -100 -200 300
  6 req          C          200  lb 0 0 0
  7 req          C          200  lb 100 200 -300
  8 req          B          200  lb 200 -200 0`;

const E3 = `
Members: A loadfactor=1.5; B loadfactor=1. Balancer: defaults.
  1 req          A          200  lb -100 100
  2 req          B          200  lb 50 -50
  3 req          A          200  lb -50 50
  4 req          B          200  lb 100 -100
  5 req          A          200  lb 0 0
  6 req          A          200  lb -100 100
  7 req          B          200  lb 50 -50`;

const E4 = `
Members: A loadfactor=1.15; B loadfactor=2.3. Balancer: defaults.
  1 req          B          200  lb 114 -114
  2 req          A          200  lb -115 115
  3 req          B          200  lb -1 1
  4 req          B          200  lb 113 -113
  5 req          A          200  lb -116 116`;

const E5 = `
Members: A loadfactor=7; B loadfactor=3. Balancer: defaults.
  1 req          A          200  lb -300 300
  2 req          B          200  lb 400 -400
  3 req          A          200  lb 100 -100
  4 req          A          200  lb -200 200
  5 req          A          200  lb -500 500
  6 req          B          200  lb 200 -200
  7 req          A          200  lb -100 100
  8 req          A          200  lb -400 400
  9 req          B          200  lb 300 -300
 10 req          A          200  lb 0 0
 11 req          A          200  lb -300 300`;

test.each([
  ['E1. byrequests 1/1/1', E1],
  ['E2. byrequests 1/2/3', E2],
  ['E3. byrequests 1.5/1', E3],
  ['E4. byrequests 1.15/2.3 (factor truncation: 114 and 229)', E4],
  ['E5. byrequests 7/3: ten-pick cycle', E5],
])('%s', (_, example) => {
  expect(replay(example)).toEqual(linesOf(example));
});
