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
import { findHttpd, type Installed } from './httpd.ts';
import { startOurs } from './ours.ts';
import { printed } from './print.ts';
import { firstDifferent, isDifferent, runCases, type StartOurs } from './run.ts';
import { shrink } from './shrink.ts';

const installed = process.env['FAIRLEAD_ORACLE'] ? findHttpd() : null;

/** Failing cases that are cut down; of the others the seed tells enough. */
const SHRUNK = 3;

/** Seeds of a run: fixed ones from 1, fresh ones from the clock. */
function seeds(): number[] {
  const count = Number(process.env['FAIRLEAD_ORACLE_CONFIGS'] ?? 0);
  const given = process.env['FAIRLEAD_ORACLE_SEED'];
  const fresh = Date.now() % 1e9;
  const range = (from: number, length: number) => Array.from({ length }, (_, i) => from + i);
  if (given !== undefined) return range(Number(given), count || 1);
  if (count > 0) return range(fresh, count);
  return [...range(1, 150), ...range(fresh, 50)];
}

/** Cases whose names differ only in numbers of one length. */
function named(cases: readonly Case[]): Case[] {
  return cases.map((each, i) => ({ ...each, name: `c${String(i).padStart(6, '0')}` }));
}

async function check(httpd: Installed, start: StartOurs | null): Promise<string[]> {
  const all = seeds();
  console.log(`oracle: httpd ${httpd.version}, seeds ${all[0]} to ${all.at(-1)} (${all.length})`);
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
