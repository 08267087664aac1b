/** Whether a conditional section holds, and what can be wrong with its argument. */
import { conditions } from './conditions.ts';
import { ifVersion } from './if-version.ts';
import type { Reading } from './reading.ts';
import { type OpenSection, opening } from './sections.ts';
import { conditionOf, type Line, type Statement } from './source.ts';

/** Sections that are decided while reading, and those of mod_macro, which may not be there. */
export function isConditional(name: string): boolean {
  const key = name.toLowerCase();
  return conditions.has(key) || key === 'ifversion' || key === 'macro';
}

/** false: what the section holds is to be skipped; also after an error. */
export function decide(
  statement: Extract<Statement, { kind: 'open' }>,
  line: Line,
  section: OpenSection,
  reading: Reading,
): boolean {
  const key = section.name.toLowerCase();
  const label = opening(section);
  const refuse = (message: string, code: 'MISSING' | 'VALUE' | 'NOT_SUPPORTED') => {
    reading.found.error(section.place, label, `${label} ${message}`, code);
    return false;
  };
  if (key === 'macro')
    return refuse(
      'is not supported, as no macros are; write out what it stands for.',
      'NOT_SUPPORTED',
    );
  if (!statement.closed) return false;
  if (key === 'ifversion') {
    const [first, second, ...more] = section.words;
    if (first === undefined)
      return refuse('has no version; expected <IfVersion >= 2.4>, say.', 'MISSING');
    if (more.length > 0 || statement.rest?.text)
      return refuse('has too many words; expected an operator and a version.', 'VALUE');
    const holds = second ? ifVersion(first.text, second.text) : ifVersion('=', first.text);
    return typeof holds === 'boolean' ? holds : refuse(`${holds}.`, 'VALUE');
  }
  const from = statement.words[0]?.offset ?? line.text.length;
  const { negated, word } = conditionOf(line.text.slice(from, line.text.lastIndexOf('>')));
  if (word === null || word.text === '')
    return refuse('has no argument; expected a name, perhaps with ! in front.', 'MISSING');
  const holds = conditions.get(key)!(word.text, reading);
  if (holds !== null) return holds !== negated;
  return refuse(
    `asks for ${word.text}, and which directives count as known was not said; leave the section out, or what it holds.`,
    'NOT_SUPPORTED',
  );
}
