/** What workers that carry a URL are called in a scenario, and which backend is behind them. */
import type { MemberUrl } from '../config/config.ts';
import { namePattern } from './schema-parts.ts';

/** What a name is made of. */
export interface Nameable {
  /** The normalised URL. */
  readonly name: string;
  readonly url: MemberUrl;
  readonly route: string;
}

/**
 * Routes when all members have different ones that can be written in `workers.NAME.share`; else `host:port`
 * when those differ; else the URLs. An IPv6 address goes without brackets.
 */
export function workerNames(members: readonly Nameable[]): readonly string[] {
  const routes = members.map(({ route }) => route);
  if (differ(routes) && routes.every((route) => namePattern.test(route))) return routes;
  const authorities = members.map(({ url }) => hostAndPort(url));
  return differ(authorities) ? authorities : members.map(({ name }) => name);
}

/** Names under which `backends` may describe the server of a worker, the first that exists counts. */
export function backendNames(name: string, url: MemberUrl): readonly string[] {
  return [...new Set([name, hostAndPort(url), url.host])];
}

function hostAndPort({ host, port }: MemberUrl): string {
  return `${host}:${port}`;
}

function differ(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}
