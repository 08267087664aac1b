/**
 * ProxyPassReverse and its cookie relatives (spec: httpd 10.4): addresses of backends in responses become the
 * proxy's own. Entries are tried in order; the first that fits decides.
 */
import type { ProxyConfig, Reverse } from '../../config/config.ts';
import { wireText } from './bytes.ts';

/**
 * A Location (Content-Location, URI, Destination) as clients may see it.
 * @param origin `scheme://host[:port]` of the proxy, put before results that are no URL.
 */
export function reverseLocation(
  url: string,
  entries: readonly Reverse[],
  config: ProxyConfig,
  origin: () => string,
): string {
  if (url === '') return url;
  let length = url.length;
  for (const entry of entries) {
    const real = wireText(entry.real);
    const fake = wireText(entry.fake);
    const workers = balancerNames(config, real);
    if (workers !== null) {
      const found = fromBalancer(url, length, workers, pathOf(real), fake);
      if (found !== null) return absolute(found, origin);
      continue;
    }
    let part = url;
    if (real[0] === '/') {
      part = pathPart(url);
      length = part.length; // httpd keeps it for the entries that follow
    }
    if (real !== '' && length >= real.length && startsWith(part, real)) {
      return absolute(fake + part.slice(real.length), origin);
    }
  }
  return url;
}

/** Names of a balancer's members; null unless `real` is `balancer://` and the name of one. */
function balancerNames(config: ProxyConfig, real: string): string[] | null {
  if (!startsWith(real, 'balancer://')) return null;
  const slash = real.indexOf('/', 11);
  const name = real.slice(11, slash < 0 ? real.length : slash).toLowerCase();
  const balancer = config.balancers.find((candidate) => candidate.name === name);
  return balancer === undefined ? null : balancer.workers.map((worker) => worker.name);
}

/** What follows the balancer's name; null for nothing but a slash. */
function pathOf(real: string): string | null {
  const slash = real.indexOf('/', 11);
  return slash < 0 || slash === real.length - 1 ? null : real.slice(slash);
}

function fromBalancer(
  url: string,
  length: number,
  workers: readonly string[],
  path: string | null,
  fake: string,
): string | null {
  for (const worker of workers) {
    const name = path !== null && worker.endsWith('/') ? worker.slice(0, -1) : worker;
    const prefix = name.length + (path?.length ?? 0);
    if (length < prefix || !startsWith(url, name)) continue;
    if (path !== null && !url.startsWith(path, name.length)) continue;
    const rest = url.slice(prefix);
    return path === null && fake === '/' && rest[0] === '/' ? rest : fake + rest;
  }
  return null;
}

function pathPart(url: string): string {
  const authority = url.indexOf('://');
  const slash = authority < 0 ? -1 : url.indexOf('/', authority + 3);
  return slash < 0 ? url : url.slice(slash);
}

function absolute(url: string, origin: () => string): string {
  return /^[A-Za-z0-9+\-.]+:\/\//.test(url) ? url : origin() + url;
}

/** Without case. */
function startsWith(text: string, prefix: string): boolean {
  if (text.length < prefix.length) return false;
  return text.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase();
}

/** A Set-Cookie value with its path and domain as clients must see them. */
export function reverseCookie(
  cookie: string,
  paths: readonly Reverse[],
  domains: readonly Reverse[],
): string {
  if (paths.length === 0 && domains.length === 0) return cookie;
  const path = lastAttribute(cookie, 'path=');
  const domain = lastAttribute(cookie, 'domain=');
  const changes = [
    change(cookie, path, paths, (value, real) => value.startsWith(real)),
    change(cookie, domain, domains, startsWith),
  ].filter((one) => one !== null);
  changes.sort((a, b) => b.from - a.from);
  return changes.reduce(
    (text, { from, to, fake }) => text.slice(0, from) + fake + text.slice(to),
    cookie,
  );
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Where the value of the last attribute stands that starts with `name`; blanks before it are skipped. */
function lastAttribute(cookie: string, name: string): Span | null {
  let found: Span | null = null;
  for (let at = 0; at < cookie.length; ) {
    const end = cookie.indexOf(';', at);
    const to = end < 0 ? cookie.length : end;
    let start = at;
    while (start < to && /\s/.test(cookie[start])) start++;
    const from = start + name.length;
    if (cookie.slice(start, from).toLowerCase() === name) found = { from, to };
    at = to + 1;
  }
  return found;
}

function change(
  cookie: string,
  span: Span | null,
  entries: readonly Reverse[],
  fits: (value: string, real: string) => boolean,
): (Span & { fake: string }) | null {
  if (span === null) return null;
  const value = cookie.slice(span.from, span.to);
  const entry = entries.find(({ real }) => fits(value, wireText(real)));
  return entry === undefined ? null : { ...span, fake: wireText(entry.fake) };
}
