/** `fairlead merge`: ledgers of shards to one, with what does not fit together told. */
import { statSync } from 'node:fs';
import { renderSweep } from '../../reports/sweep/table.ts';
import { readLedger, writeCell, writeManifest } from '../../sim/sweep/ledger.ts';
import { type Merged, mergeLedgers } from '../../sim/sweep/merge.ts';
import { sweepResult } from '../../sim/sweep/result.ts';
import { optionError } from '../problems/errors.ts';
import { exit } from './exit.ts';
import { checkFolder, type SimulateOptions } from './simulate.ts';
import { exitOf, writeTo } from './sweep.ts';
import { terminal } from './terminal.ts';

export async function merge(dirs: readonly string[], options: SimulateOptions): Promise<void> {
  const { out } = options;
  for (const dir of dirs) {
    if (statSync(dir, { throwIfNoEntry: false })?.isDirectory()) continue;
    throw optionError(
      dir,
      `${dir} is no folder; expected folders that fairlead sweep --out wrote.`,
    );
  }
  if (out !== undefined) checkFolder(out);
  const merged = mergeLedgers(dirs.map(readLedger));
  for (const line of findings(merged)) console.error(line);
  if (merged.conflicts.length > 0) {
    process.exitCode = exit.invariant;
    return;
  }
  const result = sweepResult(merged.manifest, merged.cells);
  if (options.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else process.stdout.write(renderSweep(result, terminal()));
  if (out !== undefined) {
    writeManifest(out, merged.manifest);
    for (const cell of merged.cells.values()) writeCell(out, cell);
    await writeTo(out, result, options);
  }
  process.exitCode = merged.missing.length > 0 ? exit.noAnswer : exitOf([...merged.cells.values()]);
}

/** Problems are told even to those who want no notes. */
function findings({ manifest, missing, duplicates, conflicts, foreign }: Merged): string[] {
  const all = manifest.cells.length;
  const lines = conflicts.map(
    ({ id, dirs }) =>
      `fairlead: cell ${id} has different results in ${dirs.join(' and ')}: the same scenario, seed and version must give the same bytes; nothing is merged`,
  );
  if (missing.length > 0) {
    lines.push(`fairlead: ${missing.length} of ${all} cells are missing: ${some(missing)}`);
  }
  if (duplicates.length > 0) {
    lines.push(`${duplicates.length} cells are in several folders, with the same results`);
  }
  if (foreign.length > 0) {
    lines.push(
      `${foreign.length} cells are not of this sweep and left out: ${some(foreign.map(({ id }) => id))}`,
    );
  }
  return lines;
}

function some(ids: readonly string[]): string {
  const shown = ids.slice(0, 5).map((id) => id.slice(0, 12));
  return ids.length > 5 ? `${shown.join(', ')} and ${ids.length - 5} more` : shown.join(', ');
}
