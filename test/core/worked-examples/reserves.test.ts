/** Worked examples from real httpd 2.4.71: standbys, spares, lbsets and draining workers. */
import { expect, test } from 'vitest';
import { linesOf, replay } from './transcript.ts';

const E14 = `
Members: A retry=1; B retry=1; C status=+H; D status=+H loadfactor=2. Balancer: defaults.
  1 req          A          200  lb -100 100 0 0 [C:H D:H]
  2 req          B          200  lb 0 0 0 0 [C:H D:H]
    -- A goes down
  3 req          Ax B       200  lb -100 100 0 0 [A:E C:H D:H]
  4 req          B          200  lb -100 100 0 0 [A:E C:H D:H]
    -- B goes down
  5 req          Bx D       200  lb -100 100 100 -100 [A:E B:E C:H D:H]
  6 req          C          200  lb -100 100 -100 100 [A:E B:E C:H D:H]
  7 req          D          200  lb -100 100 0 0 [A:E B:E C:H D:H]
  8 req          D          200  lb -100 100 100 -100 [A:E B:E C:H D:H]
    -- A is back
    -- 1.2 s later
  9 req          Bx A       200  lb 0 0 100 -100 [B:E C:H D:H]
 10 req          A          200  lb 0 0 100 -100 [B:E C:H D:H]`;

const E15 = `
Members: A retry=1; B retry=1; C status=+R; D status=+R. Balancer: defaults.
  1 req          A          200  lb -100 100 0 0 [C:R D:R]
  2 req          B          200  lb 0 0 0 0 [C:R D:R]
    -- A goes down
  3 req          Ax B       200  lb -100 0 100 0 [A:E C:R D:R]
  4 req          C          200  lb -100 100 0 0 [A:E C:R D:R]
  5 req          B          200  lb -100 0 100 0 [A:E C:R D:R]
  6 req          C          200  lb -100 100 0 0 [A:E C:R D:R]
  7 req          B          200  lb -100 0 100 0 [A:E C:R D:R]
    -- B goes down
  8 req          C          200  lb -100 100 0 0 [A:E C:R D:R]
  9 req          Bx C       200  lb -100 0 0 100 [A:E B:E C:R D:R]
 10 req          D          200  lb -100 0 100 0 [A:E B:E C:R D:R]
 11 req          C          200  lb -100 0 0 100 [A:E B:E C:R D:R]
    -- A is back
    -- B is back
    -- 1.2 s later
 12 req          B          200  lb 0 -100 0 100 [C:R D:R]
 13 req          A          200  lb -100 0 0 100 [C:R D:R]`;

const E16 = `
Members: A retry=1; B retry=1; C status=+H; D lbset=1; E lbset=7. Balancer: defaults.
  1 req          A          200  lb -100 100 0 0 0 [C:H]
  2 req          B          200  lb 0 0 0 0 0 [C:H]
    -- A goes down
    -- B goes down
  3 req          Ax Bx C    200  lb -100 100 0 0 0 [A:E B:E C:H]
  4 req          C          200  lb -100 100 0 0 0 [A:E B:E C:H]
    -- C goes down
  5 req          Cx D       200  lb -100 100 0 0 0 [A:E B:E C:EH]
  6 req          D          200  lb -100 100 0 0 0 [A:E B:E C:EH]
    -- D goes down
  7 req          Dx E       200  lb -100 100 0 0 0 [A:E B:E C:EH D:E]
    -- A is back
    -- 1.2 s later
  8 req          Bx A       200  lb 0 0 0 0 0 [B:E C:EH D:E]
  9 req          A          200  lb 0 0 0 0 0 [B:E C:EH D:E]`;

const E17 = `
Members: A route=a; B route=b status=+N; C route=c status=+R. Balancer: stickysession=S.
  1 req          A          200 changed  lb -100 0 100 [B:N C:R]
  2 req          C          200 changed  lb 0 0 0 [B:N C:R]
  3 req          A          200 changed  lb -100 0 100 [B:N C:R]
  4 route=b      B          200  lb 0 -200 200 [B:N C:R]
  5 route=b      B          200  lb 100 -400 300 [B:N C:R]
  6 req          C          200 changed  lb 200 -400 200 [B:N C:R]
  7 req          A          200 changed  lb 100 -400 300 [B:N C:R]
  8 req          C          200 changed  lb 200 -400 200 [B:N C:R]`;

test.each([
  ['E14. Hot standby: activation and return (two standbys, D weighs 2)', E14],
  ['E15. Hot spares replace one unusable member each', E15],
  ['E16. Load-balancer sets: standby of set 0 precedes set 1', E16],
  ['E17. Draining member, spare replaces it, sticky still reaches it', E17],
])('%s', (_, example) => {
  expect(replay(example)).toEqual(linesOf(example));
});
