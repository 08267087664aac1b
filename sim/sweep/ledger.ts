/**
 * Results of cells in a folder: `manifest.json` says which cells belong to the sweep, `cells/ID.json` holds each
 * that is done. A file has its name only when it is whole and on the disk, so that an interrupted sweep goes on where
 * it stopped, and several machines may share a folder.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
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

/** What ends in this: a file that is being written, or that nobody will finish. */
const UNFINISHED = '.tmp';

/** Removes what writers that were killed have left of cells that are there whole. */
export function clearLeftovers(dir: string): void {
  const names = new Set(readdirSync(join(dir, 'cells')));
  for (const name of names) {
    const whole = name.replace(/\.\d+\.tmp$/, '');
    if (name.endsWith(UNFINISHED) && names.has(whole)) rmSync(join(dir, 'cells', name), gone);
  }
}

const gone = { force: true };

/** Under another name first, and onto the disk before it gets its own. */
function writeWhole(path: string, text: string): void {
  const temporary = `${path}.${process.pid}${UNFINISHED}`;
  try {
    const file = openSync(temporary, 'w');
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    rename(temporary, path);
  } finally {
    rmSync(temporary, gone);
  }
}

/** Another process that shares the folder may have put the same cell there and cleared this one away. */
function rename(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || !existsSync(to)) throw error;
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
