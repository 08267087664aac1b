/**
 * HTTP/1 read as carelessly as it ever was: bare line feeds, blanks before the colon, folded lines, both lengths at
 * once, any coding that mentions `chunked`, numbers that only begin as such. A request that this reader sees in
 * another place than the proxy was smuggled.
 */
import type { Message } from './wire.ts';

/** Which of both lengths counts where both are given. */
type Prefers = 'the chunks' | 'the length';

/** The request that `text` starts with; null: there is not all of it yet. */
export function readLax(text: string, prefers: Prefers): Message | null {
  const start = /^[\r\n]*/.exec(text)![0].length;
  const blank = /\r?\n\r?\n/g;
  blank.lastIndex = start;
  const found = blank.exec(text);
  if (found === null) return null;
  const [line = '', ...lines] = text
    .slice(start, found.index)
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/);
  const fields = lines.flatMap((one) => {
    const colon = one.indexOf(':');
    return colon < 0 ? [] : [one.slice(0, colon).trim().toLowerCase(), one.slice(colon + 1).trim()];
  });
  const last = (name: string) => fields[fields.lastIndexOf(name) + 1];
  const has = (name: string) => fields.some((one, i) => i % 2 === 0 && one === name);
  const chunked = has('transfer-encoding') && /chunked/i.test(last('transfer-encoding')!);
  const length = has('content-length') ? Number.parseInt(last('content-length')!, 10) || 0 : null;
  const head = { line: line.replace(/\s+/g, ' ').trim(), fields };
  const at = blank.lastIndex;
  if (chunked && (prefers === 'the chunks' || length === null)) return laxChunks(text, at, head);
  const end = at + Math.max(0, length ?? 0);
  return end > text.length ? null : { ...head, body: text.slice(at, end), end };
}

function laxChunks(
  text: string,
  from: number,
  head: Pick<Message, 'line' | 'fields'>,
): Message | null {
  let body = '';
  for (let at = from; ; ) {
    const lineEnd = text.indexOf('\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(text.slice(at, lineEnd).trim(), 16) || 0;
    const end = lineEnd + 1 + size;
    if (size === 0) return laxTrailers(text, end, { ...head, body });
    if (text.length < end + 1) return null;
    body += text.slice(lineEnd + 1, end);
    const ending = text.indexOf('\n', end);
    if (ending < 0) return null;
    at = ending + 1;
  }
}

function laxTrailers(text: string, from: number, message: Omit<Message, 'end'>): Message | null {
  for (let at = from; ; ) {
    const lineEnd = text.indexOf('\n', at);
    if (lineEnd < 0) return null;
    if (text.slice(at, lineEnd).trim() === '') return { ...message, end: lineEnd + 1 };
    at = lineEnd + 1;
  }
}
