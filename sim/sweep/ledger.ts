/**
 * Results of cells in a folder: `manifest.json` says which cells belong to the sweep, `cells/ID.json` holds each
 * that is done. A file has its name only when it is whole and on the disk, so that an interrupted sweep goes on where
 * it stopped, and several machines may share a folder.
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../../src/problems/errors.ts';
import type { CellFile, Manifest } from './result.ts';

export interface Ledger {
  readonly dir: string;
  /** null when the folder has none yet. */
  readonly manifest: Manifest | null;
  /** By id: every cell that is there, of this sweep and of others. */
  readonly cells: ReadonlyMap<string, CellFile>;
}

/** Reads what is there; a folder that is not there is empty. @throws LabError for a file that is no cell. */
export function readLedger(dir: string): Ledger {
  const manifest = readJson<Manifest>(join(dir, 'manifest.json'), 'fairlead/sweep@1');
  const folder = join(dir, 'cells');
  const isThere = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const names = isThere
    ? readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.json$/.test(name))
    : [];
  const cells = new Map<string, CellFile>();
  for (const name of names.sort()) {
    const path = join(folder, name);
    const cell = readJson<CellFile>(path, 'fairlead/cell@1');
    if (cell === null) continue; // taken away meanwhile
    if (`${cell.id}.json` !== name) throw notOurs(path, `holds cell ${cell.id}`);
    cells.set(cell.id, cell);
  }
  return { dir, manifest, cells };
}

/** The bytes of a cell's file. */
export function cellText(cell: CellFile): string {
  return `${JSON.stringify(cell, null, 2)}\n`;
}

export function writeManifest(dir: string, manifest: Manifest): void {
  mkdirSync(join(dir, 'cells'), { recursive: true });
  writeWhole(join(dir, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

export function writeCell(dir: string, cell: CellFile): void {
  writeWhole(join(dir, 'cells', `${cell.id}.json`), cellText(cell));
}

/** Under another name first, and onto the disk before it gets its own. */
function writeWhole(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, 'w');
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function readJson<T extends { readonly format: string }>(
  path: string,
  format: T['format'],
): T | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  let value: T;
  try {
    value = JSON.parse(text);
  } catch {
    throw notOurs(path, 'is not JSON');
  }
  if (value?.format !== format) throw notOurs(path, `has the format ${String(value?.format)}`);
  return value;
}

function notOurs(file: string, found: string): LabError {
  const message = `the file ${found}; expected what fairlead sweep --out wrote. Remove it, or name another folder.`;
  return new LabError([
    { file, line: 0, column: 0, path: '', message, code: 'UNREADABLE', severity: 'error' },
  ]);
}
