/** The files that a module of the user's own consists of. Imports are found in its text; nothing is run. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** By its name: text in which imports are looked for. */
export const isModule = (path: string) => /\.[cm]?[jt]s$/i.test(path);

/**
 * Absolute paths of `file` and of all it imports by relative names, directly or not; `file` comes first. Packages,
 * and files that the code opens by itself, are not among them. @throws Error as the system does when `file` cannot be read
 */
export function moduleFiles(file: string): string[] {
  const files = new Set([resolve(file)]);
  for (const path of files) {
    if (!isModule(path)) continue;
    for (const name of namesInModule(readFileSync(path, 'utf8'))) {
      const named = resolve(dirname(path), name);
      if (statSync(named, { throwIfNoEntry: false })?.isFile()) files.add(named); // else a comment named it
    }
  }
  return [...files];
}

/** `import … from './x.js'`, `export … from`, `import('./x.js')`, `require('./x.cjs')`. */
export function namesInModule(text: string): string[] {
  const found = text.matchAll(/(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"](\.{1,2}\/[^'"\n]+)['"]/g);
  return [...found].map(([, name]) => name!);
}
