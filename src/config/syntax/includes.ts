/** Which files an Include line means: one, all of a directory and those below it, or what wildcards match. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from './files.ts';

/** Directories below an included directory, as httpd's limit. */
const directoryDepthMax = 20;

const pathMax = 4096;

/** What is wrong with an Include line: a sentence. */
export class IncludeFault extends Error {}

/**
 * The files of `Include pattern` (absolute, or from where the process runs) in the order of reading.
 * `optional`: what is not there is no fault. `folders` takes the directories that were looked through.
 * @throws IncludeFault
 */
export function includedFiles(
  pattern: string,
  optional: boolean,
  folders: Set<string> = new Set(),
): string[] {
  if (pattern.length > pathMax)
    throw new IncludeFault(
      `the path has ${pattern.length} characters; expected ${pathMax} at most.`,
    );
  if (!hasWildcard(pattern)) return below(pattern, optional, 0, folders);
  const [first = '', ...rest] = pattern.split('/');
  const parts = first === '' ? rest : [first, ...rest];
  return matching(first === '' ? '/' : '.', parts, optional, folders);
}

function matching(
  directory: string,
  parts: readonly string[],
  optional: boolean,
  folders: Set<string>,
): string[] {
  const [part, ...rest] = parts as [string, ...string[]];
  const next = (name: string) => {
    const path = join(directory, name);
    return rest.length === 0
      ? below(path, optional, 0, folders)
      : matching(path, rest, optional, folders);
  };
  if (!hasWildcard(part)) return next(part);
  if (optional && !existsSync(directory)) return [];
  const matches = matcherOf(part);
  const names = entries(directory, folders).filter(
    (name) => matches(name) && (rest.length === 0 || isDirectory(join(directory, name))),
  );
  if (names.length === 0 && !optional)
    throw new IncludeFault(
      `nothing in ${directory} matches ${part}; expected at least one ${rest.length === 0 ? 'file' : 'directory'}. Use IncludeOptional if there may be none.`,
    );
  return names.flatMap(next);
}

/** The file itself; of a directory all that is in it, however deep. */
function below(path: string, optional: boolean, depth: number, folders: Set<string>): string[] {
  if (!isDirectory(path)) return optional && !existsSync(path) ? [] : [path];
  if (depth >= directoryDepthMax)
    throw new IncludeFault(
      `${path} is more than ${directoryDepthMax} directories deep in an included one; expected no loop of links there. Include the files themselves.`,
    );
  return entries(path, folders).flatMap((name) =>
    below(join(path, name), optional, depth + 1, folders),
  );
}

function entries(directory: string, folders: Set<string>): string[] {
  folders.add(directory);
  try {
    const names = readdirSync(directory);
    return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  } catch (cause) {
    throw new IncludeFault(
      `the directory ${directory} cannot be read: ${reasonOf(cause)}; expected one to look for files in.`,
    );
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** `*`, `?`, or a bracket that is closed; a backslash takes the meaning of what follows. */
function hasWildcard(pattern: string): boolean {
  let bracket = false;
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    if ('*?'.includes(character) || (character === ']' && bracket)) return true;
    if (character === '[') bracket = true;
    if (character === '\\') i++;
  }
  return false;
}

type Token = '*' | ((character: string) => boolean);

/** Whether a name matches; a leading dot only matches a dot that is written. Linear in both but for `*`. */
function matcherOf(pattern: string): (name: string) => boolean {
  const tokens = [...pattern.matchAll(/\\(.)|\[([!^]?)((?:\\.|[^\]])[^\]]*)\]|(.)/gs)].map(tokenOf);
  const dot = /^\\?\./.test(pattern);
  return (name) => (dot || !name.startsWith('.')) && matchesAll(tokens, [...name]);
}

function tokenOf([, escaped, not, members, one]: RegExpMatchArray): Token {
  if (members !== undefined) {
    const within = ranges(members);
    return (character) => within(character) === (not === '');
  }
  if (escaped === undefined && one === '*') return '*';
  if (escaped === undefined && one === '?') return () => true;
  const wanted = escaped ?? one;
  return (character) => character === wanted;
}

function ranges(members: string): (character: string) => boolean {
  const pairs = [...members.matchAll(/\\?(.)-\\?(.)|\\?(.)/gs)].map(
    ([, from, to, single]) => [from ?? single!, to ?? single!] as const,
  );
  return (character) => pairs.some(([from, to]) => from <= character && character <= to);
}

function matchesAll(tokens: readonly Token[], name: readonly string[]): boolean {
  let token = 0;
  let at = 0;
  let star = -1;
  let mark = 0;
  while (at < name.length) {
    const wanted = tokens[token];
    if (wanted === '*') {
      star = token++;
      mark = at;
    } else if (wanted?.(name[at]!)) {
      token++;
      at++;
    } else if (star >= 0) {
      token = star + 1;
      at = ++mark;
    } else return false;
  }
  while (tokens[token] === '*') token++;
  return token === tokens.length;
}
