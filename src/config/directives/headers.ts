/** Header and RequestHeader. */
import type { HeaderEdit } from '../config.ts';
import { isTlsVariable } from '../tls.ts';
import type { Word } from '../tree.ts';
import { patternOf } from './patterns.ts';
import { anywhere, type Line, type Rule } from './rule.ts';

const actions: readonly HeaderEdit['action'][] = [
  'set',
  'setifempty',
  'add',
  'append',
  'merge',
  'unset',
  'edit',
  'edit*',
  'echo',
  'note',
];

/** Format letters that httpd knows behind `%`; those in `later` need what this version does not have. */
const formats = /^%(?:[tDlib%]|\{[^}]*\}[esx]|$)/;

function headerRule(name: 'Header' | 'RequestHeader'): Rule {
  const response = name === 'Header';
  return {
    name,
    where: anywhere,
    words: [0, Number.POSITIVE_INFINITY],
    read(_, { dir }, line) {
      const condition = response ? line.words[0]?.text.toLowerCase() : undefined;
      const skip = condition === 'always' || condition === 'onsuccess' ? 1 : 0;
      const edit = editOf(line, line.words.slice(skip), condition === 'always', response);
      if (edit) (response ? dir.headers : dir.requestHeaders).push(edit);
    },
  };
}

function editOf(
  line: Line,
  words: readonly Word[],
  always: boolean,
  response: boolean,
): HeaderEdit | null {
  const [first, second] = words;
  const action = actions.find((known) => known === first?.text.toLowerCase());
  if (!action)
    return refuse(line, first, `${first?.text ?? ''}: expected one of ${actions.join(', ')}.`);
  if (!response && (action === 'echo' || action === 'note')) {
    return refuse(line, first, `${action}: only Header can do this.`);
  }
  if (action === 'echo' && second && patternOf(line, second) === null) return null;
  const values = { unset: 0, echo: 0, edit: 2, 'edit*': 2 }[action as string] ?? 1;
  if (!second || words.length < 2 + values) {
    const needs = ['a header', 'a header and a value', 'a header, a pattern and a replacement'][
      values
    ];
    return refuse(line, words.at(-1), `${action} needs ${needs}.`, 'MISSING');
  }
  const condition = conditionOf(line, words.slice(2 + values));
  if (condition === false) return null;
  const edit =
    values === 2 ? edited(line, words) : { value: words[2]?.text ?? '', replacement: null };
  if (!edit || !(values === 0 || formatOf(line, words[1 + values]!))) return null;
  return {
    place: line.place,
    action,
    name: second.text.replace(/:$/, ''),
    value: values === 0 ? '' : edit.value,
    replacement: edit.replacement,
    env: condition,
    always,
  };
}

function edited(line: Line, words: readonly Word[]): { value: string; replacement: string } | null {
  const value = patternOf(line, words[2]!);
  return value === null ? null : { value, replacement: words[3]!.text };
}

/** `env=NAME`, `env=!NAME`, or nothing; false when it is something else (reported). */
function conditionOf(line: Line, [word, more]: readonly Word[]): HeaderEdit['env'] | false {
  if (!word) return null;
  if (more) return refuse(line, more, `${more.text}: one word too many.`) ?? false;
  const [, negated, name] = /^env=(!?)(.*)$/i.exec(word.text) ?? [];
  if (name === '')
    return refuse(line, word, `${word.text}: expected env=NAME or env=!NAME.`) ?? false;
  if (name !== undefined) return { name, negated: negated === '!' };
  const later = /^expr=|^early$/i.test(word.text);
  const why = later ? ' is not supported; use env=NAME.' : ': expected env=NAME or env=!NAME.';
  return refuse(line, word, `${word.text}${why}`, later ? 'NOT_SUPPORTED' : 'VALUE') ?? false;
}

function formatOf(line: Line, word: Word): boolean {
  if (/^expr=/.test(word.text)) {
    return (
      refuse(line, word, `${word.text}: expressions are not supported.`, 'NOT_SUPPORTED') ?? false
    );
  }
  for (let at = word.text.indexOf('%'); at >= 0; ) {
    const rest = word.text.slice(at);
    const format = formats.exec(rest)?.[0];
    if (format === undefined) {
      refuse(
        line,
        word,
        `${word.text}: ${rest.slice(0, 2)} is no format; write %% for a percent sign.`,
      );
      return false;
    }
    const tls = /^%\{(.*)\}s$/.exec(format)?.[1];
    if (/[lib]$/.test(format) || (tls !== undefined && !isTlsVariable(tls))) {
      refuse(line, word, `${word.text}: the format ${format} is not supported.`, 'NOT_SUPPORTED');
      return false;
    }
    at = word.text.indexOf('%', at + format.length);
  }
  return true;
}

function refuse(
  line: Line,
  word: Word | undefined,
  message: string,
  code?: Parameters<Line['refuse']>[2],
): null {
  line.refuse(word, message, code);
  return null;
}

export const headerRules: readonly Rule[] = [headerRule('Header'), headerRule('RequestHeader')];
