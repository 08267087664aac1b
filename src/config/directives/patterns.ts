import { javascriptRegex } from '../regex.ts';
import type { Word } from '../tree.ts';
import type { Line } from './rule.ts';

/** `text` (of `word`) as JavaScript's regular expression; null with what is wrong reported. */
export function patternOf(line: Line, word: Word, text: string = word.text): string | null {
  try {
    return javascriptRegex(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const code = error.message.includes('not supported') ? 'NOT_SUPPORTED' : 'VALUE';
    line.refuse(word, `${word.text}: the pattern ${error.message}.`, code);
    return null;
  }
}
