/** Ciphers in OpenSSL's words, as `SSLCipherSuite` has them: those up to TLS 1.2, and suites of TLS 1.3. */
import { createSecureContext, DEFAULT_CIPHERS } from 'node:tls';

/** null: not said. */
export interface SaidCiphers {
  /** Up to TLS 1.2. */
  readonly old: string | null;
  readonly new: string | null;
}

const defaults = DEFAULT_CIPHERS.split(':');

/** What Node has as one list; null: its defaults. */
export function cipherList({ old, new: recent }: SaidCiphers): string | null {
  if (old === null && recent === null) return null;
  const suites = recent ?? defaults.filter(isSuite).join(':');
  // As in httpd, ciphers that hide nothing or ask nobody who he is are never spoken.
  const others = old ?? defaults.filter((one) => !isSuite(one)).join(':');
  return `${suites}:${others}:!aNULL:!eNULL:!EXP`;
}

/** Of one list with both: suites of TLS 1.3 are those that begin with `TLS_`. */
export function ciphersIn(list: string): SaidCiphers {
  const words = list.split(':');
  const [suites, others] = [words.filter(isSuite), words.filter((word) => !isSuite(word))];
  return {
    old: others.length === 0 ? null : others.join(':'),
    new: suites.length === 0 ? null : suites.join(':'),
  };
}

export const unknownCiphers = 'OpenSSL knows no such ciphers; see openssl ciphers -s -v.';

/** Whether OpenSSL knows any of them. */
export function knowsCiphers(text: string, kind: keyof SaidCiphers): boolean {
  try {
    createSecureContext({ ciphers: kind === 'new' ? text : `${defaults.find(isSuite)}:${text}` });
    return true;
  } catch {
    return false;
  }
}

function isSuite(cipher: string): boolean {
  return cipher.startsWith('TLS_');
}
