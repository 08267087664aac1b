/** What the terminal shows of a lint: problems with their lines, then the shares to expect. */
import pc from 'picocolors';
import type { BalancerLint, ConfigLint } from '../src/scenario/lint/config/lint.ts';
import type { Lint, LintProblem } from '../src/scenario/lint/lint.ts';
import { ABSENT, formatCount, formatNumber, formatValue } from './format.ts';
import { type Column, type Ink, printable, titled, wrap } from './grid.ts';
import type { TerminalOptions } from './table.ts';

/** `excerpts`: the problems as text, one with its source line after the other. */
export function renderLint(lint: Lint, excerpts: string, options: TerminalOptions): string {
  const ink = inkOf(options);
  return joined([
    colour(excerpts, ink),
    summary(lint.problems, ink),
    table(lint, ink),
    total(lint, ink),
  ]);
}

/** The same for what a proxy runs: a table a balancer, then what is ignored, a line a directive. */
export function renderConfigLint(
  lint: ConfigLint,
  excerpts: string,
  options: TerminalOptions,
): string {
  const ink = inkOf(options);
  return joined([
    colour(excerpts, ink),
    summary(lint.problems, ink),
    ...lint.balancers.map((balancer) => balancerTable(balancer, ink)),
    ignoredLines(lint, ink),
  ]);
}

function inkOf({ width, colour }: TerminalOptions): Ink {
  return { width: Math.max(40, width), paint: pc.createColors(colour) };
}

function joined(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function balancerTable(balancer: BalancerLint, ink: Ink): string {
  const { name, shares } = balancer;
  if (shares.length === 0) return '';
  const workers = shares.map(({ worker }) => printable(worker));
  const factors = shares.map(({ lbfactor }) => String(lbfactor));
  const parts = shares.map(({ share }) => formatNumber(share * 100));
  const columns: Column[] = [
    { head: ['worker'], rank: 0, cells: workers, align: 'left' },
    { head: ['lbfactor'], rank: 1, cells: factors },
    { head: ['share', '%'], rank: 0, cells: parts },
  ];
  const title = `Predicted shares of balancer://${printable(name)}`;
  return titled(title, columns, ink, legendOf(balancer));
}

function ignoredLines({ ignored }: ConfigLint, { paint }: Ink): string {
  if (ignored.length === 0) return '';
  const lines = ignored.map(({ directive, places }) => {
    const { file, line, column } = places[0]!;
    const more = places.length === 1 ? '' : ` and ${formatCount(places.length - 1, 'other place')}`;
    return `  ${printable(directive)}  ${file}:${line}:${column}${more}`;
  });
  return [paint.bold('Ignored: they do not concern balancing'), ...lines].join('\n');
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

function table(lint: Lint, ink: Ink): string {
  const { shares } = lint;
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
  return titled('Predicted shares', columns, ink, legendOf(lint));
}

function legendOf({ lbmethod, factors }: Lint | BalancerLint): string {
  return factors === 'shares'
    ? 'while all is well'
    : `while all is well, by load factor; ${printable(lbmethod)} decides by other things, too`;
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
