/** Networks in a file of their own: words of any number in a line, up to one that begins with `#`. */
import { readFileSync } from 'node:fs';
import { isNetwork, noNetwork } from '../networks.ts';
import type { Reading } from './reading.ts';
import type { Line } from './rule.ts';
import { pathOf } from './tls-finish.ts';

/** What is wrong with the file is reported. */
export function networksIn(reading: Reading, line: Line): readonly string[] {
  const file = pathOf(reading, line.words[0]!);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    line.refuse(line.words[0], `${file} cannot be read (${code}); expected a file of networks.`);
    return [];
  }
  return text.split('\n').flatMap((source, i) => {
    const words = [...source.replace(/(^|\s)#.*/, '').matchAll(/\S+/g)];
    for (const { 0: word, index } of words) {
      if (isNetwork(word)) continue;
      const place = { file, line: i + 1, column: index + 1, source };
      reading.error(place, line.name, `${line.name} ${noNetwork(word)}`);
    }
    return words.map(([word]) => word);
  });
}
