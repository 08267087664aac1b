/** SetEnv, UnsetEnv, SetEnvIf and BrowserMatch: variables of a request. */
import type { EnvEdit } from '../config.ts';
import type { Word } from '../tree.ts';
import { patternOf } from './patterns.ts';
import { anywhere, type Line, type Rule } from './rule.ts';

const setEnv: Rule = {
  name: 'SetEnv',
  where: anywhere,
  words: [1, 2],
  read(_, { dir }, { place, words }) {
    dir.env.push({ place, name: words[0]!.text, value: words[1]?.text ?? '', when: null });
  },
};

const unsetEnv: Rule = {
  name: 'UnsetEnv',
  where: anywhere,
  words: [1, Number.POSITIVE_INFINITY],
  read(_, { dir }, { place, words }) {
    for (const { text } of words) dir.env.push({ place, name: text, value: null, when: null });
  },
};

/** Attributes that httpd computes for SetEnvIf and this version does not have. */
const later = /^(Remote_Host|Remote_User|Server_Protocol|Request_Protocol)$/i;
const attributes = ['Remote_Addr', 'Request_URI', 'Request_Method', 'Server_Addr'];

function conditional(name: string, fixed: string | null, ignoreCase: boolean): Rule {
  return {
    name,
    where: anywhere,
    words: [0, Number.POSITIVE_INFINITY],
    read(_, { dir }, line) {
      const words =
        fixed === null ? line.words : [{ text: fixed, place: line.place }, ...line.words];
      const [attribute, pattern, ...variables] = words;
      if (!attribute || !pattern || variables.length === 0) {
        const head = fixed === null ? 'an attribute, a pattern' : 'a pattern';
        return line.refuse(line.words.at(-1), `needs ${head} and a variable.`, 'MISSING');
      }
      const when = whenOf(line, attribute, pattern, ignoreCase);
      if (!when) return;
      for (const variable of variables)
        dir.env.push({ place: line.place, ...assigned(variable), when });
    },
  };
}

function whenOf(line: Line, attribute: Word, pattern: Word, ignoreCase: boolean): EnvEdit['when'] {
  if (later.test(attribute.text) || !/^[A-Za-z0-9_-]+$/.test(attribute.text)) {
    line.refuse(
      attribute,
      `${attribute.text}: expected the name of a request header, or ${attributes.join(', ')}; others are not supported.`,
      'NOT_SUPPORTED',
    );
    return null;
  }
  const known = attributes.find((name) => name.toLowerCase() === attribute.text.toLowerCase());
  const regex = patternOf(line, pattern);
  return regex === null ? null : { attribute: known ?? attribute.text, regex, ignoreCase };
}

/** `NAME`, `NAME=value` or `!NAME`. */
function assigned({ text }: Word): Pick<EnvEdit, 'name' | 'value'> {
  if (text.startsWith('!')) return { name: text.slice(1), value: null };
  const at = text.indexOf('=');
  return at < 0
    ? { name: text, value: '1' }
    : { name: text.slice(0, at), value: text.slice(at + 1) };
}

export const envRules: readonly Rule[] = [
  setEnv,
  unsetEnv,
  conditional('SetEnvIf', null, false),
  conditional('SetEnvIfNoCase', null, true),
  conditional('BrowserMatch', 'User-Agent', false),
  conditional('BrowserMatchNoCase', 'User-Agent', true),
];
