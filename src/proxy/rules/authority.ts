/** Whom a request is for: the authority of an absolute target, else its Host field, checked as httpd does. */
import type { Refusal } from './refusal.ts';

/** `authority` as written; null for HTTP/1.0 without Host. */
export interface Authority {
  readonly authority: string | null;
}

/** `host`: all Host fields, joined by `, `. 400: HTTP/1.1 without Host, several of them, or a name or port that cannot be one. */
export function requestAuthority(
  version: string,
  target: string,
  host: string | null,
  secure = false,
): Authority | Refusal {
  if (host === null && version !== '1.0') return { status: 400 };
  const absolute = target.charCodeAt(0) === 47 ? null : absoluteAuthority(target, secure);
  if (absolute === null) {
    const empty = host === null || (host === '' && version === '1.0');
    return empty || isHost(host) ? { authority: host } : { status: 400 };
  }
  return isHost(absolute) ? { authority: absolute } : { status: 400 };
}

/**
 * What stands between `scheme://` and the path, in lower case, without a user and a final dot; null for other forms, and for a
 * scheme that the connection does not have: httpd then goes by Host.
 */
export function absoluteAuthority(target: string, secure = false): string | null {
  const regex = secure ? SECURE : PLAIN;
  const authority = regex.exec(target)?.[1]?.toLowerCase() ?? null;
  return authority?.replace(/\.(?=:|$)/, '') ?? null;
}

const PLAIN = /^http:\/\/(?:[^/?#]*@)?([^/?#]*)/i;
const SECURE = /^https:\/\/(?:[^/?#]*@)?([^/?#]*)/i;

/**
 * `name`, `address` or `[IPv6]`, with a port perhaps. Names of letters, digits, `-`, `_` and dots whose last label
 * begins with a letter, or four decimal numbers without leading zeros.
 */
export function isHost(text: string): boolean {
  if (text !== lastHost) {
    lastIs = hasHostForm(text);
    lastHost = text;
  }
  return lastIs;
}

/** Most requests name the host that the one before named. */
let lastHost = '';
let lastIs = false;

function hasHostForm(text: string): boolean {
  const [, literal, name = '', digits] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(text) ?? [];
  if (digits !== undefined && !isPort(digits)) return false;
  if (literal !== undefined) return /^[0-9a-f:.]+$/i.test(literal);
  if (!/^[\w.-]+$/.test(name) || name.includes('..')) return false;
  if (/^[\d.]+$/.test(name)) return /^(?:(?:0|[1-9]\d*)\.){3}(?:0|[1-9]\d*)$/.test(name);
  return !/\.[^A-Za-z.][^.]*$/.test(name);
}

function isPort(digits: string): boolean {
  return /^\d+$/.test(digits) && Number(digits) > 0 && Number(digits) < 65_536;
}
