/** A sweep as rows: one per cell and lbmethod, and one per cell that has no run. */
import type { RunResult } from '../../sim/result.ts';
import type { CellResult, SweepAxis, SweepResult } from '../../sim/sweep/result.ts';
import { formatCount } from '../format.ts';

export interface SweepRow {
  readonly cell: CellResult;
  /** null when the cell has no run. */
  readonly run: RunResult | null;
}

/** In the order of the grid. */
export function rowsOf({ cells, runs }: SweepResult): SweepRow[] {
  const byCell = new Map<string, RunResult[]>();
  for (const run of runs) {
    const key = JSON.stringify(run.cell);
    byCell.set(key, [...(byCell.get(key) ?? []), run]);
  }
  return cells.flatMap((cell): SweepRow[] => {
    const found = byCell.get(JSON.stringify(cell.cell)) ?? [];
    return found.length === 0 ? [{ cell, run: null }] : found.map((run) => ({ cell, run }));
  });
}

/** Sentences on what is not there: cells that are missing, failed, invalid or unstable. */
export function gapSentences({ cells }: SweepResult): string[] {
  const missing = cells.filter(({ state }) => state === 'missing').length;
  const stamp =
    missing === 0 ? [] : [`INCOMPLETE: ${missing} of ${cells.length} cells are missing.`];
  const reasons = new Map<string, CellResult[]>();
  for (const cell of cells) {
    if (cell.message === null) continue;
    const reason = cell.message.startsWith(cell.state)
      ? cell.message
      : `${cell.state}: ${cell.message}`;
    reasons.set(reason, [...(reasons.get(reason) ?? []), cell]);
  }
  return [...stamp, ...[...reasons].map(([reason, having]) => `${whose(having)}: ${reason}`)];
}

function whose([first, ...others]: readonly CellResult[]): string {
  const more = others.length === 0 ? '' : ` and ${formatCount(others.length, 'other cell')}`;
  return `${cellText(first!)}${more}`;
}

/** `a=1, b=2`. */
export function cellText({ cell }: Pick<CellResult, 'cell'>): string {
  return Object.entries(cell)
    .map(([path, value]) => `${path}=${value}`)
    .join(', ');
}

/** The axis along which curves are drawn, and what tells the small pictures apart. */
export interface Layout {
  readonly x: SweepAxis;
  /** Paths whose values name a picture; none when there is one picture. */
  readonly panels: readonly string[];
}

/**
 * Along the axis with the most amounts, else the most names. Axes in step with it, and one that only says the lbmethod,
 * tell no pictures apart.
 */
export function layoutOf(result: SweepResult): Layout | null {
  const axes = result.axes.filter(
    (axis) => valuesIn(result, axis).size > 1 && !isLbmethod(result, axis),
  );
  const rank = (axis: SweepAxis) => valuesIn(result, axis).size + (axis.amounts === null ? 0 : 1e9);
  const x = axes.reduce<SweepAxis | null>(
    (best, axis) => (best === null || rank(axis) > rank(best) ? axis : best),
    null,
  );
  if (x === null) return null;
  const others = axes.filter((axis) => axis !== x && !inStep(result, x, axis));
  return { x, panels: others.map(({ path }) => path) };
}

function valuesIn({ cells }: SweepResult, { path }: SweepAxis): Set<string> {
  return new Set(cells.map(({ cell }) => cell[path]!));
}

function isLbmethod({ runs }: SweepResult, { path }: SweepAxis): boolean {
  return runs.length > 0 && runs.every(({ cell, lbmethod }) => cell?.[path] === lbmethod);
}

function inStep(result: SweepResult, x: SweepAxis, other: SweepAxis): boolean {
  const pairs = new Set(
    result.cells.map(({ cell }) => JSON.stringify([cell[x.path], cell[other.path]])),
  );
  return pairs.size === valuesIn(result, x).size;
}

/** Names of the lbmethods, in order of appearance. */
export function lbmethodsOf({ runs }: SweepResult): string[] {
  return [...new Set(runs.map(({ lbmethod }) => lbmethod))];
}
