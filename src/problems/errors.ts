/**
 * What is wrong with an input, where, and what to do about it. One class for the whole project, thrown with
 * every problem of the input at once. Loads nothing, so that `fairlead --help` may import it.
 */

export type ErrorCode =
  | 'UNREADABLE' // the file is missing, not text, too large
  | 'SYNTAX' // not YAML, or not one document with a map at its top
  | 'UNKNOWN_KEY'
  | 'NOT_SUPPORTED' // part of the format, but not of this version
  | 'MISSING'
  | 'VALUE'
  | 'DUPLICATE'
  | 'REFERENCE' // a name that nothing in the file carries
  | 'UNSTABLE'; // offered load at or above capacity

/** How many problems of one file are told; beyond that something else is wrong with it. */
export const problemsMax = 100;

/** `line` and `column` count from 1; both are 0 when the problem has no place in the file. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** As a reader writes it: `balancer.workers[2].loadfactor`. */
  readonly path: string;
  /** A sentence: what was found; what was expected; what to do. Names the path. */
  readonly message: string;
  readonly code: ErrorCode;
  readonly severity: 'error' | 'warning';
  /** The text of the line, when it is at hand. */
  readonly source?: string;
}

/** What it takes to print a problem. */
export type Printable = Pick<Problem, 'file' | 'line' | 'column' | 'message' | 'source'>;

/** An input that cannot be used. `message` holds every problem, one a line; `code` is the first one's. */
export class LabError extends Error {
  readonly code: ErrorCode;
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    const sorted = sortProblems(problems);
    super(sorted.map(problemLine).join('\n'), options);
    this.name = 'LabError';
    this.code = sorted[0]?.code ?? 'VALUE';
    this.problems = sorted;
  }
}

/** What is wrong with an option of the command line. `message` names it. */
export function optionError(option: string, message: string): LabError {
  const place = { file: 'command line', line: 0, column: 0, path: option };
  return new LabError([{ ...place, message, code: 'VALUE', severity: 'error' }]);
}

/** `file:line:column message` on one line, fit for a terminal. */
export function problemLine(problem: Printable): string {
  const { file, line, column, message } = problem;
  return printable(`${file}${line > 0 ? `:${line}:${column}` : ':'} ${message}`);
}

/** Every problem with its source line and a caret below the place. */
export function renderProblems(problems: readonly Printable[]): string {
  return problems
    .map((problem) => [problemLine(problem), ...excerpt(problem)].join('\n'))
    .join('\n');
}

function excerpt({ source, line, column }: Printable): string[] {
  if (source === undefined || line === 0) return [];
  const from = Math.max(0, column - 80);
  const gutter = `  ${line} | `;
  const caret = `${' '.repeat(gutter.length - 2)}| ${' '.repeat(column - 1 - from)}^`;
  return [gutter + printable(source.slice(from, from + 100)), caret];
}

/** Control characters as blanks: a file must not be able to drive the terminal that shows it. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}

/** By position; problems of a file that the first one refers to come after its own. */
function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  const files = [...new Set(problems.map((p) => p.file))];
  const rank = (p: Problem) => files.indexOf(p.file);
  const sorted = [...problems].sort(
    (a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column,
  );
  return sorted.filter((p, i) => i === 0 || problemLine(p) !== problemLine(sorted[i - 1]!));
}
