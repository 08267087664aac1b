/** Which other files a file of a repository names. Names that lead nowhere do no harm: they are looked up, and not there. */
import { posix } from 'node:path';
import { parseDocument, visit } from 'yaml';
import { isModule, namesInModule } from '../../scenario/module-files.ts';

/** Nobody writes a scenario or a configuration longer than this; traces and samples are not searched for names. */
const TEXT_MAX = 1024 * 1024;

/** Paths from the root of the repository, files or folders, that `path` with these bytes may need. */
export function namedFiles(path: string, bytes: Buffer): string[] {
  if (bytes.length > TEXT_MAX) return [];
  const names = namesIn(path, bytes.toString('utf8'));
  const folder = posix.dirname(path);
  return names
    .filter((name) => !posix.isAbsolute(name))
    .map((name) => posix.normalize(posix.join(folder, name)))
    .filter((name) => !name.startsWith('..') && name !== '.');
}

function namesIn(path: string, text: string): string[] {
  if (/\.(?:ya?ml|json)$/i.test(path)) return namesInYaml(text);
  if (isModule(path))
    return [...namesInModule(text), ...upwards(path).map((up) => `${up}package.json`)]; // says what .js means
  return namesInConf(text).flatMap((name) => upwards(path).map((up) => up + name));
}

/** Ways from a file's folder to those above it, itself first: `''`, `../`, `../../`. */
function upwards(path: string): string[] {
  return path.split('/').map((_, up) => '../'.repeat(up));
}

/** Any text of a scenario may be a file's name. */
function namesInYaml(text: string): string[] {
  const names: string[] = [];
  visit(parseDocument(text, { logLevel: 'silent' }), {
    Scalar: (_, { value }) => {
      if (typeof value === 'string' && /^[^\n*?:]{1,400}$/.test(value)) names.push(value);
    },
  });
  return names;
}

/** What follows Include, relative to the folder of the first file; of a pattern the folder before its wildcard. */
function namesInConf(text: string): string[] {
  const found = text.matchAll(/^\s*(?:Include|IncludeOptional)\s+(?:"([^"\n]+)"|(\S+))/gim);
  return [...found].map(([, quoted, bare]) => {
    const name = quoted ?? bare!;
    const wildcard = name.search(/[*?[]/);
    return wildcard < 0 ? name : posix.dirname(`${name.slice(0, wildcard)}x`);
  });
}
