/** `fairlead sweep`: plan, run what the ledger does not have, print, report. */
import { renderSweep } from '../../reports/sweep/table.ts';
import type { AxisOption } from '../../sim/sweep/axes.ts';
import { clearLeftovers, readLedger, writeCell, writeManifest } from '../../sim/sweep/ledger.ts';
import { type Plan, type PlannedCell, planSweep } from '../../sim/sweep/plan.ts';
import { type CellFile, type SweepResult, sweepResult } from '../../sim/sweep/result.ts';
import { runCells } from '../../sim/sweep/run.ts';
import { optionError } from '../problems/errors.ts';
import { exit } from './exit.ts';
import { methodFrom, methodsFrom, refuseConf } from './input.ts';
import { interruptible } from './interruptible.ts';
import { progress } from './progress.ts';
import { checkFolder, type SimulateOptions } from './simulate.ts';
import { dryRun } from './sweep-cost.ts';
import { studiesHere, studiesOnQueue } from './sweep-studies.ts';
import { terminal } from './terminal.ts';

export interface SweepCliOptions extends SimulateOptions {
  /** `--vary` and `--zip` in their order. */
  readonly axes: readonly AxisOption[];
  readonly where: readonly string[];
  readonly lbmethod?: string;
  readonly shard?: string;
  readonly dryRun?: boolean;
  readonly queue?: string;
}

export async function sweep(file: string, options: SweepCliOptions): Promise<void> {
  const { out, lbmethod } = options;
  if (options.axes.length === 0) {
    throw optionError(
      '--vary',
      'nothing is varied; expected --vary PATH=V1,V2 or --vary PATH=A..B:STEP.',
    );
  }
  const shard = shardOf(options.shard, out);
  if (out !== undefined) checkFolder(out);
  refuseConf(file);
  const plan = await planSweep({
    file,
    axes: options.axes,
    where: options.where,
    seed: options.seed ?? null,
    methodsOf: async (scenario) =>
      lbmethod?.includes(',')
        ? methodsFrom(lbmethod, scenario)
        : [await methodFrom(lbmethod, scenario)],
  });
  const mine = plan.cells.filter((_, i) => shard === null || i % shard.of === shard.number - 1);
  const ledger = out === undefined ? null : readLedger(out);
  const files = new Map(ledger?.cells);
  // What cannot run costs nothing to say again, and the scenario may say something else by now.
  const todo = mine.filter(
    ({ id, refused }) => refused !== null || (files.get(id)?.state ?? 'failed') === 'failed',
  );
  if (options.dryRun) return dryRun(plan, mine, todo, options);
  await runAndKeep(plan, todo, mine.length, files, options);
  if (out !== undefined) clearLeftovers(out);
  const result = sweepResult(plan.manifest, files);
  if (options.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else process.stdout.write(renderSweep(result, terminal()));
  if (out !== undefined && shard === null) await writeTo(out, result, options);
  process.exitCode = exitOf(mine.map(({ id }) => files.get(id)!));
}

/** Adds each cell to `files`, and to the ledger, as soon as it is done. */
async function runAndKeep(
  plan: Plan,
  todo: readonly PlannedCell[],
  all: number,
  files: Map<string, CellFile>,
  options: SweepCliOptions,
): Promise<void> {
  const { out, quiet } = options;
  if (out !== undefined) writeManifest(out, plan.manifest);
  if (todo.length < all && !quiet) {
    console.error(
      `${all - todo.length} of ${all} cells are in ${out} already; ${todo.length} to run`,
    );
  }
  const total = todo.reduce((sum, { cost }) => sum + cost.replications, 0);
  const shown = progress(`${plan.manifest.scenario.name}: ${todo.length} cells`, quiet ?? false);
  let kept = all - todo.length;
  const where = () =>
    out === undefined
      ? ''
      : `; ${kept} of ${all} cells are in ${out}, the same command goes on from there`;
  const { study, lanes, close } =
    options.queue === undefined
      ? await studiesHere(options.threads)
      : await studiesOnQueue(options.queue, plan, todo, shown.note);
  try {
    const work = () =>
      runCells({
        plan,
        cells: todo,
        study,
        lanes,
        reproduce: (cell) => commandOf(plan, cell, options),
        onProgress: (done) => shown.update(done, total),
        onCell: (cell) => {
          files.set(cell.id, cell);
          if (out !== undefined) writeCell(out, cell);
          kept++;
        },
      });
    await interruptible(work, shown.stop, where);
  } finally {
    shown.stop();
    await close();
  }
}

/** The command that runs one cell alone. */
function commandOf(
  { options: { file } }: Plan,
  { values }: PlannedCell,
  options: SweepCliOptions,
): string {
  const varied = values.flatMap(({ path, value }) => ['--vary', `${path}=${value}`]);
  const lbmethod = options.lbmethod === undefined ? [] : ['--lbmethod', options.lbmethod];
  const seed = options.seed === undefined ? [] : ['--seed', options.seed];
  return ['fairlead', 'sweep', file, ...varied, ...lbmethod, ...seed].map(quoted).join(' ');
}

/** For a shell. */
function quoted(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`;
}

interface Shard {
  readonly number: number;
  readonly of: number;
}

function shardOf(text: string | undefined, out: string | undefined): Shard | null {
  if (text === undefined) return null;
  const [, number, of] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (number === undefined || of === undefined || number < 1 || number > of) {
    throw optionError(
      '--shard',
      `--shard is ${text}; expected i/N with i from 1 to N, such as 1/4.`,
    );
  }
  if (out === undefined) {
    throw optionError(
      '--shard',
      '--shard needs --out DIR, where the results of its cells go; fairlead merge joins them.',
    );
  }
  return { number, of };
}

/** Writes the report beside the ledger. */
export async function writeTo(
  dir: string,
  result: SweepResult,
  { quiet }: SimulateOptions,
): Promise<void> {
  const { writeSweepReport } = await import('../../reports/sweep/write.ts');
  const files = await writeSweepReport(result, dir);
  if (!quiet) console.error(`report: ${files.find((name) => name.endsWith('.html'))}`);
}

/**
 * A cell that failed is a fault; one that is unstable or invalid is an answer, unless there is no other. One that
 * is wider than `run.precision` asks is what it is in a run.
 */
export function exitOf(cells: readonly Pick<CellFile, 'state' | 'runs'>[]): number {
  if (cells.some(({ state }) => state === 'failed')) return exit.invariant;
  const answered = cells.length === 0 || cells.some(({ state }) => state === 'complete');
  if (!answered) return exit.noAnswer;
  const runs = cells.flatMap((cell) => cell.runs);
  return runs.some(({ precision }) => precision?.reached === false) ? exit.inconclusive : exit.done;
}
