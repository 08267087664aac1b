/** `fairlead validate`: the engine's own audit. */
import { renderValidation } from '../../reports/validation-table.ts';
import { threadsOf } from '../../sim/pool.ts';
import { cases } from '../../sim/validation/cases/index.ts';
import type { Validation } from '../../sim/validation/judge.ts';
import { validate as audit } from '../../sim/validation/validate.ts';
import { LabError } from '../problems/errors.ts';
import { suggestion } from '../problems/suggest.ts';
import { version } from '../version.ts';
import { exit } from './exit.ts';
import { interruptible } from './interruptible.ts';
import { progress } from './progress.ts';
import { terminal } from './terminal.ts';

export interface ValidateOptions {
  readonly only?: string;
  readonly times: number;
  readonly seed: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly threads?: number;
}

/** @throws LabError when `only` names a case that there is not. */
export async function validate(options: ValidateOptions): Promise<void> {
  const { seed, times } = options;
  const ids = options.only === undefined ? null : idsOf(options.only);
  const shown = progress('validate', options.quiet ?? false, 'parts');
  const { piscina, close } = await threadsOf('./validation/thread.js', options.threads);
  try {
    const work = () =>
      audit({
        seed,
        times,
        wanted: ({ id }) => ids === null || ids.has(id.toLowerCase()),
        run: (task) => piscina.run(task),
        onProgress: shown.update,
      });
    const results = await interruptible(work, shown.stop);
    shown.stop();
    const checks = results.flatMap((one) => one.checks);
    const passed = checks.filter(({ verdict }) => verdict === 'pass').length;
    const failed = checks.length - passed;
    const document: Validation = {
      format: 'fairlead/validation@1',
      version,
      seed,
      times,
      passed,
      failed,
      cases: results,
    };
    const text = options.json
      ? JSON.stringify(document, null, 2)
      : renderValidation(document, terminal());
    process.stdout.write(`${text}\n`);
    if (failed > 0) process.exitCode = exit.no;
  } finally {
    shown.stop();
    await close();
  }
}

function idsOf(list: string): ReadonlySet<string> {
  const known = [...new Set(cases.map(({ id }) => id))];
  return new Set(
    list.split(',').map((text) => {
      const id = text.trim();
      if (known.some((one) => one.toLowerCase() === id.toLowerCase())) return id.toLowerCase();
      const message = `--only names ${JSON.stringify(id)}, which is no case; ${suggestion(id, known)}`;
      const place = { file: 'command line', line: 0, column: 0, path: '--only' };
      throw new LabError([{ ...place, message, code: 'VALUE', severity: 'error' }]);
    }),
  );
}
