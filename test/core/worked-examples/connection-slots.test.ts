/** Worked examples from real httpd 2.4.71: waiting for a connection in vain. */
import { expect, test } from 'vitest';
import { linesOf, replay } from './transcript.ts';

const E33 = `
Members: A max=1 acquire=200 retry=9; B max=1 acquire=200. Balancer: defaults.
  1 open k1      A              lb -100 100 busy 1 0
  2 open k2      B              lb 0 0 busy 1 1
  3 req          Ax Bx -    503  lb -100 100 busy 1 1 [A:E B:E]
    close k1     A          200  lb -100 100 busy 0 1 [A:E B:E]
    close k2     B          200  lb -100 100 busy 0 0 [A:E B:E]
  4 req          B          200  lb 0 0 busy 0 0`;

test.each([['E33. Connection-pool exhaustion marks members (max=1 acquire=200)', E33]])(
  '%s',
  (_, example) => {
    expect(replay(example)).toEqual(linesOf(example));
  },
);
