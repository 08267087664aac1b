/**
 * The oracle: real httpd beside the core and beside our proxy, on random configurations, decision for decision.
 * `npm run oracle` runs it; plain `npm test` skips it.
 *
 * Without further say it plays 150 cases of fixed seeds and 50 fresh ones. `FAIRLEAD_ORACLE_CONFIGS` is another
 * number, all of them from `FAIRLEAD_ORACLE_SEED` on, or from a fresh seed. Sides cannot differ by chance: a case
 * whose timing leaves doubt is played again, so any difference is a defect of one of them, or of the oracle.
 */
import { describe, expect, test } from 'vitest';
import type { Case } from '../case.ts';
import { drawCase } from './draw.ts';
import type { Installed } from './httpd.ts';
import { installed } from './installed.ts';
import { startOurs } from './ours.ts';
import { printed } from './print.ts';
import { firstDifferent, isDifferent, runCases, type StartOurs } from './run.ts';
import { shrink } from './shrink.ts';

/** Failing cases that are cut down; of the others the seed tells enough. */
const SHRUNK = 3;

/** Seeds of a run, as ranges: from, and how many. Fresh ones are from the clock. */
function ranges(): [from: number, count: number][] {
  const count = Number(process.env['FAIRLEAD_ORACLE_CONFIGS'] ?? 0);
  const given = process.env['FAIRLEAD_ORACLE_SEED'];
  const fresh = Date.now() % 1e9;
  if (given !== undefined) return [[Number(given), count || 1]];
  if (count > 0) return [[fresh, count]];
  return [
    [1, 150],
    [fresh, 50],
  ];
}

/** Cases whose names differ only in numbers of one length. */
function named(cases: readonly Case[]): Case[] {
  return cases.map((each, i) => ({ ...each, name: `c${String(i).padStart(6, '0')}` }));
}

async function check(httpd: Installed, start: StartOurs | null): Promise<string[]> {
  const drawn = ranges();
  const shown = drawn.map(([from, count]) => `${from} to ${from + count - 1}`);
  console.log(`oracle: httpd ${httpd.version}, seeds ${shown.join(' and ')}`);
  const all = drawn.flatMap(([from, count]) => Array.from({ length: count }, (_, i) => from + i));
  const cases = named(all.map(drawCase));
  const outcomes = await runCases(httpd, start, cases, (done) => {
    console.log(`oracle: ${done} of ${cases.length} cases`);
  });
  const requests = cases.flatMap(({ steps }) => steps).filter(({ op }) => op === 'request');
  const doubtful = outcomes.filter((outcome) => outcome.doubtful).length;
  console.log(`oracle: ${requests.length} requests, ${doubtful} cases left in doubt`);
  const failing = [...cases.keys()].filter((i) => isDifferent(outcomes[i]));
  for (const i of failing) {
    console.log(`oracle: seed ${cases[i].seed}: ${outcomes[i].difference!.text}`);
  }
  const texts: string[] = [];
  for (const i of failing.slice(0, SHRUNK)) {
    const { steps } = cases[i];
    const short = { ...cases[i], steps: steps.slice(0, outcomes[i].difference!.step + 1) };
    const small = await shrink(short, (smaller) => firstDifferent(httpd, start, smaller));
    const [outcome] = await runCases(httpd, start, [small]);
    texts.push(printed(small, outcome));
    console.log(texts.at(-1));
  }
  const others = failing.slice(SHRUNK);
  return [...texts, ...others.map((i) => `seed ${cases[i].seed}: ${outcomes[i].difference!.text}`)];
}

describe.skipIf(installed === null)('httpd beside the core and beside our proxy', () => {
  test('every decision and every counter is the same', async () => {
    expect(await check(installed!, startOurs)).toEqual([]);
  });
});
