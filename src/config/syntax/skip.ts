/** A conditional section that does not hold: nothing in it counts but the nesting of sections. */
import type { Place } from '../config.ts';
import type { Cursor } from './blocks.ts';
import type { Reading } from './reading.ts';
import { opening, sameName, stillOpen } from './sections.ts';
import { offsetIn } from './source.ts';

/** Moves `cursor` behind the line that closes `section`. Variables are not replaced in what is skipped. */
export function skipSection(
  { found, modules }: Reading,
  cursor: Cursor,
  section: { readonly name: string; readonly place: Place },
): void {
  const { source } = cursor;
  const open = [section];
  while (cursor.next < source.lines.length) {
    const line = source.lines[cursor.next++]!;
    if (/^loadmodule[ \t]/i.test(line.text)) modules.mentioned();
    const [, slash, written = '', rest = ''] =
      /^<(\/?)([^ \t\v\f\r]*)[ \t\v\f\r]*(.?)/.exec(line.text) ?? [];
    if (slash === undefined) continue;
    const place = source.placeAt(offsetIn(line, 0));
    if (slash === '') {
      const name = rest === '' ? written.replace(/>$/, '') : written;
      open.push({ name, place });
      continue;
    }
    // httpd takes off the last character, whatever it is.
    const name = written.slice(0, -1);
    const index = open.findLastIndex((one) => sameName(one.name, name));
    const last = open.at(-1)!;
    if (index !== open.length - 1)
      found.error(place, `</${name}>`, `</${name}> ${stillOpen(last)}`, 'SYNTAX');
    if (index >= 0) open.length = index;
    if (open.length === 0) return;
  }
  const last = open.at(-1)!;
  const which = last === section ? 'it' : `${opening(last)} of line ${last.place.line} in it`;
  const message = `${opening(section)} is skipped, and nothing closes ${which}; expected </${last.name}> before the end of the file.`;
  found.error(section.place, opening(section), message, 'SYNTAX');
}
