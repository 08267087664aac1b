/**
 * The recorder: `FAIRLEAD_ORACLE_RECORD=1 npx vitest run test/oracle/live/record.test.ts` plays cases on the httpd
 * of this machine and writes what it made of them to `../fixtures/`, which `../fixtures.test.ts` replays.
 */
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Recorded } from '../case.ts';
import { drawCase } from './draw.ts';
import { findHttpd } from './httpd.ts';
import { runCases } from './run.ts';

const wanted = Boolean(process.env['FAIRLEAD_ORACLE_RECORD']);

/** Seeds apart from those of the live runs. */
const FIRST_SEED = 700_001;
const CASES = 120;

test.skipIf(!wanted)('records cases', { timeout: 3_600_000 }, async () => {
  const httpd = findHttpd();
  if (httpd === null) throw new Error('no httpd on this machine');
  const cases = Array.from({ length: CASES }, (_, i) => drawCase(FIRST_SEED + i));
  const outcomes = await runCases(httpd, null, cases);
  const lines = outcomes.map(({ played }, i) => {
    const recorded: Recorded = { httpd: httpd.version, case: cases[i], played };
    return `${JSON.stringify(recorded)}\n`;
  });
  const file = new URL(`../fixtures/httpd-${httpd.version}.ndjson.gz`, import.meta.url);
  writeFileSync(file, gzipSync(lines.join(''), { level: 9 }));
  const left = outcomes.filter(({ difference, doubtful }) => difference !== null || doubtful);
  expect(left).toEqual([]);
});
