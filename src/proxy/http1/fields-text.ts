/** Header fields as text, so that nothing in them can be taken for the end of a line. */

import { nameIn } from '../field-names.ts';

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

/** Lines that were said before, with their names and values, by `placeOf`: most answers say nothing new. */
const LINES = 512;
const names = new Array<string>(LINES).fill('');
const values = new Array<string>(LINES).fill('');
const lines = new Array<string>(LINES).fill('');
/** Longer lines are not kept; of the others one in some, since those that come again and again are soon among them. */
const KEPT_CHARACTERS = 256;
const KEPT_OF = 8;
let made = 0;

function placeOf(name: string, value: string): number {
  const { length } = value;
  const middle = value.charCodeAt(length >> 1);
  const mixed = name.length * 29 + length * 37 + middle * 11 + value.charCodeAt(length - 1) * 5;
  return (mixed + name.charCodeAt(0)) & (LINES - 1);
}

/** @throws Error when name or value cannot be sent. */
export function fieldLine(name: string, value: string): string {
  if (name === '' || value === '') return newLine(name, value);
  const at = placeOf(name, value);
  return names[at] === name && values[at] === value ? lines[at]! : keptLine(name, value, at);
}

function keptLine(name: string, value: string, at: number): string {
  const line = newLine(name, value);
  if (line.length > KEPT_CHARACTERS || made++ % KEPT_OF !== 0) return line;
  // A copy: the parts may be parts of something large.
  const own = Buffer.from(line, 'latin1').toString('latin1');
  names[at] = nameIn(own, 0, name.length);
  values[at] = own.slice(name.length + ': '.length, -'\r\n'.length);
  lines[at] = own;
  return own;
}

function newLine(name: string, value: string): string {
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
