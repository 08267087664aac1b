/** Worked examples from real httpd 2.4.71: routes, redirects and what sticky hits do to lbstatus. */
import { expect, test } from 'vitest';
import { linesOf, replay } from './transcript.ts';

const E18 = `
Members: A route=a; B route=b status=+D; C route=c status=+S; D route=d status=+D redirect=a; E route=e. Balancer: stickysession=S.
  1 req          A          200 changed  lb -100 0 0 0 100 [B:D C:S D:D]
  2 route=b      E          200 changed  lb 0 0 0 0 0 [B:D C:S D:D]
  3 route=c      A          200 changed  lb -100 0 0 0 100 [B:D C:S D:D]
  4 route=d      A          200 changed  lb -200 0 0 0 200 [B:D C:S D:D]
  5 route=d      A          200 changed  lb -300 0 0 0 300 [B:D C:S D:D]
  6 req          E          200 changed  lb -200 0 0 0 200 [B:D C:S D:D]
  7 req          E          200 changed  lb -100 0 0 0 100 [B:D C:S D:D]`;

const E19 = `
Members: A route=a status=+D redirect=b; B route=b status=+D redirect=c; C route=c; D route=d status=+D redirect=e; E route=e status=+D redirect=d. Balancer: stickysession=S.
  1 route=a      C          200 changed  lb 0 0 0 0 0 [A:D B:D D:D E:D]
  2 route=d      C          200 changed  lb 0 0 0 0 0 [A:D B:D D:D E:D]`;

const E20 = `
Members: A route=a; B route=b loadfactor=2; C route=c; D route=d status=+H; E route=e lbset=1. Balancer: stickysession=S.
  1 req          B          200 changed  lb 100 -200 100 0 0 [D:H]
  2 req          A          200 changed  lb -200 0 200 0 0 [D:H]
  3 route=a      A          200  lb -700 200 300 100 100 [D:H]
  4 route=a      A          200  lb -1200 400 400 200 200 [D:H]
  5 route=a      A          200  lb -1700 600 500 300 300 [D:H]
  6 req          B          200 changed  lb -1600 400 600 300 300 [D:H]
  7 req          C          200 changed  lb -1500 600 300 300 300 [D:H]
  8 req          B          200 changed  lb -1400 400 400 300 300 [D:H]
  9 req          B          200 changed  lb -1300 200 500 300 300 [D:H]
 10 req          C          200 changed  lb -1200 400 200 300 300 [D:H]
 11 req          B          200 changed  lb -1100 200 300 300 300 [D:H]
 12 req          B          200 changed  lb -1000 0 400 300 300 [D:H]
 13 req          C          200 changed  lb -900 200 100 300 300 [D:H]
 14 route=d      D          200  lb -800 400 200 -200 400 [D:H]
 15 route=e      E          200  lb -700 600 300 -100 -100 [D:H]
 16 route=zz     B          200 changed  lb -600 400 400 -100 -100 [D:H]`;

const E21 = `
Members: A route=a retry=2; B route=b; C route=c. Balancer: stickysession=S.
  1 route=a      A          200  lb -200 100 100
    -- A goes down
  2 route=a      Ax B       200 changed  lb -400 100 300 [A:E]
  3 route=a      C          200 changed  lb -400 200 200 [A:E]
  4 route=a      B          200 changed  lb -400 100 300 [A:E]
    -- A is back
    -- 2.2 s later
  5 route=a      A          200  lb -600 200 400`;

const E22 = `
Members: A route=a retry=2; B route=b. Balancer: stickysession=S nofailover=On.
    -- A goes down
  1 route=a      Ax -       503  lb -100 100 [A:E]
  2 route=a      -          503  lb -100 100 [A:E]
  3 route=zz     B          200 changed  lb -100 100 [A:E]
  4 route=       B          200 changed  lb -100 100 [A:E]
    -- A is back
  5 route=a      -          503  lb -100 100 [A:E]
    -- 2.2 s later
  6 route=a      A          200  lb -200 200`;

const E23 = `
Members: A route=a retry=1; B route=a; C route=a status=+H; D route=b. Balancer: stickysession=S.
  1 route=a      A          200  lb -300 100 100 100 [C:H]
    -- A goes down
  2 route=a      Ax B       200  lb -600 0 300 300 [A:E C:H]
    -- manager: disable B -> lb -600 0 300 300 [A:E B:D C:H]
  3 route=a      C          200  lb -600 0 200 400 [A:E B:D C:H]
    -- A is back
    -- 1.2 s later
  4 route=a      A          200  lb -800 0 300 500 [B:D C:H]`;

test.each([
  ['E18. Disabled, stopped and redirect with sticky routes', E18],
  ['E19. Redirect chain a->b->c, and a redirect cycle', E19],
  ['E20. Sticky hits create weighted debt (weights 1/2/1, standby D, other set E)', E20],
  ['E21. Sticky member dies: failover inside the request, then re-routing', E21],
  ['E22. nofailover=On', E22],
  ['E23. Several members share a route; the standby only in the second pass', E23],
])('%s', (_, example) => {
  expect(replay(example)).toEqual(linesOf(example));
});
