/**
 * httpd's log-format language, taken apart (mod_log_config): text, and `%` followed by conditions and a letter. What a
 * letter means is its reader's to say; this knows which there are.
 */

/** `%!400,501{User-Agent}>i`: letter `i`, argument `User-Agent`. */
export interface LogItem {
  /** One letter, or `^` and two. */
  readonly letter: string;
  readonly argument: string;
  /** Only for these statuses, or (`negated`) for all others; empty: for all. Else the item reads `-`. */
  readonly statuses: readonly number[];
  readonly negated: boolean;
}

export interface FormatProblem {
  readonly problem: string;
  readonly later?: boolean;
}

/** CLF, which TransferLog writes when nothing else was said. */
export const commonFormat = '%h %l %u %t "%r" %>s %b';
export const combinedFormat = `${commonFormat} "%{Referer}i" "%{User-Agent}i"`;

const letters: ReadonlySet<string> = new Set([
  ...'aABbCDeHhIikLlmnoOPpqRrSsTtUuVvXx',
  '^FB',
  '^ti',
  '^to',
]);
/** Known to httpd. */
const later: ReadonlySet<string> = new Set('cf');

/** Items in order; text stands for itself. */
export function readLogFormat(format: string): readonly (string | LogItem)[] | FormatProblem {
  const items: (string | LogItem)[] = [];
  let text = '';
  for (let at = 0; at < format.length; ) {
    if (format[at] !== '%') {
      const [piece, next] = textAt(format, at);
      text += piece;
      at = next;
    } else if (format[at + 1] === '%') {
      text += '%';
      at += 2;
    } else {
      const read = itemAt(format, at);
      if ('problem' in read) return read;
      if (text !== '') items.push(text);
      text = '';
      items.push(read.item);
      at = read.next;
    }
  }
  if (text !== '') items.push(text);
  return items;
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\', r: '\r', n: '\n', t: '\t' };

/** A character, or an escape; other backslashes are themselves. */
function textAt(format: string, at: number): [string, number] {
  const escaped = format[at] === '\\' ? escapes[format[at + 1] ?? ''] : undefined;
  return escaped === undefined ? [format[at]!, at + 1] : [escaped, at + 2];
}

function itemAt(format: string, start: number): { item: LogItem; next: number } | FormatProblem {
  const statuses: number[] = [];
  let negated = false;
  let argument = '';
  for (let at = start + 1; at < format.length; ) {
    const c = format[at]!;
    if (c === '!') negated = !negated;
    if (c === '!' || c === '<' || c === '>' || c === ',') at++;
    else if (c === '{') {
      const end = format.indexOf('}', at);
      argument = format.slice(at + 1, end < 0 ? undefined : end);
      at = end < 0 ? format.length : end + 1;
    } else if (c >= '0' && c <= '9') {
      const digits = /^\d+/.exec(format.slice(at))![0];
      statuses.push(Number(digits));
      at += digits.length;
    } else {
      const letter = c === '^' ? format.slice(at, at + 3) : c;
      if (later.has(letter)) return { problem: `%${letter} is not supported yet.`, later: true };
      if (!letters.has(letter)) {
        return { problem: `%${c} is no format; write %% for a percent sign.` };
      }
      return { item: { letter, argument, statuses, negated }, next: at + letter.length };
    }
  }
  return { problem: `${format.slice(start)} ends before it says what to log.` };
}
