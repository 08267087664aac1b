/** The cells of a sweep: every combination of its groups of axes that is wanted. */
import { optionError } from '../../src/problems/errors.ts';
import type { Override } from '../../src/scenario/override.ts';
import type { AxisGroup } from './axes.ts';
import type { Where } from './where.ts';

/** More cells than this are a slip, and a ledger that no file system likes. */
const cellsMax = 100_000;

/** What a cell puts in place of the scenario's own. */
export type CellValues = readonly Override[];

/** In order, the last group changing fastest. @throws LabError when there are too many or none. */
export function gridOf(groups: readonly AxisGroup[], wanted: readonly Where[]): CellValues[] {
  const all = groups.reduce((product, [axis]) => product * axis!.values.length, 1);
  if (all > cellsMax) {
    throw optionError('--vary', `the grid has ${all} cells; expected at most ${cellsMax}.`);
  }
  let cells: CellValues[] = [[]];
  for (const group of groups) {
    const steps = group[0]!.values.map((_, i) =>
      group.map(({ path, values }) => ({ path, value: values[i]! })),
    );
    cells = cells.flatMap((cell) => steps.map((step) => [...cell, ...step]));
  }
  const kept = cells.filter((cell) => wanted.every((where) => where(recordOf(cell))));
  if (kept.length === 0) throw optionError('--where', `--where leaves none of ${all} cells.`);
  return kept;
}

/** Values by path, in the order of the axes. */
export function recordOf(cell: CellValues): Record<string, string> {
  return Object.fromEntries(cell.map(({ path, value }) => [path, value]));
}
