/**
 * The request target: cut into path and query, checked, decoded and normalised as httpd does before any section
 * or mapping sees it. Order: unreserved escapes are decoded and dot segments and runs of slashes resolved, then
 * every other escape is decoded; dot segments that appear only then are left as they are.
 */
import type { ServerConf } from '../../config/config.ts';
import { absoluteAuthority } from './authority.ts';
import { characters, escapeAt } from './bytes.ts';
import type { Refusal } from './refusal.ts';

export interface RequestTarget {
  /** Decoded, one character a byte; dot segments resolved, slashes merged (MergeSlashes). `*` stays `*`. */
  readonly path: string;
  /** As sent, without query and, for the absolute form, without scheme and authority. */
  readonly rawPath: string;
  /** Raw; null without `?`. */
  readonly query: string | null;
  /** Of the absolute form, in lower case; takes the place of the Host field. null: Host counts. */
  readonly authority: string | null;
  /** The whole target as sent. */
  readonly raw: string;
}

/** Characters that httpd takes unescaped: all but blanks, control characters and `#`. */
const bare = characters((c) => c > ' ' && c !== '\x7f' && c !== '#');
const unreserved = characters((c) => /[A-Za-z0-9\-._~]/.test(c));

const SLASH = 47;
const DOT = 46;
const PERCENT = 37;

/** Refusals: 400 for what no URI may hold and for bad escapes, 404 for an encoded slash or NUL. */
export function readTarget(
  method: string,
  target: string,
  server: ServerConf,
  secure = false,
): RequestTarget | Refusal {
  if (method === 'CONNECT') return { status: 405 };
  let authority: string | null = null;
  let start = 0;
  if (target.charCodeAt(0) !== SLASH) {
    if (target === '*') {
      return { path: '*', rawPath: '*', query: null, authority: null, raw: target };
    }
    const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(target);
    if (scheme === null) return { status: 400 };
    start = endOfAuthority(target, scheme[0].length);
    authority = absoluteAuthority(target, secure);
  }
  // One look at each character settles the common case: nothing to decode, to resolve or to merge.
  let plain = true;
  let end = target.length;
  for (let i = start; i < target.length; i++) {
    const code = target.charCodeAt(i);
    if (code === 63) {
      end = i;
      break;
    }
    if (code > 255 || bare[code] === 0) return { status: 400 };
    if (code === PERCENT) plain = false;
    else if (code === SLASH) {
      const next = target.charCodeAt(i + 1);
      if (next === SLASH || next === DOT) plain = false;
    }
  }
  const query = end < target.length ? target.slice(end + 1) : null;
  if (query !== null && !queryIsClean(query)) return { status: 400 };
  // Slashes in front are one, whatever MergeSlashes says.
  while (target.charCodeAt(start) === SLASH && target.charCodeAt(start + 1) === SLASH) start++;
  const rawPath = start === 0 && query === null ? target : target.slice(start, end);
  if (rawPath === '') return { path: '/', rawPath: '/', query, authority, raw: target };
  if (plain) return { path: rawPath, rawPath, query, authority, raw: target };
  const normal = normalised(rawPath, server.mergeSlashes, true);
  if (normal === null) return { status: 400 };
  const path = decoded(normal, server);
  if (typeof path !== 'string') return path;
  return { path, rawPath, query, authority, raw: target };
}

function endOfAuthority(target: string, from: number): number {
  for (let i = from; i < target.length; i++) {
    const c = target[i];
    if (c === '/' || c === '?' || c === '#') return i;
  }
  return target.length;
}

function queryIsClean(query: string): boolean {
  for (let i = 0; i < query.length; i++) {
    const code = query.charCodeAt(i);
    if (code > 255 || bare[code] === 0) return false;
  }
  return true;
}

/**
 * Resolves `.` and `..` segments, merges slashes when `merge` is set, and decodes escapes of unreserved
 * characters. null: an escape is broken, or the path climbs above its root.
 */
export function normalised(path: string, merge: boolean, decodeUnreserved: boolean): string | null {
  const text = decodeUnreserved ? withUnreserved(path) : path;
  if (text === null) return null;
  const segments = text.split('/');
  const out: string[] = [];
  const last = segments.length - 1;
  for (let i = 1; i <= last; i++) {
    const segment = segments[i];
    if (segment === '.') {
      if (i === last) out.push('');
    } else if (segment === '..') {
      if (out.length === 0) return null;
      out.pop();
      if (i === last) out.push('');
    } else if (segment === '' && merge && i < last) {
    } else out.push(segment);
  }
  return `/${out.join('/')}`;
}

function withUnreserved(path: string): string | null {
  let out = '';
  let from = 0;
  for (let at = path.indexOf('%'); at >= 0; at = path.indexOf('%', at + 1)) {
    const code = escapeAt(path, at);
    if (code < 0) return null;
    if (unreserved[code] === 0) continue;
    out += path.slice(from, at) + String.fromCharCode(code);
    from = at + 3;
  }
  return from === 0 ? path : out + path.slice(from);
}

/** All escapes decoded; `AllowEncodedSlashes` says what becomes of `%2F`. */
function decoded(path: string, server: ServerConf): string | Refusal {
  const slashes = server.allowEncodedSlashes;
  let out = '';
  let from = 0;
  let forbidden = false;
  for (let at = path.indexOf('%'); at >= 0; at = path.indexOf('%', at + 1)) {
    const code = escapeAt(path, at);
    if (code < 0) return { status: 400 };
    if (code === 0 || (code === SLASH && slashes === 'off')) forbidden = true;
    if (code === SLASH && slashes === 'nodecode') continue;
    out += path.slice(from, at) + String.fromCharCode(code);
    from = at + 3;
    at += 2;
  }
  if (forbidden) return { status: 404 };
  if (from === 0) return path;
  out += path.slice(from);
  // Decoded slashes may have made new segments.
  if (slashes !== 'on') return out;
  return normalised(out, server.mergeSlashes, false) ?? { status: 400 };
}
