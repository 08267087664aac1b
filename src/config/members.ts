/** URLs of members: how httpd takes them apart and when two of them are the same member (spec: httpd 9.2). */
import type { MemberUrl } from './config.ts';
import { TCP } from './tcp.ts';

export interface NamedUrl extends MemberUrl {
  /** Normalised: scheme and host in lower case, the scheme's default port left out, the path as written. */
  readonly name: string;
}

/** Longest name of a member. */
const nameMax = 383;

/** Ports that httpd's URL writer leaves out. It knows neither ws nor wss. */
const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443 };
const portsOf: Readonly<Record<string, number>> = { ...defaultPorts, ws: 80, wss: 443 };

/** Schemes of members that get requests. */
export const schemes: readonly string[] = ['http', 'https', 'ws', 'wss'];
/** Those of members of any balancer. */
export const allSchemes: readonly string[] = [...schemes, TCP];

const parts = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/;

/** Spoken to over TLS. */
export function isSecure({ scheme }: MemberUrl): boolean {
  return scheme === 'https' || scheme === 'wss';
}

/** @throws RangeError saying what is wrong with `text`, a scheme beyond those `known` for one. */
export function memberUrl(text: string, known = schemes): NamedUrl {
  const { socket, url } = apart(text);
  if (!/^[^\0-\x20\x7f]*$/.test(url)) {
    throw new RangeError('has a blank or control character in its URL; write %20 for a blank');
  }
  const [, writtenScheme = '', authority = '', path = '', query, fragment] = parts.exec(url) ?? [];
  if (writtenScheme === '')
    throw new RangeError(`is no absolute URL; expected http://host[:port][/path]`);
  const scheme = writtenScheme.toLowerCase();
  if (authority.includes('@')) {
    throw new RangeError('has a user or password in its URL; that is not supported, leave it out');
  }
  if (query !== undefined || fragment !== undefined) {
    throw new RangeError('has a query or fragment in its URL; that is not supported, leave it out');
  }
  const { host, port, bracketed } = hostAndPort(authority);
  if (host === '') throw new RangeError('has no host; expected http://host[:port][/path]');
  if (!known.includes(scheme)) throw new RangeError(unsupported(scheme, known));
  if (scheme === TCP && port === null) {
    throw new RangeError('has no port; expected tcp://host:port');
  }
  if (scheme === TCP && path !== '') {
    throw new RangeError('has a path, which a connection does not; expected tcp://host:port');
  }
  const shown = port === null || port === defaultPorts[scheme] ? '' : `:${port}`;
  const name = `${scheme}://${bracketed ? `[${host}]` : host}${shown}${path}`;
  if (name.length > nameMax) throw new RangeError(`is longer than ${nameMax} characters`);
  return { scheme, host, port: port ?? portsOf[scheme]!, path, socket, name };
}

function unsupported(scheme: string, known: readonly string[]): string {
  const expected =
    known.length === 1 ? known[0] : `${known.slice(0, -1).join(', ')} or ${known.at(-1)}`;
  return `has the scheme ${scheme}, which this version does not speak; expected ${expected}`;
}

/** What a mapping's URL is for httpd where the socket plays no part. */
export function withoutSocket(text: string): string {
  return /^unix:[^|]*\|/i.test(text) ? apart(text).url : text;
}

/** `unix:/path|http://host`, also `unix:/path|http:` for localhost. */
function apart(text: string): { socket: string | null; url: string } {
  const [, socket, url] = /^unix:([^|]*)\|(.*)$/i.exec(text) ?? [];
  if (socket === undefined || url === undefined) {
    if (/^unix:/i.test(text)) {
      throw new RangeError('names no URL after the socket; expected unix:/path|http://host');
    }
    return { socket: null, url: text };
  }
  return { socket, url: /^[a-z]+:$/i.test(url) ? `${url}//localhost` : url };
}

function hostAndPort(authority: string): { host: string; port: number | null; bracketed: boolean } {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d*))?$/.exec(authority);
  if (!match) throw new RangeError(`has a host or port that cannot be read (${authority})`);
  const [, literal, name, digits] = match;
  const port = digits === undefined || digits === '' ? null : Number(digits);
  if (port !== null && (port < 1 || port > 65_535)) {
    throw new RangeError(`has port ${digits}; expected 1 to 65535`);
  }
  const bracketed = literal !== undefined;
  return { host: (literal ?? name ?? '').toLowerCase(), port, bracketed };
}

/**
 * The member among `known` that httpd takes `name` for: the longest of their names that `name` begins with, if
 * it covers at least scheme, host and port.
 */
export function sameMember<Member extends { readonly name: string }>(
  known: readonly Member[],
  name: string,
): Member | undefined {
  const least = authorityEnd(name);
  let best: Member | undefined;
  for (const member of known) {
    const { length } = member.name;
    if (length < least || !name.startsWith(member.name)) continue;
    if (best === undefined || length > best.name.length) best = member;
  }
  return best;
}

/** Length of `scheme://host[:port]`. */
function authorityEnd(name: string): number {
  const slash = name.indexOf('/', name.indexOf('://') + 3);
  return slash < 0 ? name.length : slash;
}
