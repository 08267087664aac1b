/** The core plays the transcripts of real httpd, line by line. Sockets play them in `test/oracle/live/examples`. */
import { expect, test } from 'vitest';
import { transcripts } from './examples.ts';
import { linesOf, replay } from './transcript.ts';

test.each(transcripts)('%s', (_, transcript) => {
  expect(replay(transcript)).toEqual(linesOf(transcript));
});
