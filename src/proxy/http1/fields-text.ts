/** Header fields as text, so that nothing in them can be taken for the end of a line. */

/** What a name may be made of, and what the rest of a line, by code. */
const NAME = 1;
const TEXT = 2;
const kinds = Uint8Array.from({ length: 256 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[!#$%&'*+.^_`|~0-9A-Za-z-]/.test(character)) return NAME | TEXT;
  return /[\t\x20-\x7e\x80-\xff]/.test(character) ? TEXT : 0;
});

/** Loops over a table: this is asked of every field, and calling regular expressions costs more. */
function madeOf(kind: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255 || (kinds[code]! & kind) === 0) return false;
  }
  return true;
}

/** Whether `text` may be a value, or a reason. */
export function isFieldText(text: string): boolean {
  return madeOf(TEXT, text);
}

let lastStatus = 0;
let lastReason = '';
let lastLine = '';

/** `reason`, if it fits on a status line. @throws Error when it does not. */
export function statusLine(status: number, reason: string): string {
  if (status !== lastStatus || reason !== lastReason) {
    if (!isFieldText(reason)) throw new Error(`reason ${JSON.stringify(reason)} cannot be sent`);
    lastStatus = status;
    lastReason = reason;
    lastLine = `HTTP/1.1 ${status} ${reason}\r\n`;
  }
  return lastLine;
}

/** @throws Error when name or value cannot be sent. */
export function fieldLine(name: string, value: string): string {
  if (name === '' || !madeOf(NAME, name) || !madeOf(TEXT, value)) {
    throw new Error(`field ${JSON.stringify(name)}: ${JSON.stringify(value)} cannot be sent`);
  }
  return `${name}: ${value}\r\n`;
}

/** A head as it is. @throws Error when something of it cannot be sent. */
export function headText(status: number, reason: string, rawHeaders: readonly string[]): string {
  let text = statusLine(status, reason);
  for (let i = 0; i < rawHeaders.length; i += 2) {
    text += fieldLine(rawHeaders[i]!, rawHeaders[i + 1]!);
  }
  return `${text}\r\n`;
}
