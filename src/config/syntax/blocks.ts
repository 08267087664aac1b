/**
 * Lines to a tree. httpd matches sections while it reads, file by file: a section ends in the file that it
 * starts in. An `<IfModule>` or the like that holds is gone from the tree, with what it holds left in its place;
 * what is in one that does not hold is skipped, and only the nesting of sections in it is looked at.
 */
import type { Place } from '../config.ts';
import type { Node, Word } from '../tree.ts';
import { decide, isConditional } from './decide.ts';
import { directiveReaders } from './directive-readers.ts';
import { Unreadable } from './files.ts';
import { type Reading, spend } from './reading.ts';
import { type Block, fileBlock } from './sections.ts';
import { skipSection } from './skip.ts';
import { type Line, offsetIn, type RawWord, type Source, statementOf } from './source.ts';
import { lineCharactersMax } from './variables.ts';

/** A file, and the first line of it that is still to be read. */
export interface Cursor {
  readonly source: Source;
  next: number;
}

/** What opening a file costs, in characters. */
const fileCharacters = 4096;

/** What the file holds, included files and all. `from`: the Include line; null for the main file. */
export function readFile(reading: Reading, file: string, from: Place | null): readonly Node[] {
  const source = open(reading, file, from);
  if (source === null) return [];
  spend(reading, source.length + fileCharacters, from ?? { file, line: 0, column: 0 });
  const nodes: Node[] = [];
  readBlock(reading, { source, next: 0 }, fileBlock(reading.found, nodes));
  return nodes;
}

function open({ found, files }: Reading, file: string, from: Place | null): Source | null {
  try {
    return files.open(file);
  } catch (cause) {
    if (!(cause instanceof Unreadable)) throw cause;
    const { line, column, message } = cause;
    const own = { file, line, column };
    if (from === null || line > 0) found.error(own, '', `the file ${message}.`, 'UNREADABLE');
    else
      found.error(
        from,
        'Include',
        `the file ${file} ${message}. Correct the path, or leave the line out.`,
        'UNREADABLE',
      );
    return null;
  }
}

/** Reads until the block ends, or its file. */
function readBlock(reading: Reading, cursor: Cursor, block: Block): void {
  const { source } = cursor;
  while (cursor.next < source.lines.length) {
    const written = source.lines[cursor.next++]!;
    if (block.endsWith(written.text)) return;
    const line = replaced(reading, source, written);
    const statement = statementOf(line.text);
    const place = source.placeAt(offsetIn(line, statement.offset));
    if (statement.kind === 'close') {
      if (block.close(statement.name, statement.closed, place)) return;
      continue;
    }
    const { name } = statement;
    if (name === '') {
      const message = '< is followed by a blank; expected the name of a section right after it.';
      reading.found.error(place, '<', message, 'SYNTAX');
      continue;
    }
    const words = statement.words.map((word) => placed(reading, source, line, word, name));
    if (statement.kind === 'directive') {
      const rest = restOf(line, statement.words, words);
      const directive = { kind: 'directive', name, place, words, ...rest } as const;
      const read = directiveReaders.get(name.toLowerCase());
      const nodes = read
        ? read(directive, reading, (file, from) => readFile(reading, file, from))
        : [directive];
      for (const node of nodes) block.add(node);
      continue;
    }
    const label = `<${name}>`;
    if (statement.rest !== null && statement.rest.text !== '') {
      const at = source.placeAt(offsetIn(line, statement.rest.offset));
      const message = `${label} is followed by ${statement.rest.text}; httpd ignores it. Write it on a line of its own, or inside the section's brackets.`;
      reading.found.warn(at, label, message, 'SYNTAX');
    }
    if (!statement.closed) {
      const message = `${label} has no > at its end; expected <${[name, ...words.map(({ text }) => text)].join(' ')}>.`;
      reading.found.error(place, label, message, 'SYNTAX');
    }
    const section = { kind: 'section', name, place, words, children: [] as Node[] } as const;
    if (!isConditional(name)) block.open(section);
    else if (decide(statement, line, section, reading)) {
      readBlock(reading, cursor, block.enter(section));
      block.leave();
    } else skipSection(reading, cursor, section);
  }
  block.endOfFile();
}

function replaced(reading: Reading, source: Source, line: Line): Line {
  const { found, variables } = reading;
  const at = source.utf8 ? -1 : line.text.indexOf('\ufffd');
  if (at >= 0) {
    const message =
      'a character here is not UTF-8; expected UTF-8 outside comments. Save the file as UTF-8.';
    found.stop(source.placeAt(offsetIn(line, at)), '', message, 'UNREADABLE');
  }
  if (line.text.length <= lineCharactersMax && !line.text.includes('${')) return line;
  const result = variables.replace(line, (name, offset) => {
    const message = `\${${name}} is not defined; it stays as it is written. Write Define ${name} before, or set it in the environment.`;
    found.warn(source.placeAt(offset), `\${${name}}`, message, 'REFERENCE');
  });
  const place = source.placeAt(offsetIn(line, 0));
  if (result === null) {
    const message = `the line has more than ${lineCharactersMax} characters once its variables are replaced; expected a line of a configuration.`;
    return found.stop(place, '', message, 'VALUE');
  }
  spend(reading, result.text.length, place);
  return result;
}

/** Directives whose words httpd does not cut at quotes. */
const uncut = new Set(['proxyhcexpr']);

function restOf({ text }: Line, raw: readonly RawWord[], words: readonly Word[]): { rest?: Word } {
  const [first] = words;
  return first === undefined
    ? {}
    : { rest: { text: text.slice(raw[0]!.offset), place: first.place } };
}

function placed(reading: Reading, source: Source, line: Line, word: RawWord, name: string): Word {
  const place = source.placeAt(offsetIn(line, word.offset));
  if (word.open && !uncut.has(name.toLowerCase())) {
    const message = `${name} has a quote here that nothing closes; httpd takes all to the end of the line. Close it.`;
    reading.found.warn(place, name, message, 'SYNTAX');
  }
  return { text: word.text, place };
}
