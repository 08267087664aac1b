/** What `run` and `compare` share: simulate with progress, print, write the report, say how it ended. */
import { statSync } from 'node:fs';
import { renderStudy } from '../../reports/table.ts';
import { pool } from '../../sim/pool.ts';
import type { Study } from '../../sim/result.ts';
import { study } from '../../sim/study.ts';
import { optionError } from '../problems/errors.ts';
import type { LbMethodRef, Scenario } from '../scenario/scenario.ts';
import { exit } from './exit.ts';
import { progress } from './progress.ts';
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
  const interrupt = () => {
    shown.stop();
    console.error('fairlead: interrupted');
    process.exit(exit.interrupted);
  };
  process.once('SIGINT', interrupt);
  try {
    const result = await study({
      scenario,
      lbmethods,
      run: threads.runner({ scenario, lbmethods }),
      onProgress: shown.update,
    });
    shown.stop();
    print(result, options);
    if (options.out !== undefined) await writeTo(options.out, result, options);
    if (result.result.runs.some(({ state }) => state !== 'complete')) {
      process.exitCode = exit.noAnswer;
    }
  } finally {
    shown.stop();
    process.off('SIGINT', interrupt);
    await threads.close();
  }
}

/** Says before the work, not after it, that the report has nowhere to go. */
function checkFolder(dir: string): void {
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== false) return;
  const message = `--out is ${dir}, which is a file; expected a folder, which is made when missing.`;
  throw optionError('--out', message);
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
