/**
 * From a path to what it is proxied to (spec: httpd 9.1), and from there to the path a member is asked for. The
 * Location's own ProxyPass stands before the server's, which hold in order; `!` ends the search. Prefixes match
 * whole segments, runs of slashes are equal, and what remains of the path is appended as text.
 */
import type { Mapping, MemberConf, ProxyConfig, ServerConf, Target } from '../../config/config.ts';
import { characters, escaped, wireText } from './bytes.ts';
import type { Refusal } from './refusal.ts';
import type { Settings } from './settings.ts';
import { regexOf, substitute } from './substitute.ts';
import type { RequestTarget } from './target.ts';

export interface Mapped {
  readonly mapping: Mapping;
  /** The mapping's; `undefined` when the text that was appended made another authority of it. */
  readonly target: Target;
  /** Follows the balancer's or worker's own URL. Not yet encoded, unless `raw`. */
  readonly rest: string;
  /** `nocanon` took hold: `rest` is what the client sent, query included, and goes out as it is. */
  readonly raw: boolean;
  /** What the sticky lookup searches and `<Proxy>` sections match: `balancer://name/rest?query` (spec: httpd 4.2). */
  readonly url: string;
  /** null: none, or in `rest` already, or withheld by `noquery`. */
  readonly query: string | null;
}

/** null: not proxied, because nothing matches, `!` does, or the variable `no-proxy` is set. */
export function mapRequest(
  config: ProxyConfig,
  server: ServerConf,
  settings: Settings,
  target: RequestTarget,
  env: ReadonlyMap<string, string>,
): Mapped | null {
  if (target.path.charCodeAt(0) !== SLASH || env.has('no-proxy')) return null;
  const own = settings.mapping;
  if (own !== null) {
    const found = tryMapping(config, own, target);
    if (found !== undefined) return found;
  }
  for (const mapping of server.mappings) {
    const found = tryMapping(config, mapping, target);
    if (found !== undefined) return found;
  }
  return null;
}

const SLASH = 47;

interface CompiledMapping {
  readonly regex: RegExp | null;
  readonly prefix: string;
  /** Two slashes in a row anywhere: compare character by character. */
  readonly odd: boolean;
  /** `$n` template, or the fixed path; as bytes. */
  readonly path: string;
  readonly template: string | null;
}

const compiledMappings = new WeakMap<Mapping, CompiledMapping>();

function compile(mapping: Mapping): CompiledMapping {
  const { target } = mapping;
  const compiled = {
    regex: mapping.regex ? regexOf(wireText(mapping.path)) : null,
    prefix: wireText(mapping.path),
    odd: mapping.path.includes('//'),
    path: 'path' in target ? wireText(target.path) : '',
    template: mapping.substitution === null ? null : wireText(mapping.substitution),
  };
  compiledMappings.set(mapping, compiled);
  return compiled;
}

/** undefined: does not match; null: matches, but is not proxied. */
function tryMapping(
  config: ProxyConfig,
  mapping: Mapping,
  target: RequestTarget,
): Mapped | null | undefined {
  const compiled = compiledMappings.get(mapping) ?? compile(mapping);
  const { path, raw } = target;
  if (compiled.regex !== null) {
    const match = compiled.regex.exec(path);
    if (match === null) return undefined;
    if (mapping.target.kind === 'none') return null;
    const rawMatch = mapping.nocanon ? compiled.regex.exec(raw) : null;
    const used = rawMatch ?? match;
    const subject = rawMatch === null ? path : raw;
    const rest =
      compiled.template === null ? compiled.path + subject : substitute(compiled.template, used);
    return mapped(config, mapping, target, rest, rawMatch !== null);
  }
  const length = matchedLength(compiled, path);
  if (length === 0) return undefined;
  if (mapping.target.kind === 'none') return null;
  const asSent = mapping.nocanon && matchedLength(compiled, raw) === length;
  const rest = compiled.path + (asSent ? raw : path).slice(length);
  return mapped(config, mapping, target, rest, asSent);
}

/** How much of `path` the prefix covers; 0 when it does not match. */
function matchedLength({ prefix, odd }: CompiledMapping, path: string): number {
  if (odd || !path.startsWith(prefix)) {
    return odd || path.includes('//') ? matchedRuns(prefix, path) : 0;
  }
  let end = prefix.length;
  if (prefix.charCodeAt(end - 1) === SLASH) {
    while (path.charCodeAt(end) === SLASH) end++;
    return end;
  }
  return end === path.length || path.charCodeAt(end) === SLASH ? end : 0;
}

