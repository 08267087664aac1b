/**
 * From a path to what it is proxied to (spec: httpd 9.1), and from there to the path a member is asked for. The
 * Location's own ProxyPass stands before the server's, which hold in order; `!` ends the search. Prefixes match
 * whole segments, runs of slashes are equal, and what remains of the path is appended as text.
 */
import type { Mapping, MemberConf, ProxyConfig, ServerConf, Target } from '../../config/config.ts';
import { characters, escapeAt, escaped, wireText } from './bytes.ts';
import { hold } from './conditions.ts';
import { Derived } from './derived.ts';
import type { Refusal } from './refusal.ts';
import type { Settings } from './settings.ts';
import { regexOf, substitute } from './substitute.ts';
import type { RequestTarget } from './target.ts';

/** httpd looks for `<Proxy>` sections before it makes a name of the host, and the query follows. */
export interface Mapped {
  readonly mapping: Mapping;
  /** The mapping's; `undefined` when the text that was appended made another authority of it. */
  readonly target: Target;
  /** `balancer://name`, or the worker's name. */
  readonly base: string;
  /** Follows the balancer's or worker's own URL. Not yet encoded, unless `raw`. */
  readonly rest: string;
  /** What `<Proxy>` sections match is `origin`, as the mapping says it, and `appended`, which is `rest` as it was found. */
  readonly origin: string;
  readonly appended: string;
  /** `nocanon` took hold: `rest` is what the client sent, query included, and goes out as it is. */
  readonly raw: boolean;
  /** null: none, or in `rest` already. `noquery` withholds nothing: httpd 2.4.71 sends the query all the same. */
  readonly query: string | null;
  /** The request's target, if it is `rest` and the query to the letter. */
  readonly sent: string | null;
  /** `%2F` in `rest` is one (AllowEncodedSlashes NoDecode) and goes out as it is. */
  readonly encodedSlashes: boolean;
}

/** What the sticky lookup searches: `balancer://name/rest?query` (spec: httpd 4.2). */
export function mappedUrl({ base, rest, query, sent }: Mapped): string {
  if (sent !== null) return base + sent;
  return query === null ? base + rest : `${base}${rest}?${query}`;
}

/** Whether `name` may stand in `mappedUrl`: most requests say their route in a cookie, and need no such text. */
export function mayHold({ base, sent }: Mapped, name: string): boolean {
  if (sent === null || name.includes('/')) return true;
  return sent.includes(name) || base.includes(name);
}

/** null: not proxied, because nothing matches, `!` does, or the variable `no-proxy` is set. `fields`: of the head. */
export function mapRequest(
  config: ProxyConfig,
  server: ServerConf,
  settings: Settings,
  target: RequestTarget,
  env: ReadonlyMap<string, string>,
  fields: readonly string[],
): Mapped | null {
  if (target.path.charCodeAt(0) !== SLASH || (env.size > 0 && env.has('no-proxy'))) return null;
  // A Location forgets AllowEncodedSlashes, as in httpd: the path is kept encoded, then encoded once more.
  const encodedSlashes = server.allowEncodedSlashes === 'nodecode' && !settings.located;
  const own = settings.mapping;
  if (own !== null) {
    const found = tryMapping(config, encodedSlashes, own, target);
    if (found !== undefined) return found;
  }
  for (const mapping of server.mappings) {
    const found = tryMapping(config, encodedSlashes, mapping, target);
    if (found === undefined) continue;
    const { conditions } = mapping;
    if (conditions === undefined || hold(conditions, fields)) return found;
  }
  return null;
}

const SLASH = 47;
const PERCENT = 37;

interface CompiledMapping {
  readonly origin: string;
  readonly regex: RegExp | null;
  readonly prefix: string;
  /** Two slashes in a row anywhere: compare character by character. */
  readonly odd: boolean;
  /** `$n` template, or the fixed path; as bytes. */
  readonly path: string;
  /** What the prefix becomes is the prefix. */
  readonly same: boolean;
  readonly template: string | null;
}

const compiledMappings = new Derived((mapping: Mapping): CompiledMapping => {
  const { target } = mapping;
  const prefix = wireText(mapping.path);
  const path = 'path' in target ? wireText(target.path) : '';
  return {
    origin: wireText(mapping.origin),
    regex: mapping.regex ? regexOf(prefix) : null,
    prefix,
    odd: mapping.path.includes('//'),
    path,
    same: path === prefix,
    template: mapping.substitution === null ? null : wireText(mapping.substitution),
  };
});

/** `balancer://name` of each balancer. */
const bases = new Derived(({ balancers }: ProxyConfig) =>
  balancers.map(({ name }) => `balancer://${name}`),
);

