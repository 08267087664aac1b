/** What a sweep yields: the result document of a study, whose runs each say which cell they are of. */

import { amountsOf } from '../../src/scenario/quantity.ts';
import type { Comparison, Result, RunResult } from '../result.ts';
import type { Axis } from './axes.ts';

export type CellState =
  | RunResult['state']
  /** The scenario cannot be read with the cell's values. */
  | 'invalid'
  /** It ended early by a fault, of ours or of a module of the user's. */
  | 'failed'
  /** Not run yet. */
  | 'missing';

export interface CellResult {
  readonly id: string;
  /** Values by path. */
  readonly cell: Readonly<Record<string, string>>;
  readonly state: CellState;
  /** Why there are no runs; else null. */
  readonly message: string | null;
}

/** One cell as the ledger keeps it, in a file named by `id`. */
export interface CellFile extends CellResult {
  readonly format: 'fairlead/cell@1';
  readonly version: string;
  /** The scenario with the cell's values; `sha256` is null when it cannot be read. */
  readonly scenario: { readonly sha256: string | null; readonly seed: string };
  /** Each names its cell. */
  readonly runs: readonly RunResult[];
  readonly comparisons: readonly Comparison[];
}

/** The cells that a ledger is to hold. */
export interface Manifest {
  readonly format: 'fairlead/sweep@1';
  readonly version: string;
  readonly scenario: Result['scenario'];
  readonly axes: readonly Axis[];
  readonly cells: readonly Pick<CellResult, 'id' | 'cell'>[];
}

export interface SweepAxis extends Axis {
  /** The values as numbers of `unit`; null when they are names. */
  readonly amounts: readonly number[] | null;
  readonly unit: string;
}

export interface SweepResult extends Result {
  readonly axes: readonly SweepAxis[];
  /** In the order of the grid. */
  readonly cells: readonly CellResult[];
}

/** The whole document from what there is; cells without a file are `missing`. */
export function sweepResult(manifest: Manifest, files: ReadonlyMap<string, CellFile>): SweepResult {
  const { version, scenario, axes } = manifest;
  const found = manifest.cells.flatMap(({ id }) => files.get(id) ?? []);
  return {
    format: 'fairlead/result@1',
    version,
    scenario,
    axes: axes.map((axis) => ({
      ...axis,
      ...(amountsOf(axis.values) ?? { amounts: null, unit: '' }),
    })),
    cells: manifest.cells.map(({ id, cell }) => {
      const { state, message } = files.get(id) ?? { state: 'missing', message: null };
      return { id, cell, state, message };
    }),
    runs: found.flatMap(({ runs }) => runs),
    comparisons: found.flatMap(({ comparisons }) => comparisons),
  };
}
