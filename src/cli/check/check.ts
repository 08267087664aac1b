/** `fairlead check`: scenarios in, verdicts out. */
import { check as holdTo } from '../../../sim/check/check.ts';
import type { CheckResult } from '../../../sim/check/result.ts';
import { type Pool, pool } from '../../../sim/pool.ts';
import { optionError } from '../../problems/errors.ts';
import { exit } from '../exit.ts';
import { interruptible } from '../interruptible.ts';
import { progress } from '../progress.ts';
import { type BaselineFiles, baselineFiles } from './baseline-files.ts';
import { casesFrom, type Subject, subjectsFrom } from './cases.ts';
import { type Outputs, print, writeOutputs } from './outputs.ts';
import { update } from './update.ts';

export interface CheckOptions extends Outputs {
  readonly baseline?: string;
  readonly update?: boolean;
  readonly against?: string;
  readonly exact?: boolean;
  readonly allowInconclusive?: boolean;
  readonly quiet?: boolean;
  readonly seed?: string;
  readonly threads?: number;
}

/** What a run of it shares. */
export interface Bench {
  readonly subjects: readonly Subject[];
  readonly files: BaselineFiles;
  readonly threads: Pool;
  readonly onProgress: (done: number, total: number) => void;
  /** The bar is over: what follows is printed. */
  readonly finished: () => void;
}

/** @throws LabError for unusable input, InvariantError when the engine breaks an invariant */
export async function check(paths: readonly string[], options: CheckOptions): Promise<void> {
  if (options.update && options.against !== undefined) {
    throw optionError(
      '--update',
      '--update writes a baseline and --against needs none; leave one of them out.',
    );
  }
  const subjects = await subjectsFrom(paths, options.seed);
  const files = baselineFiles(options.baseline);
  const shown = progress(
    `check: ${subjects.length === 1 ? subjects[0]!.scenario.name : `${subjects.length} scenarios`}`,
    options.quiet ?? false,
  );
  const threads = await pool(options.threads);
  try {
    const onProgress = adding(shown.update);
    const bench = { subjects, files, threads, onProgress, finished: shown.stop };
    const work = async () => {
      if (options.update) await update(bench, options);
      else process.exitCode = exitCodeOf(await gate(bench, options), options);
    };
    await interruptible(work, shown.stop);
  } finally {
    shown.stop();
    await threads.close();
  }
}

async function gate(bench: Bench, options: CheckOptions): Promise<CheckResult> {
  const { subjects, files } = bench;
  const result = await holdTo(await casesFrom(subjects, files, { ...options, ...bench }));
  bench.finished();
  await writeOutputs(result, options);
  print(result, options);
  return result;
}

function exitCodeOf({ verdict }: CheckResult, { allowInconclusive }: CheckOptions): number {
  const codes = {
    passed: exit.done,
    failed: exit.no,
    inconclusive: allowInconclusive ? exit.done : exit.inconclusive,
    'no data': exit.noAnswer,
  };
  return codes[verdict];
}

/** One bar for several experiments, each of which counts its own tasks. */
function adding(update: (done: number, total: number) => void) {
  let doneBefore = 0;
  let totalBefore = 0;
  let last = { done: 0, total: 0 };
  return (done: number, total: number) => {
    if (done < last.done) {
      doneBefore += last.done;
      totalBefore += last.total;
    }
    last = { done, total };
    update(doneBefore + done, totalBefore + total);
  };
}
