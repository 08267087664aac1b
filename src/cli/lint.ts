import { renderLint } from '../../reports/lint-table.ts';
import { renderProblems } from '../problems/errors.ts';
import { type Lint, type LintProblem, lintScenario } from '../scenario/lint/lint.ts';
import { version } from '../version.ts';
import { exit } from './exit.ts';
import { terminal } from './terminal.ts';

/** `fairlead lint`. @throws LabError with what the parser refuses. */
export async function lint(config: string, options: { readonly json?: boolean }): Promise<void> {
  const found = lintScenario(config);
  const text = options.json
    ? `${document(found)}\n`
    : renderLint(found, excerpts(found), terminal());
  process.stdout.write(text);
  if (found.problems.some(({ severity }) => severity === 'error')) process.exitCode = exit.no;
}

function excerpts({ problems }: Lint): string {
  const shown = (problem: LintProblem) => ({
    ...problem,
    message: `${problem.severity} ${problem.message} [${problem.code}]`,
  });
  return renderProblems(problems.map(shown));
}

function document({ file, problems, load, shares }: Lint): string {
  const plain = problems.map(({ source: _, file: __, ...problem }) => problem);
  const all = { format: 'fairlead/lint@1', version, file, problems: plain, load, shares };
  return JSON.stringify(all, null, 2);
}
