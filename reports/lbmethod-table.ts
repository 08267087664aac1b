/** The lbmethods there are, in the terminal: all in a table, or one in full. */
import pc from 'picocolors';
import { grid, type Ink, titled, wrap } from './grid.ts';
import type { TerminalOptions } from './table.ts';
import { type WorkedRow, workedLines } from './worked-table.ts';

export interface ParameterRow {
  readonly name: string;
  /** As a scenario writes them: `10s`, `1 to 16`. */
  readonly default: string;
  readonly range: string;
  readonly says: string;
}

/** What there is to say of an lbmethod; null where there is nothing. */
export interface LbMethodRow {
  readonly name: string;
  readonly summary: string;
  readonly source: string;
  readonly variant: string | null;
  readonly ties: string | null;
  readonly cost: string | null;
  /** Where it runs: `simulator and proxy`, or the simulator alone and why. */
  readonly runs: string;
  readonly parameters: readonly ParameterRow[];
  /** A line of a scenario. */
  readonly example: string;
  /** Elections that can be followed by hand. */
  readonly worked: readonly WorkedRow[];
}

/** What there is to say of what can be laid over any of them. */
export interface ModifierRow
  extends Pick<LbMethodRow, 'name' | 'summary' | 'source' | 'runs' | 'example'> {
  readonly variant: string;
  /** What each says, its default included. */
  readonly parameters: readonly Pick<ParameterRow, 'name' | 'says'>[];
}

export function lbmethodTable(
  rows: readonly LbMethodRow[],
  modifiers: readonly ModifierRow[],
  options: TerminalOptions,
): string {
  const ink = inkOf(options);
  const set = rows.map(({ parameters }) => parameters.map(({ name }) => name).join(', '));
  const columns = [
    { head: ['lbmethod'], cells: rows.map(({ name }) => name), align: 'left', rank: 0 },
    { head: ['elects'], cells: rows.map(({ summary }) => summary), align: 'left', rank: 1 },
    { head: ['parameters'], cells: set, align: 'left', rank: 2 },
  ] as const;
  const over = [
    { head: ['modifier'], cells: modifiers.map(({ name }) => name), align: 'left', rank: 0 },
    {
      head: ['over any of them'],
      cells: modifiers.map((one) => one.summary),
      align: 'left',
      rank: 1,
    },
  ] as const;
  const hint = 'fairlead lbmethods NAME shows one in full.';
  return `${titled('lbmethods', columns, ink)}\n\n${titled('modifiers', over, ink, hint)}\n`;
}

/** One in full: where it comes from, which variant it is, what may be set. */
export function modifierPage(row: ModifierRow, options: TerminalOptions): string {
  const ink = inkOf(options);
  const { name, summary, source, variant, runs, parameters, example } = row;
  const facts = { source, variant, 'runs in': runs, balancer: example };
  const lines = Object.entries(facts).map(([label, text]) => fact(label, text, ink));
  const head = wrap(`${ink.paint.bold(name)}: ${summary}`, ink.width);
  const columns = [
    { head: ['parameter'], cells: parameters.map((one) => one.name), align: 'left', rank: 0 },
    { head: ['what it is'], cells: parameters.map((one) => one.says), align: 'left', rank: 1 },
  ] as const;
  const table = parameters.length === 0 ? [] : ['', grid(columns, ink.width, ink.paint.dim).text];
  return `${[head, '', ...lines, ...table].join('\n')}\n`;
}

/** One in full: where it comes from, which variant it is, how ties break, what may be set, and elections by hand. */
export function lbmethodPage(row: LbMethodRow, options: TerminalOptions): string {
  const ink = inkOf(options);
  const { name, summary, source, variant, ties, cost, runs, parameters, example } = row;
  const facts = Object.entries({ source, variant, ties, cost, 'runs in': runs, scenario: example });
  const lines = facts.flatMap(([label, text]) => (text === null ? [] : fact(label, text, ink)));
  const head = wrap(`${ink.paint.bold(name)}: ${summary}`, ink.width);
  const worked = row.worked.flatMap((one) => workedLines(one, ink));
  return `${[head, '', ...lines, ...parameterTable(parameters, ink), ...worked].join('\n')}\n`;
}

function fact(label: string, text: string, ink: Ink): string {
  return wrap(`${label.padEnd(9, '\u00a0')} ${text}`, ink.width, ' ', ' '.repeat(11)).replaceAll(
    '\u00a0',
    ' ',
  );
}

function parameterTable(parameters: readonly ParameterRow[], ink: Ink): string[] {
  if (parameters.length === 0) return [];
  const column = (head: keyof ParameterRow, rank: number) => ({
    head: [head === 'name' ? 'parameter' : head === 'says' ? 'what it is' : head],
    cells: parameters.map((one) => one[head]),
    align: 'left' as const,
    rank,
  });
  const columns = [column('name', 0), column('default', 1), column('range', 2), column('says', 1)];
  return ['', grid(columns, ink.width, ink.paint.dim).text];
}

function inkOf({ width, colour }: TerminalOptions): Ink {
  return { width: Math.max(40, width), paint: pc.createColors(colour) };
}
