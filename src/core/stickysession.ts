/**
 * Sticky sessions: from the text of a request to a route (spec: httpd 4), and from a route to a worker
 * (2.4). The parsing rules are httpd's to the letter, surprises included: names match as substrings,
 * nothing is unquoted, and a value without separator hides every other.
 */
import { tryRetry } from './candidates.ts';
import { type BalancerViews, NONE, usable, type WorkerViews } from './state.ts';
import { status } from './status.ts';

export interface StickySession {
  /** Cookie name; never empty. */
  readonly cookie: string;
  /** URL parameter name. */
  readonly path: string;
  /** One character; empty (`Off`) makes the whole value the route. */
  readonly separator: string;
  /** Whether `;` ends a value in the URL. */
  readonly scolonpathdelim: boolean;
}

/** `NAME`, or `COOKIE|PATH`, split at the first bar; 63 characters of each are kept. */
export function stickyNames(value: string): { cookie: string; path: string } {
  const bar = value.indexOf('|');
  const [cookie, path] = bar < 0 ? [value, value] : [value.slice(0, bar), value.slice(bar + 1)];
  return { cookie: cookie.slice(0, 63), path: path.slice(0, 63) };
}

/** The route a request asks for and the name that carried it. `route` is null without one. */
export interface RequestRoute {
  readonly route: string | null;
  readonly from: string | null;
}

/**
 * Reads the route from a request.
 * @param url balancer URL after mapping: the decoded path, then `?` and the raw query if there is one.
 * @param cookies the Cookie header, several lines joined by `, `; null without one.
 */
export function requestRoute(
  sticky: StickySession,
  url: string,
  cookies: string | null,
): RequestRoute {
  let from = sticky.path;
  let value = urlValue(url, sticky.path, sticky.scolonpathdelim);
  if (value === null && cookies !== null) {
    from = sticky.cookie;
    value = cookieValue(cookies, sticky.cookie);
  }
  const route = value === null ? null : routeOf(value, sticky.separator);
  return route === null ? { route, from: null } : { route, from };
}

/** What follows the first separator; null when there is none. */
function routeOf(value: string, separator: string): string | null {
  if (separator === '') return value;
  const at = value.indexOf(separator);
  return at < 0 ? null : value.slice(at + 1);
}

const VALUE = /^[?&]*([^?&]+)/;
const DELIMITED_VALUE = /^[?&;]*([^?&;]+)/;

function urlValue(url: string, name: string, scolonpathdelim: boolean): string | null {
  const value = scolonpathdelim ? DELIMITED_VALUE : VALUE;
  let at = url.indexOf(name);
  while (at >= 0) {
    const end = at + name.length;
    if (url[end] === '=' && end + 1 < url.length) {
      return value.exec(url.slice(end + 1))?.[1] ?? null;
    }
    at = end + 1 <= url.length ? url.indexOf(name, end + 1) : NONE;
  }
  return null;
}

function cookieValue(header: string, name: string): string | null {
  let at = header.indexOf(name);
  while (at >= 0) {
    if (at === 0 || isBlank(header.charCodeAt(at - 1)) || endsValue(header.charCodeAt(at - 1))) {
      let equals = at + name.length;
      while (isBlank(header.charCodeAt(equals))) equals++;
      if (header[equals] === '=' && equals + 1 < header.length) {
        const start = equals + 1;
        let end = start;
        while (end < header.length && !endsValue(header.charCodeAt(end))) end++;
        return header.slice(start, end);
      }
      at = equals + 1; // httpd has stepped over the character that was not `=`
    }
    at = header.indexOf(name, at + 1);
  }
  return null;
}

/** A blank, or a control character that C takes for one. */
function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

/** A semicolon or a comma. */
function endsValue(code: number): boolean {
  return code === 0x3b || code === 0x2c;
}

/** Ids that stand for routes no worker has. */
export const NO_ROUTE = -1;
export const EMPTY_ROUTE = -2;
export const UNKNOWN_ROUTE = -3;

/**
 * The worker that `routeId` (a row number, see `workerColumns.routeId`) leads to: regular workers first, then
 * standbys; through redirects when the routed worker cannot serve. Lifts errors whose retry time is over.
 */
export function findRoute(
  balancer: BalancerViews,
  workers: WorkerViews,
  routeId: number,
  nowNs: number,
  depth = 1,
): number {
  for (const standby of [0, status.H]) {
    for (let worker = 0; worker < balancer.workers[0]; worker++) {
      if (workers.routeId[worker] !== routeId) continue;
      if ((workers.status[worker] & status.H) !== standby) continue;
      if (usable(workers, worker)) return worker;
      tryRetry(balancer, workers, worker, nowNs);
      if (usable(workers, worker)) return worker;
      const redirectId = workers.redirectId[worker];
      if (redirectId === NONE || depth >= balancer.workers[0]) continue;
      const other = findRoute(balancer, workers, redirectId, nowNs, depth + 1);
      if (other !== NONE) return other; // usable, or it would not have been found
    }
  }
  return NONE;
}
