/** What the terminal shows of a lint: problems with their lines, then the shares to expect. */
import pc from 'picocolors';
import type { Lint, LintProblem } from '../src/scenario/lint/lint.ts';
import { ABSENT, formatCount, formatNumber, formatValue } from './format.ts';
import { type Column, type Ink, printable, titled, wrap } from './grid.ts';
import type { TerminalOptions } from './table.ts';

/** Methods that split requests by load factor. */
const BY_FACTOR = ['byrequests', 'random'];

/** `excerpts`: the problems as text, one with its source line after the other. */
export function renderLint(lint: Lint, excerpts: string, options: TerminalOptions): string {
  const ink: Ink = {
    width: Math.max(40, options.width),
    paint: pc.createColors(options.colour),
  };
  const parts = [
    colour(excerpts, ink),
    summary(lint.problems, ink),
    table(lint, ink),
    total(lint, ink),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function colour(text: string, { paint }: Ink): string {
  return text
    .replace(/^(\S.*?:\d+:\d+ )error /gm, (_, place) => `${place}${paint.red('error')} `)
    .replace(/^(\S.*?:\d+:\d+ )warning /gm, (_, place) => `${place}${paint.yellow('warning')} `);
}

function summary(problems: readonly LintProblem[], { paint }: Ink): string {
  const count = (severity: string) => problems.filter((one) => one.severity === severity).length;
  const [errors, warnings] = [count('error'), count('warning')];
  if (errors + warnings === 0) return paint.green('no problems');
  const parts = [
    ...(errors > 0 ? [formatCount(errors, 'error')] : []),
    ...(warnings > 0 ? [formatCount(warnings, 'warning')] : []),
  ];
  return paint.bold(parts.join(', '));
}

function table({ shares, lbmethod }: Lint, ink: Ink): string {
  const column = (head: readonly string[], rank: number, cells: readonly string[]): Column => ({
    head,
    rank,
    cells,
  });
  const rate = (value: number | null) => (value === null ? ABSENT : formatNumber(value));
  const columns: Column[] = [
    {
      ...column(
        ['worker'],
        0,
        shares.map(({ worker }) => printable(worker)),
      ),
      align: 'left',
    },
    column(
      ['lbfactor'],
      4,
      shares.map(({ lbfactor }) => String(lbfactor)),
    ),
    column(
      ['share', '%'],
      0,
      shares.map(({ share }) => formatNumber(share * 100)),
    ),
    column(
      ['offered', '1/s'],
      2,
      shares.map((one) => rate(one.offeredPerSecond)),
    ),
    column(
      ['capacity', '1/s'],
      3,
      shares.map((one) => rate(one.capacityPerSecond)),
    ),
    column(
      ['utilization', '%'],
      1,
      shares.map(({ utilization }) => rate(scaled(utilization))),
    ),
  ];
  const legend = BY_FACTOR.includes(lbmethod)
    ? 'while all is well'
    : `while all is well, by load factor; ${printable(lbmethod)} decides by other things, too`;
  return titled('Predicted shares', columns, ink, legend);
}

function total({ load }: Lint, ink: Ink): string {
  const { requestsPerSecond, capacityPerSecond, total } = load;
  const capacity = `usable workers serve up to ${formatValue(capacityPerSecond, '1/s')}`;
  const text =
    requestsPerSecond === null || total === null
      ? `Closed clients ask as fast as they are answered; ${capacity}.`
      : `Clients offer ${formatValue(requestsPerSecond, '1/s')}; ${capacity}: load ${formatNumber(total)}.`;
  return wrap(text, ink.width);
}

function scaled(share: number | null): number | null {
  return share === null || Number.isNaN(share) ? null : share * 100;
}