/** undefined: does not match; null: matches, but is not proxied. */
function tryMapping(
  config: ProxyConfig,
  encodedSlashes: boolean,
  mapping: Mapping,
  target: RequestTarget,
): Mapped | null | undefined {
  const compiled = compiledMappings.of(mapping);
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
    return mapped(config, encodedSlashes, mapping, target, rest, rawMatch !== null);
  }
  const length = matchedLength(compiled, path);
  if (length === 0) return undefined;
  if (mapping.target.kind === 'none') return null;
  const asSent = mapping.nocanon && matchedLength(compiled, raw) === length;
  const unchanged = compiled.same && !asSent && length === compiled.prefix.length;
  const rest = unchanged ? path : compiled.path + (asSent ? raw : path).slice(length);
  return mapped(config, encodedSlashes, mapping, target, rest, asSent);
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
  encodedSlashes: boolean,
  mapping: Mapping,
  request: RequestTarget,
  rest: string,
  raw: boolean,
): Mapped {
  const { origin } = compiledMappings.of(mapping);
  const query = raw ? null : request.query;
  const sent = !raw && isAsSent(request, rest) ? request.raw : null;
  const to = destination(config, mapping.target, rest);
  return {
    mapping,
    target: to.target,
    base: to.base,
    rest: to.path,
    origin,
    appended: rest,
    raw,
    query,
    sent: to.path === rest ? sent : null,
    encodedSlashes,
  };
}

interface Destination {
  readonly target: Target;
  readonly base: string;
  readonly path: string;
}

function destination(config: ProxyConfig, target: Target, rest: string): Destination {
  if (target.kind === 'worker') {
    const { name, url } = config.workers[target.worker];
    // What continues a port is no host, in httpd neither.
    const continues = url.path === '' && !beginsPath(rest);
    const found: Target = continues ? { kind: 'undefined', name: name + rest } : target;
    return { target: found, base: name, path: rest };
  }
  if (target.kind === 'balancer' && rest.charCodeAt(0) === SLASH) {
    return { target, base: bases.of(config)[target.balancer]!, path: rest };
  }
  let name = '';
  if (target.kind === 'balancer') name = config.balancers[target.balancer].name;
  else if (target.kind === 'undefined') name = target.name;
  let found: Target = target;
  let path = rest;
  if (!beginsPath(rest)) {
    // `ProxyPass /c/ balancer://c` and `/c/x`: the text continues the name, as in httpd.
    const slash = rest.indexOf('/');
    name = (name + (slash < 0 ? rest : rest.slice(0, slash))).toLowerCase();
    path = slash < 0 ? '' : rest.slice(slash);
    found = balancerNamed(config, name);
  }
  if (path.charCodeAt(0) !== SLASH) path = `/${path}`;
  return { target: found, base: `balancer://${name}`, path };
}

/** Whether the whole target is `rest` and the query. */
function isAsSent({ raw, rawPath, query }: RequestTarget, rest: string): boolean {
  const behind = query === null ? 0 : '?'.length + query.length;
  return raw.length === rest.length + behind && rest === rawPath;
}

function beginsPath(rest: string): boolean {
  return rest === '' || rest.charCodeAt(0) === SLASH;
}

function balancerNamed(config: ProxyConfig, name: string): Target {
  const balancer = config.balancers.findIndex((other) => other.name === name);
  return balancer < 0 ? { kind: 'undefined', name } : { kind: 'balancer', balancer, path: '' };
}

/** What stands unescaped in a path that goes to a backend. */
const kept = characters((c) => /[A-Za-z0-9~$\-_.+!*'(),;:@&=/]/.test(c));

function isPlain(path: string): boolean {
  for (let i = 0; i < path.length; i++) if (kept[path.charCodeAt(i)] === 0) return false;
  return true;
}

/**
 * Everything outside letters, digits and `~$-_.+!*'(),;:@&=/` as `%XX`, percent signs included.
 * @param slashes `%2F` stays; then every other percent sign has to stand before two hexadecimal digits, or
 *   nothing (null) comes of it, as in httpd.
 */
export function encoded(path: string, slashes = false): string | null {
  if (isPlain(path)) return path;
  let out = '';
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (kept[code] === 1) {
      out += path[i];
      continue;
    }
    const byte = slashes && code === PERCENT ? escapeAt(path, i) : 0;
    if (byte < 0) return null;
    if (byte === SLASH) {
      out += path.slice(i, i + 3);
      i += 2;
    } else out += escaped(code);
  }
  return out;
}

/**
 * Path and query of the request line. A balancer's member keeps its own path as written and the rest is encoded;
 * of a worker that stands alone the whole path is encoded.
 * @returns 403 where control characters or blanks would go out (`nocanon`), 400 for what cannot be encoded.
 */
export function memberTarget(member: MemberConf, mapped: Mapped): string | Refusal {
  const own = wireText(member.url.path);
  const { rest, query, raw, sent, encodedSlashes } = mapped;
  const alone = mapped.target.kind === 'worker';
  const canonical = raw ? rest : encoded(alone ? own + rest : rest, encodedSlashes);
  if (canonical === null) return { status: 400 };
  if (sent !== null && own === '' && canonical === rest) return sent; // it was looked through already
  let path = alone && !raw ? canonical : own + canonical;
  if (path.charCodeAt(0) !== SLASH) path = `/${path}`;
  if (query !== null) path += `?${query}`;
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (code <= 32 || code === 127) return { status: 403 };
  }
  return path;
}
