/** How a simulated request reads on the wire: its path, and the route that its session carries. */
import type { Flight } from '../../sim/flights.ts';
import { keyOf } from '../core/index.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** By scenario and client class, the text of each path by its key. */
const texts = new WeakMap<Scenario, readonly ReadonlyMap<number, string>[]>();

/** `route`: carried in the path; null: it is not. */
export function targetOf(scenario: Scenario, flight: Flight, route: string | null): string {
  const path = pathsOf(scenario)[flight.client]!.get(flight.uriKey) ?? '/';
  const { sticky } = scenario.balancer;
  if (sticky === null || route === null) return path;
  return `${path}?${sticky.path}=${carried(sticky.separator, route)}`;
}

/** A Cookie field; null without a route. */
export function cookieOf(scenario: Scenario, route: string | null): string | null {
  const { sticky } = scenario.balancer;
  if (sticky === null || route === null) return null;
  return `${sticky.cookie}=${carried(sticky.separator, route)}`;
}

/** The route that an answer gives its client; null: none. */
export function routeIn({ balancer }: Scenario, cookies: readonly string[]): string | null {
  const { sticky } = balancer;
  if (sticky === null) return null;
  const begin = `${sticky.cookie}=${sticky.separator}`;
  const given = cookies.find((cookie) => cookie.startsWith(begin));
  return given === undefined ? null : given.slice(begin.length).split(';', 1)[0]!;
}

function carried(separator: string, route: string): string {
  return `${separator}${route}`;
}

function pathsOf(scenario: Scenario) {
  const known = texts.get(scenario);
  if (known !== undefined) return known;
  const made = scenario.clients.map(({ paths }) => {
    const ranks = Array.from({ length: paths?.max ?? 0 }, (_, i) => `/${i + 1}`);
    return new Map(ranks.map((path) => [keyOf(path), path]));
  });
  texts.set(scenario, made);
  return made;
}
