/** What the terminal shows of a study: tables first, then verdicts in words, then notes. */
import pc from 'picocolors';
import type { Result, RunResult, Study, Verdict } from '../sim/result.ts';
import { metricOf } from '../src/scenario/metrics.ts';
import { formatCell, formatCount, formatInterval, formatMean, unitLabels } from './format.ts';
import { type Column, type Ink, printable, titled, wrap } from './grid.ts';
import {
  againstBaseline,
  comparedHeadline,
  comparedVerdicts,
  comparisonsOf,
  runHeadline,
} from './headline.ts';
import { notesOf } from './notes.ts';
import {
  expectationSentence,
  precisionSentence,
  stateSentences,
  summarySentences,
  testSentence,
  verdictSentence,
} from './sentences.ts';
import { shareTable, workerTable } from './worker-tables.ts';

export interface TerminalOptions {
  /** Whether escape sequences for colour may be written. */
  readonly colour: boolean;
  /** Columns of the terminal; text keeps to it, tables drop columns and say so. */
  readonly width: number;
}

/** The whole terminal output for a study, ending in a newline. Pure: writes nothing. */
export function renderStudy(study: Study, { colour, width }: TerminalOptions): string {
  const ink: Ink = { width: Math.max(40, width), paint: pc.createColors(colour) };
  const { result } = study;
  const parts = result.runs.length === 1 ? singleRun(result, ink) : comparison(result, ink);
  const shown = [opening(result, ink), warnings(result, ink), ...parts, notes(result, ink)].filter(
    (part) => part !== '',
  );
  return `${shown.join('\n\n')}\n`;
}

function singleRun(result: Result, ink: Ink): string[] {
  const [run] = result.runs as [RunResult];
  return [metricTable(run, ink), workerTable(run, ink), expectations(result, ink)];
}

function comparison(result: Result, ink: Ink): string[] {
  return [
    lbmethodTable(result, ink),
    shareTable(result, ink),
    verdicts(result, ink),
    expectations(result, ink),
  ];
}

function opening(result: Result, { paint, width }: Ink): string {
  const { scenario, runs } = result;
  const names = runs.map((run) => printable(run.lbmethod)).join(', ');
  const requests = runs.reduce((sum, run) => sum + run.simulated.requests, 0);
  const effort = [
    `seed ${printable(scenario.seed)}`,
    formatCount(runs[0]?.replications ?? 0, 'replication'),
    `${formatCount(requests, 'request')} simulated`,
  ].join(', ');
  const head = `${paint.bold(wrap(`${printable(scenario.name, 80)}: ${names}`, width))}\n${paint.dim(effort)}`;
  const reached = runs[0]?.precision?.reached === true ? precisionSentence(result) : null;
  return reached === null ? head : `${head}\n${paint.dim(wrap(reached, width))}`;
}

function warnings(result: Result, ink: Ink): string {
  const lines = stateSentences(result).map((s) => wrap(printable(s, 400), ink.width));
  return lines.map((line) => ink.paint.yellow(line)).join('\n');
}

function metricTable(run: RunResult, ink: Ink): string {
  const names = runHeadline(run);
  if (names.length === 0) return '';
  const values = names.map((name) => run.metrics[name]!);
  const columns: Column[] = [
    { head: ['metric'], cells: names, align: 'left', rank: 0 },
    { head: ['value'], cells: values.map(formatMean), rank: 0 },
    { head: ['95 % interval'], cells: values.map((v) => formatInterval(v.ci95, v.unit)), rank: 1 },
  ];
  return titled('Metrics', columns, ink);
}

const marks: Record<Verdict, string> = {
  better: '+',
  worse: '-',
  equivalent: '=',
  unclear: '?',
  different: '~',
};

