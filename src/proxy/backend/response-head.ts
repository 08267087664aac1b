/** What llhttp found in a head, checked once more and made into a `ResponseHead`. */
import { isNamed } from '../field-names.ts';
import { isFieldText } from '../http1/fields-text.ts';
import type { HeadText } from '../http1/head-text.ts';
import type { ResponseHead } from './backend.ts';

/**
 * null: the head must not be used, because a line is longer than `maxLine`, or its framing is in doubt.
 *
 * Refused beyond what llhttp refuses: versions other than 1.0 and 1.1, transfer codings other than a single
 * `chunked`, any of them in HTTP/1.0, beside a length, in a 204 or in an interim head, interim heads with a length,
 * and reasons with control characters.
 */
export function readHead(head: HeadText, status: number, maxLine: number): ResponseHead | null {
  const { text } = head;
  const lineEnd = text.indexOf('\r');
  const statusLineBytes = lineEnd < 0 ? text.length : lineEnd;
  const minor = text.charCodeAt(7);
  if (!text.startsWith('HTTP/1.') || (minor !== 0x30 && minor !== 0x31)) return null;
  if (status < 100 || statusLineBytes > maxLine || head.longest > maxLine) return null;
  const rawHeaders = head.rawHeaders();
  let coded = false;
  let sized = false;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    if (isNamed(name, 'transfer-encoding')) {
      if (coded || minor === 0x30 || rawHeaders[i + 1].toLowerCase() !== 'chunked') return null;
      coded = true;
    } else if (isNamed(name, 'content-length')) {
      if (sized) return null;
      sized = true;
    }
  }
  if ((coded && sized) || (coded && status === 204) || (status < 200 && (coded || sized)))
    return null;
  const reason = text.slice(13, statusLineBytes);
  if (!isFieldText(reason)) return null;
  return {
    status,
    reason,
    version: minor === 0x30 ? '1.0' : '1.1',
    rawHeaders,
    statusLineBytes,
    said: null,
  };
}

/** A 204 with a length: perhaps its backend sends a body that nobody may take for the next response. */
export function mayHaveBody(head: ResponseHead): boolean {
  if (head.status !== 204) return false;
  const { rawHeaders } = head;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (isNamed(rawHeaders[i], 'content-length')) return rawHeaders[i + 1] !== '0';
  }
  return false;
}
