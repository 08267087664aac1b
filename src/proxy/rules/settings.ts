/**
 * What is said for one request: the server's own lines, then those of every section whose path matches, in order
 * of the file; for what it is proxied to, `<Proxy>` sections stand between the two. Switches: the last one said
 * wins; lists of header and reverse lines follow each other. Merged once per server and set of sections.
 */
import type { AuthConf, DirConf, Mapping, SectionConf, ServerConf } from '../../config/config.ts';
import { nothingSaid } from '../../config/defaults.ts';
import { wireText } from './bytes.ts';
import { Derived } from './derived.ts';
import { regexOf } from './substitute.ts';

/** A `DirConf` with httpd's defaults where nothing is said. */
export interface Settings extends DirConf {
  readonly preserveHost: boolean;
  readonly addHeaders: boolean;
  readonly errorOverride: { readonly on: boolean; readonly codes: readonly number[] };
  readonly proxy100Continue: boolean;
  /** Empty: none. */
  readonly handler: string;
  /** Bytes; 0: unlimited. */
  readonly requestBodyLimit: number;
  /** Of the last matching Location that has one. */
  readonly mapping: Mapping | null;
  /** Some Location matches, whatever it says. */
  readonly located: boolean;
}

export const BODY_LIMIT = 1024 ** 3;

/** What a request is proxied to, without its query. */
export interface Proxied {
  readonly origin: string;
  readonly appended: string;
}

type Matches<What> = (what: What) => boolean;

interface Matcher<What> {
  readonly section: SectionConf;
  readonly matches: Matches<What>;
}

interface Compiled {
  readonly locations: readonly Matcher<string>[];
  readonly proxies: readonly Matcher<Proxied>[];
  /** By matching sections: a bit each while there are few enough, else a text of 0 and 1. */
  readonly merged: Map<number | string, Settings>;
  /** What holds where no section matches. */
  readonly plain: Settings;
}

const compiledServers = new Derived(
  (server: ServerConf): Compiled => ({
    locations: ofKind(server, 'location').map((section) => ({ section, matches: within(section) })),
    proxies: ofKind(server, 'proxy').map((section) => ({ section, matches: begins(section) })),
    merged: new Map(),
    plain: settingsOf(server, []),
  }),
);

/**
 * Settings of a request. `proxied` is null before it is known: `<Proxy>` sections say nothing then. The mapping is the
 * same in both cases.
 */
export function settingsFor(
  server: ServerConf,
  path: string,
  proxied: Proxied | null = null,
): Settings {
  const { locations, proxies, merged, plain } = compiledServers.of(server);
  if (locations.length === 0 && (proxied === null || proxies.length === 0)) return plain;
  const few = locations.length + proxies.length <= 30;
  let bits = 0;
  let text = '';
  for (const { matches } of locations) {
    const bit = matches(path) ? 1 : 0;
    if (few) bits = bits * 2 + bit;
    else text += bit;
  }
  for (const { matches } of proxies) {
    const bit = proxied !== null && matches(proxied) ? 1 : 0;
    if (few) bits = bits * 2 + bit;
    else text += bit;
  }
  const key = few ? bits : text;
  let settings = merged.get(key);
  if (settings === undefined) {
    settings = mergedFor(server, path, proxied);
    merged.set(key, settings);
  }
  return settings;
}

/** Whether settings may differ once it is known what a request is proxied to. */
export function hasProxySections(server: ServerConf): boolean {
  return compiledServers.of(server).proxies.length > 0;
}

function ofKind({ sections }: ServerConf, kind: SectionConf['kind']): readonly SectionConf[] {
  return sections.filter((section) => section.kind === kind);
}

function within(section: SectionConf): Matches<string> {
  const path = wireText(section.path);
  if (section.regex) {
    const regex = regexOf(path);
    return (text) => regex.test(text);
  }
  const whole = path.endsWith('/') || path === '';
  const isWithin = (text: string): boolean =>
    text.startsWith(path) &&
    (whole || text.length === path.length || text.charCodeAt(path.length) === 47);
  // Runs of slashes count as one, even where they stay in the path (MergeSlashes Off).
  return (text) => isWithin(text.includes('//') ? text.replace(/\/\/+/g, '/') : text);
}

function begins(section: SectionConf): Matches<Proxied> {
  const path = wireText(section.path);
  if (section.regex) {
    const regex = regexOf(path);
    return ({ origin, appended }) => regex.test(origin + appended);
  }
  let lastOrigin = '';
  let last = ''.startsWith(path);
  return ({ origin, appended }) => {
    if (path.length > origin.length) return (origin + appended).startsWith(path);
    if (origin !== lastOrigin) {
      lastOrigin = origin; // most requests go where the one before went
      last = origin.startsWith(path);
    }
    return last;
  };
}

function mergedFor(server: ServerConf, path: string, proxied: Proxied | null): Settings {
  const { locations, proxies } = compiledServers.of(server);
  const matching = [
    ...proxies.filter(({ matches }) => proxied !== null && matches(proxied)),
    ...locations.filter(({ matches }) => matches(path)),
  ].map(({ section }) => section);
  return settingsOf(server, matching);
}

/** `matching`: sections, those that say more behind the others. */
function settingsOf(server: ServerConf, matching: readonly SectionConf[]): Settings {
  const located = matching.some(({ kind }) => kind === 'location');
  const said = [server, ...matching].reduce<DirConf>(merge, nothingSaid);
  return {
    ...said,
    preserveHost: said.preserveHost ?? false,
    addHeaders: said.addHeaders ?? true,
    errorOverride: said.errorOverride ?? { on: false, codes: [] },
    proxy100Continue: said.proxy100Continue ?? true,
    handler: said.handler ?? '',
    requestBodyLimit: said.requestBodyLimit ?? BODY_LIMIT,
    located,
    mapping: matching.reduce<Mapping | null>(
      (mapping, section) => section.mapping ?? mapping,
      null,
    ),
  };
}

function merge(outer: DirConf, inner: DirConf): DirConf {
  return {
    preserveHost: inner.preserveHost ?? outer.preserveHost,
    addHeaders: inner.addHeaders ?? outer.addHeaders,
    errorOverride: inner.errorOverride ?? outer.errorOverride,
    proxy100Continue: inner.proxy100Continue ?? outer.proxy100Continue,
    reverse: [...outer.reverse, ...inner.reverse],
    reverseCookieDomain: [...outer.reverseCookieDomain, ...inner.reverseCookieDomain],
    reverseCookiePath: [...outer.reverseCookiePath, ...inner.reverseCookiePath],
    headers: [...outer.headers, ...inner.headers],
    requestHeaders: [...outer.requestHeaders, ...inner.requestHeaders],
    env: [...outer.env, ...inner.env],
    require: inner.require ?? outer.require,
    ...((inner.requireSsl ?? outer.requireSsl) && { requireSsl: true }),
    auth: mergedAuth(outer.auth, inner.auth),
    handler: inner.handler ?? outer.handler,
    requestBodyLimit: inner.requestBodyLimit ?? outer.requestBodyLimit,
  };
}

function mergedAuth(outer: AuthConf | null, inner: AuthConf | null): AuthConf | null {
  if (outer === null || inner === null) return inner ?? outer;
  return {
    type: inner.type ?? outer.type,
    realm: inner.realm ?? outer.realm,
    userFile: inner.userFile ?? outer.userFile,
  };
}
