/** Worked examples from real httpd 2.4.71: bytes decide. */
import { expect, test } from 'vitest';
import { linesOf, replay } from './transcript.ts';

const E27 = `
Members: A; B; C loadfactor=2. Balancer: lbmethod=bytraffic.
  1 body 5000    A          200  tx 193 0 0 rx 5015 0 0
  2 body 100     B          200  tx 193 192 0 rx 5015 115 0
  3 body 10      C          200  tx 193 192 191 rx 5015 115 25
  4 body 10      C          200  tx 193 192 382 rx 5015 115 50
  5 body 10      C          200  tx 193 192 573 rx 5015 115 75
  6 body 4000    B          200  tx 193 385 573 rx 5015 4130 75
  7 body 300     C          200  tx 193 385 765 rx 5015 4130 390
  8 body 300     C          200  tx 193 385 957 rx 5015 4130 705
  9 body 300     C          200  tx 193 385 1149 rx 5015 4130 1020`;

// The transcript was taken without the route-changed mark; it is written in here by the rule for it (4.5 b),
// which recorded decisions of a sticky bytraffic balancer confirm.
const E28 = `
Members: A route=a; B route=b. Balancer: lbmethod=bytraffic stickysession=S.
  1 POST 20000   A          200 changed  lb 0 0 tx 20214 0 rx 18 0
  2 req          B          200 changed  lb 0 0 tx 20214 190 rx 18 18
  3 req          B          200 changed  lb 0 0 tx 20214 380 rx 18 36
  4 route=a      A          200  lb -100 100 tx 20419 380 rx 36 36
  5 req          B          200 changed  lb -100 100 tx 20419 570 rx 36 54`;

test.each([
  ['E27. bytraffic, factors 1/1/2, different body sizes', E27],
  ['E28. bytraffic counts request bytes too (POST 20000) and never uses lbstatus', E28],
])('%s', (_, example) => {
  expect(replay(example)).toEqual(linesOf(example));
});
