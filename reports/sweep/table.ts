/** What the terminal shows of a sweep: one row per cell and lbmethod, then what is missing. */
import pc from 'picocolors';
import type { Verdict } from '../../sim/result.ts';
import type { SweepResult } from '../../sim/sweep/result.ts';
import { metricOf } from '../../src/scenario/metrics.ts';
import { ABSENT, formatCell, formatCount, unitLabels } from '../format.ts';
import { type Column, type Ink, printable, titled, wrap } from '../grid.ts';
import { comparedHeadline } from '../headline.ts';
import type { TerminalOptions } from '../table.ts';
import { gapSentences, lbmethodsOf, rowsOf, type SweepRow } from './rows.ts';

/** More rows than this are for the files. */
const ROWS_MAX = 200;

const marks: Record<Verdict, string> = {
  better: '+',
  worse: '-',
  equivalent: '=',
  unclear: '?',
  different: '~',
};

/** The whole terminal output for a sweep, ending in a newline. Pure: writes nothing. */
export function renderSweep(result: SweepResult, { colour, width }: TerminalOptions): string {
  const ink: Ink = { width: Math.max(40, width), paint: pc.createColors(colour) };
  const gaps = gapSentences(result).map((text) => wrap(printable(text, 600), ink.width));
  const parts = [opening(result, ink), gaps.map(ink.paint.yellow).join('\n'), table(result, ink)];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function opening({ scenario, cells, runs }: SweepResult, { paint, width }: Ink): string {
  const requests = runs.reduce((sum, run) => sum + run.simulated.requests, 0);
  const effort = `seed ${printable(scenario.seed)}, ${formatCount(requests, 'request')} simulated`;
  const name = `${printable(scenario.name, 80)}: ${formatCount(cells.length, 'cell')}`;
  return `${paint.bold(wrap(name, width))}\n${paint.dim(effort)}`;
}

function table(result: SweepResult, ink: Ink): string {
  const all = rowsOf(result);
  const rows = all.slice(0, ROWS_MAX);
  const text = (head: string, of: (row: SweepRow) => string): Column => {
    return { head: [head], cells: rows.map((row) => printable(of(row))), align: 'left', rank: 0 };
  };
  const stateOf = ({ cell, run }: SweepRow) => run?.state ?? cell.state;
  const strange = rows.some((row) => stateOf(row) !== 'complete');
  const columns: Column[] = [
    ...result.axes.map(({ path }) => text(shortPath(path), ({ cell }) => cell.cell[path]!)),
    text('lbmethod', ({ run }) => run?.lbmethod ?? ABSENT),
    ...(strange ? [text('state', stateOf)] : []),
    ...comparedHeadline(result.runs).map((metric, i) => metricColumn(result, rows, metric, i + 1)),
  ];
  const cut =
    all.length > rows.length ? `${all.length - rows.length} further rows are in the files; ` : '';
  const first = lbmethodsOf(result)[0] ?? '';
  const legend =
    result.comparisons.length === 0
      ? ''
      : `against ${printable(first)} in the same cell: + better, - worse, = equivalent, ? unclear; `;
  return titled('Cells', columns, ink, `${cut}${legend}± half of the 95 % interval`);
}

/** The last two parts of a path tell it apart well enough for a head. */
function shortPath(path: string): string {
  return printable(path.split('.').slice(-2).join('.'));
}

function metricColumn(
  result: SweepResult,
  rows: readonly SweepRow[],
  metric: string,
  rank: number,
): Column {
  const unit = unitLabels[metricOf(metric)?.unit ?? '1'];
  const cells = rows.map(({ cell, run }) => {
    const verdict = run === null ? undefined : verdictOf(result, cell.cell, run.lbmethod, metric);
    return `${formatCell(run?.metrics[metric])} ${verdict === undefined ? ' ' : marks[verdict]}`;
  });
  return { head: [`${metric}  `, `${unit}  `], cells, rank };
}

/** Against the first lbmethod of the cell. */
export function verdictOf(
  { runs, comparisons }: SweepResult,
  cell: Readonly<Record<string, string>>,
  lbmethod: string,
  metric: string,
): Verdict | undefined {
  const key = JSON.stringify(cell);
  const first = runs.find((run) => JSON.stringify(run.cell) === key)?.lbmethod;
  return comparisons.find(
    (one) =>
      one.metric === metric &&
      one.b === lbmethod &&
      one.a === first &&
      JSON.stringify(one.cell) === key,
  )?.verdict;
}
