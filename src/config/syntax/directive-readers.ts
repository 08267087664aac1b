/** Directives that httpd obeys while it reads: what they do to the rest of the reading. */
import { statSync } from 'node:fs';
import type { ErrorCode } from '../../problems/errors.ts';
import type { Place } from '../config.ts';
import type { Directive, Node } from '../tree.ts';
import { fromServerRoot } from './conditions.ts';
import { IncludeFault, includedFiles } from './includes.ts';
import type { Reading } from './reading.ts';

/** httpd's limit. */
const includeDepthMax = 128;

/** What comes into the tree in place of the directive. */
type DirectiveReader = (
  directive: Directive,
  reading: Reading,
  readFile: (file: string, from: Place) => readonly Node[],
) => readonly Node[];

/** By name in lower case. */
export const directiveReaders: ReadonlyMap<string, DirectiveReader> = new Map([
  ['include', include(false)],
  ['includeoptional', include(true)],
  ['define', define],
  ['undefine', undefine],
  ['serverroot', serverRoot],
  ['loadmodule', loadModule],
  ['error', error],
  ['use', macro],
  ['undefmacro', macro],
]);

function include(optional: boolean): DirectiveReader {
  return (directive, reading, readFile) => {
    const [path] = words(directive, reading, 1, 1, 'a path, perhaps with wildcards') ?? [];
    if (path === undefined) return [];
    const { place } = directive.words[0]!;
    const { includes, found } = reading;
    if (includes.length >= includeDepthMax) {
      const around = [...new Set(includes.slice(-10))].join(', ');
      const message = `${directive.name} is the ${includeDepthMax + 1}th inside each other; expected ${includeDepthMax} at most. Look for a file that includes itself, among ${around}.`;
      return found.stop(place, directive.name, message, 'UNREADABLE');
    }
    try {
      const files = includedFiles(fromServerRoot(reading, path), optional, reading.files.folders);
      includes.push(place.file);
      const nodes = files.flatMap((file) => readFile(file, place));
      includes.pop();
      return nodes;
    } catch (cause) {
      if (!(cause instanceof IncludeFault)) throw cause;
      refuse(directive, reading, `${path}: ${cause.message}`, 'UNREADABLE', place);
      return [];
    }
  };
}

function define(directive: Directive, reading: Reading): readonly Node[] {
  const [name, value = ''] = words(directive, reading, 1, 2, 'a name, and perhaps a value') ?? [];
  if (name === undefined) return [];
  if (name.includes(':'))
    refuse(directive, reading, `${name} has a colon; expected a name without one.`, 'VALUE');
  else reading.variables.define(name, value);
  return [];
}

function undefine(directive: Directive, reading: Reading): readonly Node[] {
  const [name] = words(directive, reading, 1, 1, 'a name') ?? [];
  if (name !== undefined) reading.variables.undefine(name);
  return [];
}

/** httpd refuses one that is no directory; here nothing is lost until a file is looked for in it. */
function serverRoot(directive: Directive, reading: Reading): readonly Node[] {
  const [path] = words(directive, reading, 1, 1, 'a directory') ?? [];
  if (path === undefined) return [];
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    const message = `ServerRoot ${path} is no directory here; httpd would not start. Files are looked for in it all the same.`;
    reading.found.warn(directive.words[0]!.place, directive.name, message, 'UNREADABLE');
  }
  reading.serverRoot = path;
  return [directive];
}

function loadModule(directive: Directive, reading: Reading): readonly Node[] {
  reading.modules.mentioned();
  const expected = 'a module and its file';
  const [identifier, file] = words(directive, reading, 2, 2, expected) ?? [];
  if (identifier === undefined || file === undefined) return [];
  reading.modules.load(identifier, file);
  return [directive];
}

function error(directive: Directive, { found }: Reading): readonly Node[] {
  const text = directive.words.map((word) => word.text).join(' ');
  const message = `Error ends the reading of this configuration: ${text === '' ? 'it has no message of its own' : text}`;
  found.error(directive.place, directive.name, message, 'VALUE');
  return [];
}

function macro(directive: Directive, reading: Reading): readonly Node[] {
  const message = 'is not supported, as no macros are; write out what the macro stands for.';
  refuse(directive, reading, message, 'NOT_SUPPORTED', directive.place);
  return [];
}

/** The arguments, if there are `least` to `most` of them; empty ones are none to httpd. */
function words(
  directive: Directive,
  reading: Reading,
  least: number,
  most: number,
  expected: string,
): string[] | null {
  const texts = directive.words.map(({ text }) => text);
  if (texts.length > most) {
    const message = `has ${texts.length} arguments; expected ${expected}. Put quotes around one with blanks in it.`;
    refuse(directive, reading, message, 'VALUE', directive.words[most]!.place);
    return null;
  }
  if (texts.length >= least && !texts.slice(0, least).includes('')) return texts;
  refuse(
    directive,
    reading,
    `lacks an argument; expected ${expected}.`,
    'MISSING',
    directive.place,
  );
  return null;
}

function refuse(
  { name, words: [first], place: own }: Directive,
  { found }: Reading,
  message: string,
  code: ErrorCode,
  place: Place = first?.place ?? own,
): void {
  found.error(place, name, `${name} ${message}`, code);
}
