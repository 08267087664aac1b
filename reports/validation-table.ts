/** What the terminal shows of `fairlead validate`: theory beside simulation, a line a check, then the rule. */
import pc from 'picocolors';
import type { CheckResult, Validation } from '../sim/validation/judge.ts';
import { ABSENT, formatCount } from './format.ts';
import { type Column, grid, type Ink, wrap } from './grid.ts';
import type { TerminalOptions } from './table.ts';

const RULE =
  'A check passes if theory lies inside the 99.9 % t interval of the mean over independent replications, and if the standard error is small enough to prove something. Identities must agree request by request. A perfect engine fails a check in one of 1000 seeds. Times are in mean services.';

/** What went wrong, in words. */
const words: Record<CheckResult['verdict'], string> = {
  pass: 'pass',
  off: 'OFF: theory says otherwise',
  blunt: 'TOO ROUGH: more requests',
  broken: 'BROKEN INVARIANT',
};

export function renderValidation(result: Validation, { width, colour }: TerminalOptions): string {
  const ink = { width: Math.max(40, width), paint: pc.createColors(colour) };
  const requests = result.cases.reduce((sum, one) => sum + one.requests, 0);
  const effort = `seed ${result.seed}, ${formatCount(requests, 'request')} simulated`;
  return [
    `${ink.paint.bold('fairlead validate')}\n${ink.paint.dim(effort)}`,
    table(result, ink),
    ink.paint.dim(wrap(RULE, ink.width)),
    summary(result, ink),
  ].join('\n\n');
}

/** One grid for all checks, so that numbers stand below each other; a case's title above its checks. */
function table({ cases }: Validation, ink: Ink): string {
  const checks = cases.flatMap((one) => one.checks);
  const columns: Column[] = [
    { head: ['check'], cells: checks.map(({ of }) => `  ${of}`), align: 'left', rank: 0 },
    { head: ['theory'], cells: checks.map(({ theory }) => digits(theory)), rank: 0 },
    { head: ['simulated'], cells: checks.map(({ simulated }) => digits(simulated)), rank: 0 },
    { head: ['99.9 % interval'], cells: checks.map(interval), rank: 2 },
    { head: ['error, %'], cells: checks.map(errorOf), rank: 1 },
    {
      head: [''],
      cells: checks.map(({ verdict }) => paint(verdict, ink)),
      align: 'left',
      rank: 0,
    },
  ];
  const [head = '', rule = '', ...rows] = grid(columns, ink.width, ink.paint.dim).text.split('\n');
  const groups = cases.flatMap((one) => [
    wrap(` ${ink.paint.bold(one.id)}  ${one.title}`, ink.width),
    ...rows.splice(0, one.checks.length),
    ...one.broken.map((sentence) => ink.paint.red(wrap(sentence, ink.width, '   '))),
  ]);
  return [head, rule, ...groups].join('\n');
}

function paint(verdict: CheckResult['verdict'], ink: Ink): string {
  return verdict === 'pass' ? ink.paint.green(words.pass) : ink.paint.red(words[verdict]);
}

/** Six significant digits, as tables of queueing theory have them. */
function digits(x: number): string {
  return Number.isFinite(x) ? String(Number(x.toPrecision(6))) : ABSENT;
}

function interval({ ci999 }: CheckResult): string {
  return ci999 === null ? ABSENT : `${digits(ci999[0])} to ${digits(ci999[1])}`;
}

function errorOf({ error, ci999 }: CheckResult): string {
  return ci999 === null ? ABSENT : (error * 100).toFixed(2);
}

function summary({ passed, failed }: Validation, { paint }: Ink): string {
  const text = `${formatCount(passed, 'check')} passed, ${failed} failed`;
  return failed === 0 ? paint.green(text) : paint.red(text);
}
