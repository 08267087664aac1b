/** ProxyHCTemplate, ProxyHCExpr, ProxyHCTPsize (spec: httpd 6). */
import { atoi } from '../c-numbers.ts';
import type { Expression } from '../expressions/expression.ts';
import { ExpressionFault, readExpression } from '../expressions/read.ts';
import { noChecks } from '../health-methods.ts';
import type { Word } from '../tree.ts';
import { pairOf } from './balancers.ts';
import { type HealthDraft, healthParameters } from './health-parameters.ts';
import type { Reading } from './reading.ts';
import { anywhere, type Line, type Rule, serverOnly } from './rule.ts';

const template: Rule = {
  name: 'ProxyHCTemplate',
  where: anywhere,
  words: [0, Number.POSITIVE_INFINITY],
  read(reading, _, line) {
    const [name, ...words] = line.words;
    if (!name) return line.refuse(undefined, 'needs a name.', 'MISSING');
    const health: { health: HealthDraft } = { health: { ...noChecks, method: 'TCP' } };
    for (const word of words) templateWord(reading, health, word, line);
    reading.healthNames().templates.set(name.text.toLowerCase(), health.health);
  },
};

function templateWord(
  reading: Reading,
  carrier: { health: HealthDraft },
  word: Word,
  line: Line,
): void {
  const pair = pairOf(word);
  if (!pair) {
    line.refuse(word, `${word.text}: expected key=value.`);
    return;
  }
  const key = pair.key.toLowerCase();
  if (!Object.hasOwn(healthParameters, key)) {
    line.refuse(word, `${pair.key}: expected one of ${Object.keys(healthParameters).join(', ')}.`);
    return;
  }
  const verdict = healthParameters[key]!(carrier, pair.value, reading.known);
  reading.verdict(verdict, line.name, pair.key, pair.value, word.place);
}

const expression: Rule = {
  name: 'ProxyHCExpr',
  where: anywhere,
  words: [0, Number.POSITIVE_INFINITY],
  read(reading, _, line) {
    const [name] = line.words;
    if (!name) return line.refuse(undefined, 'needs a name and an expression.', 'MISSING');
    if (Buffer.from(name.text).length > 15)
      return line.refuse(name, `${name.text}: expected at most 15 characters.`);
    const { text, extra } = expressionOf(line.rest);
    if (text.text === '') return line.refuse(name, `${name.text}: needs an expression.`, 'MISSING');
    if (extra.text !== '')
      return line.refuse(extra, `${extra.text} is one too many; write the expression in braces.`);
    const { expressions } = reading.healthNames();
    // A name that is known keeps what refers to it from being refused, too.
    const define = (expression: Expression) => {
      const definition = { name: name.text, text: text.text, expression };
      expressions.set(name.text.toLowerCase(), definition);
    };
    define({ kind: 'constant', holds: false });
    try {
      define(readExpression(text.text));
    } catch (error) {
      if (!(error instanceof ExpressionFault)) throw error;
      const at = { text: '', place: { ...text.place, column: text.place.column + error.at } };
      const code = error.later ? 'NOT_SUPPORTED' : 'VALUE';
      line.refuse(at, `${name.text}: the expression ${error.message}.`, code);
    }
  },
};

/** The first word of a line is a name. */
const firstWord = /^(?:"(?:[^\\"]|\\.)*"?|'(?:[^\\']|\\.)*'?|[^ \t\v\f\r\n]+)[ \t\v\f\r\n]*/;

/** The second word, which braces may hold together, and what follows it. httpd's reader does not look into quotes. */
function expressionOf(rest: Word): { readonly text: Word; readonly extra: Word } {
  const start = firstWord.exec(rest.text)?.[0].length ?? 0;
  const tail = rest.text.slice(start);
  const first = tail[0] ?? '';
  const quoted = /["']/.test(first);
  const inside = quoted || first === '{' ? 1 : 0;
  const end = first === '{' ? braceEnd(tail) : (firstWord.exec(tail)?.[0].trimEnd().length ?? 0);
  const closed = inside === 1 && end > 1 && tail[end - 1] === (quoted ? first : '}');
  const text = tail.slice(inside, closed ? end - 1 : end);
  const unescaped = text.replace(quoted ? /\\([\\"'])/g : /\\(\\)/g, (pair, character) =>
    character === '\\' || character === first ? character : pair,
  );
  const after = tail.slice(end);
  const blanks = after.length - after.trimStart().length;
  return {
    text: { text: unescaped, place: movedBy(rest, start + inside) },
    extra: { text: after.trim(), place: movedBy(rest, start + end + blanks) },
  };
}

/** Just behind the brace that closes the first one; without one, the end. */
function braceEnd(text: string): number {
  let open = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '{') open++;
    else if (text[at] === '}' && --open === 0) return at + 1;
  }
  return text.length;
}

function movedBy({ place }: Word, characters: number): Word['place'] {
  return { ...place, column: place.column + characters };
}

const poolSize: Rule = {
  name: 'ProxyHCTPsize',
  where: serverOnly,
  words: [1, 1],
  read(reading, __, line) {
    const word = line.words[0]!;
    const size = atoi(word.text);
    if (size < 0) line.refuse(word, `${word.text}: expected 0 or more.`);
    else reading.healthChecksAtOnce = size;
  },
};

export const healthRules: readonly Rule[] = [template, expression, poolSize];
