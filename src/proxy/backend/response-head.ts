/** What llhttp found in a head, checked once more and made into a `ResponseHead`. */
import type { ResponseHead } from './backend.ts';

const SPACE = 0x20;
const TAB = 0x09;
const printable = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

/**
 * `bounds`: start and end of a name, start and end of its value, and so on, in `text`, which ends with the last
 * value. null: the head must not be used, because a line is longer than `maxLine`, or its framing is in doubt.
 *
 * Refused beyond what llhttp refuses: versions other than 1.0 and 1.1, transfer codings other than a single
 * `chunked`, any of them in HTTP/1.0, beside a length, in a 204 or in an interim head, interim heads with a length,
 * and reasons with control characters.
 */
export function readHead(
  text: string,
  status: number,
  bounds: readonly number[],
  maxLine: number,
): ResponseHead | null {
  const lineEnd = text.indexOf('\r');
  const statusLineBytes = lineEnd < 0 ? text.length : lineEnd;
  const minor = text.charCodeAt(7);
  if (!text.startsWith('HTTP/1.') || (minor !== 0x30 && minor !== 0x31)) return null;
  if (status < 100 || statusLineBytes > maxLine) return null;
  const rawHeaders = new Array<string>(bounds.length >> 1);
  let coded = false;
  let sized = false;
  for (let i = 0, out = 0; i < bounds.length; i += 4) {
    const start = bounds[i];
    const valueStart = bounds[i + 2];
    const valueEnd = trimmedEnd(text, valueStart, bounds[i + 3]);
    if (bounds[i + 3] - start > maxLine) return null;
    const name = text.slice(start, bounds[i + 1]);
    const value = text.slice(valueStart, valueEnd);
    if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      if (coded || minor === 0x30 || value.toLowerCase() !== 'chunked') return null;
      coded = true;
    } else if (name.length === 14 && name.toLowerCase() === 'content-length') {
      if (sized) return null;
      sized = true;
    }
    rawHeaders[out++] = name;
    rawHeaders[out++] = value;
  }
  if ((coded && sized) || (coded && status === 204) || (status < 200 && (coded || sized)))
    return null;
  const reason = text.slice(13, statusLineBytes);
  if (!printable.test(reason)) return null;
  return {
    status,
    reason,
    version: minor === 0x30 ? '1.0' : '1.1',
    rawHeaders,
    statusLineBytes,
  };
}

/** A 204 with a length: perhaps its backend sends a body that nobody may take for the next response. */
export function mayHaveBody(head: ResponseHead): boolean {
  if (head.status !== 204) return false;
  const { rawHeaders } = head;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i].toLowerCase() === 'content-length') return rawHeaders[i + 1] !== '0';
  }
  return false;
}

/** llhttp leaves blanks at the end of a value. */
export function withoutBlankEnd(value: string): string {
  return value.slice(0, trimmedEnd(value, 0, value.length));
}

function trimmedEnd(text: string, start: number, end: number): number {
  while (end > start) {
    const last = text.charCodeAt(end - 1);
    if (last !== SPACE && last !== TAB) break;
    end--;
  }
  return end;
}
