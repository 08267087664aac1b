/** What `run` and `compare` share: simulate with progress, print, write the report, say how it ended. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { renderStudy } from '../../reports/table.ts';
import { pool } from '../../sim/pool.ts';
import type { PrecisionLook } from '../../sim/precision.ts';
import type { Study } from '../../sim/result.ts';
import { study } from '../../sim/study.ts';
import { optionError } from '../problems/errors.ts';
import type { LbMethodRef, Scenario } from '../scenario/scenario.ts';
import { timeText } from './calibrate.ts';
import { exit } from './exit.ts';
import { interruptible } from './interruptible.ts';
import { Pace } from './pace.ts';
import { type Progress, progress } from './progress.ts';
import { terminal } from './terminal.ts';

export interface SimulateOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly seed?: string;
  readonly out?: string;
  readonly threads?: number;
}

export async function simulate(
  scenario: Scenario,
  lbmethods: readonly LbMethodRef[],
  options: SimulateOptions,
): Promise<void> {
  if (options.out !== undefined) checkFolder(options.out);
  const names = lbmethods.map(({ name }) => name).join(', ');
  const shown = progress(`${scenario.name}: ${names}`, options.quiet ?? false);
  const threads = await pool(options.threads);
  const pace = new Pace();
  const work = async () => {
    const result = await study({
      scenario,
      lbmethods,
      run: threads.runner({ scenario, lbmethods }),
      onProgress: (done, total) => {
        pace.done = done;
        shown.update(done, total);
      },
      onLook: looks(shown, pace, lbmethods.length),
    });
    shown.stop();
    print(result, options);
    if (options.out !== undefined) await writeTo(options.out, result, options);
    process.exitCode = exitCodeFor(result);
  };
  try {
    await interruptible(work, shown.stop);
  } finally {
    shown.stop();
    await threads.close();
  }
}

function exitCodeFor({ result: { runs } }: Study): number {
  if (runs.some(({ state }) => state !== 'complete')) return exit.noAnswer;
  return runs[0]?.precision?.reached === false ? exit.inconclusive : exit.done;
}

/** Tells the cost after the first look at the precision, and how narrow the interval is after each. */
function looks(shown: Progress, pace: Pace, arms: number): (look: PrecisionLook) => void {
  let told = false;
  return ({ metric, relative, halfWidth, replications, reached, expected, max }) => {
    const width = halfWidth === null ? 'no interval' : `±${percent(halfWidth)}`;
    shown.remark(`${metric} ${width}, target ±${percent(relative)}`);
    if (told || reached || halfWidth === null) return;
    told = true;
    const seconds = pace.secondsOf((expected - replications) * arms);
    const most = expected === max ? ', which is the most allowed' : ` (at most ${max})`;
    shown.note(
      `${metric} is ${width} after ${replications} replications; ±${percent(relative)} takes about ${expected}${most}: about ${timeText(seconds)} more`,
    );
  };
}

export const percent = (share: number) => `${Number((share * 100).toPrecision(2))} %`;

/** Says before the work, not after it, that the report has nowhere to go. */
export function checkFolder(dir: string): void {
  const expected = 'expected a folder, which is made when missing.';
  if (dir === '') throw optionError('--out', `--out is empty; ${expected}`);
  let existing = resolve(dir);
  while (!existsSync(existing)) existing = dirname(existing);
  const shown = existing === resolve(dir) ? dir : relative('', existing);
  if (!statSync(existing).isDirectory()) {
    const where = shown === dir ? ', which is' : `: ${shown} is`;
    throw optionError('--out', `--out is ${dir}${where} a file; ${expected}`);
  }
  accessSync(existing, constants.W_OK);
}

function print(result: Study, { json }: SimulateOptions): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(result.result, null, 2)}\n`);
    return;
  }
  process.stdout.write(`${renderStudy(result, terminal())}\n`);
}

async function writeTo(dir: string, result: Study, { quiet }: SimulateOptions): Promise<void> {
  const { writeReport } = await import('../../reports/write.ts');
  const files = await writeReport(result, dir);
  if (!quiet) console.error(`report: ${files.find((file) => file.endsWith('.html'))}`);
}
