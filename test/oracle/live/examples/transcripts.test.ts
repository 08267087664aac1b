/** The worked examples, played again by the httpd of this machine and by our proxy, over sockets. */
import { beforeAll, describe, expect, test } from 'vitest';
import { transcripts } from '../../../core/worked-examples/examples.ts';
import { linesOf } from '../../../core/worked-examples/transcript.ts';
import { installed } from '../installed.ts';
import { startOurs } from '../ours.ts';
import type { Outcome } from '../play.ts';
import { runCases } from '../run.ts';
import { caseOf, written } from './read.ts';

describe.skipIf(installed === null)('httpd and our proxy play the worked examples', () => {
  let outcomes: Outcome[] = [];

  beforeAll(async () => {
    const cases = transcripts.map(([, transcript], i) => caseOf(transcript, i));
    outcomes = await runCases(installed!, startOurs, cases);
  }, 600_000);

  test.each(transcripts.map(([title, transcript], i) => ({ title, transcript, i })))(
    '$title',
    ({ transcript, i }) => {
      const { played, difference } = outcomes[i];
      expect(difference).toBeNull();
      expect(written(transcript, played)).toEqual(linesOf(transcript));
    },
  );
});
