import { renderConfigLint, renderLint } from '../../reports/lint-table.ts';
import { renderProblems } from '../problems/errors.ts';
import { type ConfigLint, lintConfig } from '../scenario/lint/config/lint.ts';
import type { Lint, LintProblem } from '../scenario/lint/lint.ts';
import { lintFile } from '../scenario/lint/lint-file.ts';
import { isYamlName } from '../scenario/yaml-name.ts';
import { version } from '../version.ts';
import { exit } from './exit.ts';
import { readHttpdFile } from './httpd-file.ts';
import { terminal } from './terminal.ts';

export interface LintOptions {
  readonly define?: readonly string[];
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `fairlead lint`. @throws LabError with what the parser refuses. */
export async function lint(file: string, options: LintOptions): Promise<void> {
  const found = isYamlName(file)
    ? lintFile(file)
    : lintConfig(
        readHttpdFile(file, { defines: options.define ?? [], quiet: options.quiet ?? false }),
      );
  process.stdout.write(options.json ? `${document(found)}\n` : text(found));
  if (found.problems.some(({ severity }) => severity === 'error')) process.exitCode = exit.no;
}

function text(found: Lint | ConfigLint): string {
  return 'load' in found
    ? renderLint(found, excerpts(found.problems), terminal())
    : renderConfigLint(found, excerpts(found.problems), terminal());
}

function excerpts(problems: readonly LintProblem[]): string {
  const shown = (problem: LintProblem) => ({
    ...problem,
    message: `${problem.severity} ${problem.message} [${problem.code}]`,
  });
  return renderProblems(problems.map(shown));
}

/** A scenario has load and shares, a proxy's configuration balancers and what of it is ignored. */
function document(found: Lint | ConfigLint): string {
  const { file } = found;
  const problems = found.problems.map(({ source: _, ...problem }) => problem);
  const head = { format: 'fairlead/lint@1', version, file, problems };
  if ('load' in found) {
    return JSON.stringify({ ...head, load: found.load, shares: found.shares }, null, 2);
  }
  const ignored = found.ignored.map(({ directive, places }) => {
    const { file, line, column } = places[0]!;
    return { directive, count: places.length, file, line, column };
  });
  const all = { ...head, load: null, shares: [], balancers: found.balancers, ignored };
  return JSON.stringify(all, null, 2);
}
