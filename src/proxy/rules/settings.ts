/**
 * What is said for one request: the server's own lines, then those of every section whose path matches, in order
 * of the file; for what it is proxied to, `<Proxy>` sections stand between the two. Switches: the last one said
 * wins; lists of header and reverse lines follow each other. Merged once per server and set of sections.
 */
import type { AuthConf, DirConf, Mapping, SectionConf, ServerConf } from '../../config/config.ts';
import { nothingSaid } from '../../config/defaults.ts';
import { wireText } from './bytes.ts';
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

type Matches = (path: string) => boolean;

interface Compiled {
  readonly locations: readonly { readonly section: SectionConf; readonly matches: Matches }[];
  readonly proxies: readonly { readonly section: SectionConf; readonly matches: Matches }[];
  /** By matching sections: a bit each while there are few enough, else a text of 0 and 1. */
  readonly merged: Map<number | string, Settings>;
}

const compiledServers = new WeakMap<ServerConf, Compiled>();

/**
 * Settings of a request. `url` is what it is proxied to (`sectionUrl`); null before that is known: `<Proxy>`
 * sections say nothing then. The mapping is the same in both cases.
 */
export function settingsFor(server: ServerConf, path: string, url: string | null = null): Settings {
  const compiled = compiledServers.get(server) ?? compile(server);
  const { locations, proxies } = compiled;
  const few = locations.length + proxies.length <= 30;
  let bits = 0;
  let text = '';
  for (const { matches } of locations) {
    const bit = matches(path) ? 1 : 0;
    if (few) bits = bits * 2 + bit;
    else text += bit;
  }
  for (const { matches } of proxies) {
    const bit = url !== null && matches(url) ? 1 : 0;
    if (few) bits = bits * 2 + bit;
    else text += bit;
  }
  const key = few ? bits : text;
  let settings = compiled.merged.get(key);
  if (settings === undefined) {
    settings = mergedFor(server, compiled, path, url);
    compiled.merged.set(key, settings);
  }
  return settings;
}

/** Whether settings may differ once it is known what a request is proxied to. */
export function hasProxySections(server: ServerConf): boolean {
  return (compiledServers.get(server) ?? compile(server)).proxies.length > 0;
}

function compile(server: ServerConf): Compiled {
  const with_ = (kind: SectionConf['kind']) =>
    server.sections
      .filter((section) => section.kind === kind)
      .map((section) => ({ section, matches: matcher(section) }));
  const compiled = { locations: with_('location'), proxies: with_('proxy'), merged: new Map() };
  compiledServers.set(server, compiled);
  return compiled;
}

function matcher(section: SectionConf): Matches {
  const path = wireText(section.path);
  if (section.regex) {
    const regex = regexOf(path);
    return (text) => regex.test(text);
  }
  if (section.kind === 'proxy') return (text) => text.startsWith(path);
  const whole = path.endsWith('/') || path === '';
  const isWithin = (text: string): boolean =>
    text.startsWith(path) &&
    (whole || text.length === path.length || text.charCodeAt(path.length) === 47);
  // Runs of slashes count as one, even where they stay in the path (MergeSlashes Off).
  return (text) => isWithin(text.includes('//') ? text.replace(/\/\/+/g, '/') : text);
}

function mergedFor(
  server: ServerConf,
  compiled: Compiled,
  path: string,
  url: string | null,
): Settings {
  const matching = [
    ...compiled.proxies.filter(({ matches }) => url !== null && matches(url)),
    ...compiled.locations.filter(({ matches }) => matches(path)),
  ].map(({ section }) => section);
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
