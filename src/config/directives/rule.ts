/** How a directive is described: where it may stand, how many words it takes, what it does. */
import type { Place } from '../config.ts';
import type { Directive, Word } from '../tree.ts';
import type { Reading, Scope, Where } from './reading.ts';

export interface Rule {
  /** As httpd spells it. */
  readonly name: string;
  readonly where: readonly Where[];
  /** Least and most words. */
  readonly words: readonly [number, number];
  read(reading: Reading, scope: Scope, line: Line): void;
}

/** A directive with what its rule needs to talk about it. */
export interface Line {
  readonly name: string;
  readonly place: Place;
  readonly words: readonly Word[];
  /** All that follows the name, as `Directive.rest`; empty for sections. */
  readonly rest: Word;
  /** Reports an error of this line; its place is that of the word, else of the directive. */
  refuse(
    word: Word | undefined,
    message: string,
    code?: 'VALUE' | 'MISSING' | 'NOT_SUPPORTED' | 'REFERENCE',
  ): void;
}

/** Outside all sections but `<VirtualHost>`. */
export const serverOnly: readonly Where[] = ['server'];
/** There and in sections. */
export const anywhere: readonly Where[] = ['server', 'location', 'proxy', 'directory', 'files'];
/** In sections only. */
export const inside: readonly Where[] = ['location', 'proxy', 'directory', 'files'];

/** In `<Directory>` or `<Files>`, which never apply to what is proxied. */
export function isAside({ where }: Scope): boolean {
  return where === 'directory' || where === 'files';
}

/** What is not supported does no harm where it would not apply anyway, and is not reported there. */
export function lineOf(
  reading: Reading,
  name: string,
  { place, words, rest }: Pick<Directive, 'place' | 'words' | 'rest'>,
  scope: Scope,
): Line {
  return {
    name,
    place,
    words,
    rest: rest ?? { text: '', place },
    refuse(word, message, code) {
      if (code === 'NOT_SUPPORTED' && isAside(scope)) return;
      reading.error(word?.place ?? place, name, `${name} ${message}`, code);
    },
  };
}

/** A rule for one On or Off. */
export function onOff(
  name: string,
  where: readonly Where[],
  set: (scope: Scope, on: boolean, reading: Reading, line: Line) => void,
): Rule {
  return {
    name,
    where,
    words: [1, 1],
    read(reading, scope, line) {
      const word = line.words[0]!;
      const value = word.text.toLowerCase();
      if (value === 'on' || value === 'off') set(scope, value === 'on', reading, line);
      else line.refuse(word, `${word.text}: expected On or Off.`);
    },
  };
}

/** A rule for one of some words, in any case. */
export function oneOf<Value extends string>(
  name: string,
  where: readonly Where[],
  values: readonly Value[],
  set: (scope: Scope, value: Value, reading: Reading, line: Line) => void,
): Rule {
  return {
    name,
    where,
    words: [1, 1],
    read(reading, scope, line) {
      const word = line.words[0]!;
      const value = values.find((known) => known === word.text.toLowerCase());
      if (value === undefined)
        line.refuse(word, `${word.text}: expected one of ${values.join(', ')}.`);
      else set(scope, value, reading, line);
    },
  };
}
