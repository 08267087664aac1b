/** Baselines on disk: one file for all scenarios, or a folder with one each. */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { parseBaselines } from '../../../sim/check/baseline-file.ts';
import { writeBaselines } from '../../../sim/check/baseline-text.ts';
import type { Baseline } from '../../../sim/check/reference.ts';
import type { Problem } from '../../problems/errors.ts';
import type { Scenario } from '../../scenario/scenario.ts';

export interface BaselineFiles {
  /** Named on the command line, so that a missing entry is an error and not a matter of taste. */
  readonly isDemanded: boolean;
  /** Where the scenario's entry is or will be. */
  fileOf(scenario: Scenario): string;
  /** @throws LabError when the file is no baseline */
  entryOf(scenario: Scenario): Baseline | undefined;
  /** Writes the entries, leaving others and edited margins as they are. Answers the files written. */
  write(entries: readonly (readonly [Scenario, Baseline])[]): string[];
}

/**
 * `named`: a file (`.yaml`, `.yml`), which may hold any number of scenarios, or a folder. Without it each scenario's
 * own file in `baselines/` beside it, if there is one.
 */
export function baselineFiles(named?: string): BaselineFiles {
  const fileOf = ({ file }: Scenario) => {
    if (named === undefined) return join(dirname(file), 'baselines', yamlName(file));
    return isFolder(named) ? join(named, yamlName(file)) : named;
  };
  const read = new Map<string, Map<string, Baseline>>();
  return {
    isDemanded: named !== undefined,
    fileOf,
    entryOf: (scenario) => {
      const file = fileOf(scenario);
      if (!existsSync(file)) return undefined;
      const entries = read.get(file) ?? parseBaselines(readFileSync(file, 'utf8'), file);
      read.set(file, entries);
      return entries.get(scenario.name);
    },
    write: (entries) => {
      const files = new Map<string, Map<string, Baseline>>();
      for (const [scenario, baseline] of entries) {
        const file = fileOf(scenario);
        files.set(file, (files.get(file) ?? new Map()).set(scenario.name, baseline));
      }
      for (const [file, named] of files) {
        const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(`${file}.tmp`, writeBaselines(before, named));
        renameSync(`${file}.tmp`, file);
      }
      return [...files.keys()];
    },
  };
}

export function noEntry(files: BaselineFiles, scenario: Scenario): Problem {
  const file = files.fileOf(scenario);
  const what = existsSync(file) ? `has no entry for ${scenario.name}` : 'does not exist';
  const message = `the baseline ${what}; run fairlead check --update with the same scenarios and --baseline to write it.`;
  return { file, line: 0, column: 0, path: '', message, code: 'MISSING', severity: 'error' };
}

function isFolder(path: string): boolean {
  const isThere = statSync(path, { throwIfNoEntry: false })?.isDirectory();
  return isThere ?? !['.yaml', '.yml', '.json'].includes(extname(path));
}

function yamlName(file: string): string {
  return `${basename(file, extname(file))}.yaml`;
}