function lbmethodTable(result: Result, ink: Ink): string {
  const first: Column = {
    head: ['lbmethod'],
    cells: result.runs.map((run) => printable(run.lbmethod)),
    align: 'left',
    rank: 0,
  };
  const columns = comparedHeadline(result.runs).map((name, i): Column => {
    const unit = unitLabels[metricOf(name)?.unit ?? '1'];
    const cells = result.runs.map((run) => {
      const verdict = againstBaseline(result, run.lbmethod, name)?.verdict;
      const mark = verdict === undefined ? ' ' : verdictPaint(ink, verdict, marks[verdict]);
      return `${formatCell(run.metrics[name])} ${mark}`;
    });
    return { head: [`${name}  `, `${unit}  `], cells, rank: i + 1 };
  });
  const baseline = printable(result.runs[0]?.lbmethod ?? '');
  const legend =
    result.comparisons.length === 0
      ? ''
      : `against ${baseline}: + better, - worse, = equivalent, ? unclear; ± half of the 95 % interval`;
  return titled('Compared', [first, ...columns], ink, legend);
}

/** More pairs than this per metric, and only those with the first lbmethod are spelled out. */
const PAIRS_MAX = 10;

function verdicts(result: Result, ink: Ink): string {
  const groups = comparedVerdicts(result).map((metric) => verdictGroup(result, metric, ink));
  if (groups.length === 0) return '';
  const summary = summarySentences(result).map((s) => wrap(printable(s, 400), ink.width, ' '));
  const test = testSentence(result);
  const legend = test === null ? '' : `\n\n${ink.paint.dim(wrap(test, ink.width, ' '))}`;
  return [
    `${ink.paint.bold('Verdicts')}\n${groups.join('\n\n')}${legend}`,
    [ink.paint.bold('In short'), ...summary].join('\n'),
  ].join('\n\n');
}

function verdictGroup(result: Result, metric: string, ink: Ink): string {
  const all = comparisonsOf(result, metric);
  const baseline = result.runs[0]?.lbmethod;
  const shown = all.length > PAIRS_MAX ? all.filter((c) => c.a === baseline) : all;
  const lines = shown.map((c) => {
    const text = wrap(printable(verdictSentence(result, c), 600), ink.width, ' ');
    return text.replace(verdictWords, (word) => verdictPaint(ink, c.verdict, word));
  });
  const hidden = all.length - shown.length;
  const rest = wrap(
    `${metric}: ${hidden} further pairs are in the result document`,
    ink.width,
    ' ',
  );
  return [...lines, ...(hidden === 0 ? [] : [ink.paint.dim(rest)])].join('\n');
}

const verdictWords = /(?<=\s)(?:is\s+(?:better|worse|unclear)|are\s+equivalent|differs)(?=\s|:)/;

function expectations(result: Result, ink: Ink): string {
  const paint = { met: 'green', missed: 'red', unclear: 'yellow', 'no data': 'yellow' } as const;
  const lines = result.runs.flatMap((run) =>
    run.expect.map((expectation) => {
      const { verdict } = expectation;
      const text = printable(owner(result, run) + expectationSentence(expectation), 400);
      return wrap(text, ink.width, ' ').replace(
        `${verdict}:`,
        ink.paint[paint[verdict]](`${verdict}:`),
      );
    }),
  );
  return lines.length === 0 ? '' : [ink.paint.bold('Expectations'), ...lines].join('\n');
}

function notes(result: Result, ink: Ink): string {
  const lines = notesOf(result).map((note) => wrap(`- ${printable(note, 600)}`, ink.width, ' '));
  return lines.length === 0 ? '' : [ink.paint.bold('Notes'), ...lines].join('\n');
}

/** Whose line it is, when there is more than one run. */
function owner(result: Result, run: RunResult): string {
  return result.runs.length === 1 ? '' : `${run.lbmethod}: `;
}

function verdictPaint({ paint }: Ink, verdict: Verdict, text: string): string {
  if (verdict === 'better') return paint.green(text);
  if (verdict === 'worse') return paint.red(text);
  return verdict === 'unclear' ? paint.yellow(text) : text;
}
