import { readdirSync } from 'node:fs';
import { LabError, type Problem } from '../../src/problems/errors.ts';

/** The problems that `work` throws; none when it returns. Anything but a LabError passes through. */
export function problemsOf(work: () => unknown): readonly Problem[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof LabError) return error.problems;
    throw error;
  }
}

/** The YAML files of a folder, sorted; none when it does not exist. */
export function yamlFiles(folder: URL): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .sort();
  } catch {
    return [];
  }
}
