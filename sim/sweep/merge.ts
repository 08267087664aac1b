/** Several ledgers of one sweep, as shards leave them, to one. */
import { LabError } from '../../src/problems/errors.ts';
import { cellText, type Ledger } from './ledger.ts';
import type { CellFile, Manifest } from './result.ts';

export interface Merged {
  readonly manifest: Manifest;
  /** Cells of the manifest that some ledger has. */
  readonly cells: ReadonlyMap<string, CellFile>;
  readonly missing: readonly string[];
  /** Cells that several ledgers have, with the same result. */
  readonly duplicates: readonly string[];
  /** Cells that ledgers have with different results of the same input. */
  readonly conflicts: readonly { readonly id: string; readonly dirs: readonly string[] }[];
  /** Cells of no manifest, left out. */
  readonly foreign: readonly { readonly id: string; readonly dir: string }[];
}

/** @throws LabError when a folder has no manifest, or theirs differ. */
export function mergeLedgers(ledgers: readonly Ledger[]): Merged {
  const manifest = commonManifest(ledgers);
  const expected = new Set(manifest.cells.map(({ id }) => id));
  const cells = new Map<string, CellFile>();
  const holders = new Map<string, string[]>();
  const duplicates = new Set<string>();
  const conflicts = new Map<string, string[]>();
  const foreign: { id: string; dir: string }[] = [];
  for (const { dir, cells: found } of ledgers) {
    for (const [id, cell] of found) {
      if (!expected.has(id)) {
        foreign.push({ id, dir });
        continue;
      }
      const before = cells.get(id);
      const dirs = [...(holders.get(id) ?? []), dir];
      holders.set(id, dirs);
      if (before === undefined || isFailed(before)) cells.set(id, cell);
      else if (!isFailed(cell) && resultOf(before) !== resultOf(cell)) conflicts.set(id, dirs);
      else duplicates.add(id);
    }
  }
  return {
    manifest,
    cells,
    missing: [...expected].filter((id) => !cells.has(id)),
    duplicates: [...duplicates],
    conflicts: [...conflicts].map(([id, dirs]) => ({ id, dirs })),
    foreign,
  };
}

/** Without the message, which names files as they were called on each machine. */
function resultOf(cell: CellFile): string {
  return cellText({ ...cell, message: null });
}

/** A cell that failed on one machine may have run on another. */
function isFailed({ state }: CellFile): boolean {
  return state === 'failed';
}

function commonManifest(ledgers: readonly Ledger[]): Manifest {
  let first: { dir: string; manifest: Manifest } | null = null;
  for (const { dir, manifest } of ledgers) {
    if (manifest === null)
      throw refused(
        dir,
        'has no manifest.json; expected a folder that fairlead sweep --out wrote.',
      );
    first ??= { dir, manifest };
    if (JSON.stringify(manifest) !== JSON.stringify(first.manifest)) {
      throw refused(
        dir,
        `is of another sweep than ${first.dir}; expected shards of the same command, scenario and version.`,
      );
    }
  }
  return first!.manifest;
}

function refused(file: string, what: string): LabError {
  const message = `the folder ${what}`;
  return new LabError([
    { file, line: 0, column: 0, path: '', message, code: 'VALUE', severity: 'error' },
  ]);
}
