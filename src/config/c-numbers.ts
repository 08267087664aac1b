/**
 * Numbers as httpd reads them: C's lenient functions on a 64-bit machine. They take the longest sensible
 * beginning of a text and ignore the rest, and a text without any number is 0.
 */

const integer = /^[ \t\n\v\f\r]*([+-]?\d+)/;
const decimal =
  /^[ \t\n\v\f\r]*([+-]?)(?:0x([0-9a-f]+\.?[0-9a-f]*|\.[0-9a-f]+)(?:p([+-]?\d+))?|((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?))/i;

const longMax = 2n ** 63n - 1n;
const longMin = -(2n ** 63n);

/** `atol`: clamped to 64 bits. As a number, exact up to 2^53. */
export function atol(text: string): number {
  return Number(long(text));
}

/** `atoi`: the 64-bit value with its upper half cut off, so that 4294967296 is 0. */
export function atoi(text: string): number {
  return Number(BigInt.asIntN(32, long(text)));
}

/** `atol` without loss: 64 bits. */
export function long(text: string): bigint {
  const value = BigInt(integer.exec(text)?.[1]?.replace('+', '') ?? '0');
  if (value > longMax) return longMax;
  return value < longMin ? longMin : value;
}

/** `atof`: decimal or hexadecimal. Texts such as `inf` are NaN here: every range refuses them. */
export function atof(text: string): number {
  if (/^[ \t\n\v\f\r]*[+-]?(inf|nan)/i.test(text)) return Number.NaN;
  const [, sign, hexadecimal, exponent, plain] = decimal.exec(text) ?? [];
  const size = plain === undefined ? fromHexadecimal(hexadecimal, exponent) : Number(plain);
  return sign === '-' ? -size : size;
}

function fromHexadecimal(digits: string | undefined, exponent = '0'): number {
  if (digits === undefined) return 0;
  const [whole = '', fraction = ''] = digits.split('.');
  return Number.parseInt(whole + fraction, 16) * 2 ** (Number(exponent) - 4 * fraction.length);
}

/** True when the whole text is one plain integer: nothing of it is ignored. */
export function isInteger(text: string): boolean {
  return /^[+-]?\d+$/.test(text);
}

/** True when the whole text is one plain decimal number. */
export function isDecimal(text: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
}

export type TimeUnit = 'ms' | 's' | 'mi' | 'h';

const unitMs = { ms: 1, s: 1000, mi: 60_000, h: 3_600_000 } as const;

/**
 * A time with an optional unit in lower case, in milliseconds; null when httpd calls its format wrong. What
 * follows the unit is ignored.
 */
export function timeMs(text: string, unitWithout: TimeUnit): number | null {
  const number = integer.exec(text);
  const rest = text.slice(number?.[0].length ?? 0);
  const unit = rest === '' ? unitWithout : /^(ms|mi|s|h)/.exec(rest)?.[0];
  if (unit === undefined) return null;
  const count = long(text);
  if (count < 0n || count === longMax) return null;
  const ms = Number(count) * unitMs[unit as TimeUnit];
  return ms > Number(longMax) / 1000 ? null : ms;
}