/** The same where runs of slashes have different lengths. */
function matchedRuns(prefix: string, path: string): number {
  let p = 0;
  let at = 0;
  while (p < prefix.length && at < path.length) {
    if (prefix.charCodeAt(p) !== path.charCodeAt(at)) return 0;
    const slash = prefix.charCodeAt(p) === SLASH;
    p++;
    at++;
    if (!slash) continue;
    while (prefix.charCodeAt(p) === SLASH) p++;
    while (path.charCodeAt(at) === SLASH) at++;
  }
  if (p < prefix.length) return 0;
  const whole = prefix.endsWith('/') || at === path.length || path.charCodeAt(at) === SLASH;
  return whole ? at : 0;
}

function mapped(
  config: ProxyConfig,
  mapping: Mapping,
  request: RequestTarget,
  rest: string,
  raw: boolean,
): Mapped {
  const { target } = mapping;
  const query = raw ? null : request.query;
  const search = query === null ? '' : `?${query}`;
  if (target.kind === 'balancer') {
    const { name } = config.balancers[target.balancer];
    if (rest !== '' && rest.charCodeAt(0) !== SLASH && rest.charCodeAt(0) !== 63) {
      return withLongerName(config, mapping, name + rest, query, raw);
    }
    const path = rest.charCodeAt(0) === SLASH ? rest : `/${rest}`;
    const url = `balancer://${name}${raw ? path : encodedPath(path, request)}${search}`;
    return { mapping, target, rest: path, raw, url, query };
  }
  if (target.kind === 'undefined') {
    return { mapping, target, rest, raw, url: `balancer://${target.name}${rest}${search}`, query };
  }
  const worker = target.kind === 'worker' ? config.workers[target.worker].name : '';
  return {
    mapping,
    target,
    rest,
    raw,
    url: worker + rest + search,
    query: mapping.noquery ? null : query,
  };
}

/** `ProxyPass /c/ balancer://c` and `/c/x`: the text continues the name, as it does in httpd. */
function withLongerName(
  config: ProxyConfig,
  mapping: Mapping,
  text: string,
  query: string | null,
  raw: boolean,
): Mapped {
  const slash = text.indexOf('/');
  const name = (slash < 0 ? text : text.slice(0, slash)).toLowerCase();
  const rest = slash < 0 ? '/' : text.slice(slash);
  const balancer = config.balancers.findIndex((other) => other.name === name);
  const target: Target =
    balancer < 0 ? { kind: 'undefined', name } : { kind: 'balancer', balancer, path: '' };
  const search = query === null ? '' : `?${query}`;
  return { mapping, target, rest, raw, url: `balancer://${name}${rest}${search}`, query };
}

function encodedPath(path: string, request: RequestTarget): string {
  return request.path === request.rawPath && request.path.endsWith(path) && isPlain(path)
    ? path
    : encoded(path);
}

/** What stands unescaped in a path that goes to a backend. */
const kept = characters((c) => /[A-Za-z0-9~$\-_.+!*'(),;:@&=/]/.test(c));

function isPlain(path: string): boolean {
  for (let i = 0; i < path.length; i++) if (kept[path.charCodeAt(i)] === 0) return false;
  return true;
}

/** Everything outside letters, digits and `~$-_.+!*'(),;:@&=/` as `%XX`, percent signs included. */
export function encoded(path: string): string {
  if (isPlain(path)) return path;
  let out = '';
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    out += kept[code] === 1 ? path[i] : escaped(code);
  }
  return out;
}

/**
 * Path and query of the request line. A balancer's member keeps its own path as written and the rest is encoded;
 * of a worker that stands alone the whole path is encoded.
 * @returns 403 where control characters or blanks would go out (`nocanon`, queries).
 */
export function memberTarget(member: MemberConf, mapped: Mapped): string | Refusal {
  const own = wireText(member.url.path);
  const { rest, query } = mapped;
  let path: string;
  if (mapped.raw) path = own + rest;
  else path = mapped.target.kind === 'worker' ? encoded(own + rest) : own + encoded(rest);
  if (path === '') path = '/';
  else if (path.charCodeAt(0) !== SLASH) path = `/${path}`;
  if (query !== null) path += `?${query}`;
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (code <= 32 || code === 127) return { status: 403 };
  }
  return path;
}
