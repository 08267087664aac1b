/** The decision log in the terminal: one table a pick. */
import pc from 'picocolors';
import type { Decision, WorkerView } from '../sim/explain.ts';
import { formatNumber } from './format.ts';
import { type Column, grid, printable, wrap } from './grid.ts';
import type { TerminalOptions } from './table.ts';

export function decisionTable(decision: Decision, { colour, width }: TerminalOptions): string {
  const paint = pc.createColors(colour);
  const { request, attempt, at, route, elected, rule, workers } = decision;
  const carried = route === null ? '' : `, route ${JSON.stringify(route)}`;
  const tries = attempt === 1 ? '' : `, try ${attempt}`;
  const head = paint.bold(`request ${request}${tries}`);
  const whom = elected === null ? 'nobody' : printable(elected);
  return [
    `${head} at ${at.toFixed(6)} s${carried}`,
    grid(columns(workers, elected), width, paint.dim).text,
    wrap(`${paint.bold(`-> ${whom}`)}  by ${rule}`, width, ' '),
    '',
  ].join('\n');
}

function columns(workers: readonly WorkerView[], elected: string | null): Column[] {
  const column = (
    head: string,
    rank: number,
    cell: (worker: WorkerView) => string,
    align: 'left' | 'right' = 'right',
  ): Column => ({ head: [head], rank, align, cells: workers.map(cell) });
  return [
    column('', 0, ({ name }) => (name === elected ? '>' : ' '), 'left'),
    column('worker', 0, ({ name }) => printable(name), 'left'),
    column('flags', 3, ({ status }) => status || '-', 'left'),
    column('eligible', 1, ({ eligible }) => (eligible ? 'yes' : 'no'), 'left'),
    column('lbfactor', 4, ({ lbfactor }) => String(lbfactor)),
    column('lbstatus', 1, ({ lbstatus }) => change(lbstatus)),
    column('busy', 1, ({ busy }) => change(busy)),
    column('bytes', 5, ({ traffic }) => formatNumber(traffic)),
    column('why', 2, ({ why }) => why, 'left'),
  ];
}

/** `100 -> -200`, or just the number when it stayed. */
function change([before, after]: readonly [number, number]): string {
  return before === after ? String(after) : `${before} -> ${after}`;
}
