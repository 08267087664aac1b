/**
 * Directives that add to answers what neither their status nor their content depends on: headers about language
 * and character set, and compression. They are not done, and a warning says so once for each.
 */
import { anywhere, type Rule } from './rule.ts';

function added(name: string, least: number, what: string): Rule {
  return {
    name,
    where: anywhere,
    words: [least, Number.POSITIVE_INFINITY],
    read(reading, _, line) {
      const message = `${name} has no effect in this version: answers have the ${what} that the backend gave them.`;
      reading.warnOnce(name, line.place, name, message);
    },
  };
}

const compressed = added('AddOutputFilterByType', 2, 'coding');

/** Filters that a client undoes; any other would change what it reads. */
const compressing = /^(DEFLATE|BROTLI_COMPRESS)$/i;

const byType: Rule = {
  ...compressed,
  read(reading, scope, line) {
    const word = line.words[0]!;
    if (word.text.split(';').every((filter) => compressing.test(filter))) {
      compressed.read(reading, scope, line);
    } else {
      const does =
        'it changes the bodies of answers; leave it to a backend, or to a server in front.';
      line.refuse(word, `${word.text} is not supported: ${does}`, 'NOT_SUPPORTED');
    }
  },
};

export const embellishmentRules: readonly Rule[] = [
  added('AddLanguage', 2, 'Content-Language'),
  added('DefaultLanguage', 1, 'Content-Language'),
  added('AddCharset', 2, 'charset'),
  added('AddEncoding', 2, 'Content-Encoding'),
  byType,
];
