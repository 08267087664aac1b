/** Routes as httpd would have them: the main server, and a virtual host for each host that a route names. */
import type { Mapping, Place, Reverse, SectionConf, ServerConf } from '../../config/config.ts';
import { nothingSaid, serverDefaults } from '../../config/defaults.ts';
import type { Context } from '../context.ts';
import { placeIn } from '../places.ts';
import type { RawProxied } from '../schema.ts';
import type { Loose } from '../shape.ts';
import type { ProxyBalancer } from './balancers.ts';
import { addressOf, type Listening } from './listen.ts';
import type { ManagerPage } from './manager.ts';
import { routeCookie } from './route-cookie.ts';
import { type Route, resolveRoutes } from './routes.ts';

const inTheClear = { tls: null, proxyProtocol: null } as const;

/** The main server first. A host that no route names is answered by the routes without a host. */
export function resolveServers(
  raw: Loose<RawProxied['routes']>,
  balancers: readonly ProxyBalancer[],
  manager: ManagerPage | null,
  listen: readonly Listening[],
  context: Context,
): readonly [ServerConf, ...ServerConf[]] {
  const hasHttp = listen.length === 0 || listen.some(({ tcp }) => tcp === undefined);
  const routes = resolveRoutes(raw, balancers, hasHttp, context);
  const top = placeIn(context.document, raw === undefined ? [] : ['routes']);
  const sections = [...balancers.flatMap(cookieSection), ...managerSection(manager)];
  const server = (
    host: string | null,
    addresses: ServerConf['addresses'],
    place: Place,
    how: Pick<Listening, 'tls' | 'proxyProtocol'> = inTheClear,
  ) => {
    const mine = routes.filter((route) => route.host === null || route.host === host);
    return {
      ...nothingSaid,
      ...serverDefaults,
      place,
      addresses,
      serverName: host === null ? null : { scheme: null, host, port: null },
      reverse: reverseOf(mine, balancers),
      mappings: [...managerMapping(manager), ...mine.map((route) => mappingOf(route, balancers))],
      sections,
      balancers: balancers.map((_, index) => index),
      healthExpressions: balancers.flatMap(({ expressions }) => expressions),
      ...(how.tls !== null && { tls: how.tls }),
      ...(how.proxyProtocol !== null && { proxyProtocol: how.proxyProtocol }),
    } satisfies ServerConf;
  };
  const main = server(null, [], top);
  const hosts = new Map(routes.flatMap(({ host, place }) => (host ? [[host, place]] : [])));
  const at = (
    address: ServerConf['addresses'][number],
    how: Pick<Listening, 'tls' | 'proxyProtocol'>,
  ) => [
    // The first virtual host of an address answers for every host that none is named after.
    server(null, [address], top, how),
    ...[...hosts].map(([host, place]) => server(host, [address], place, how)),
  ];
  const special = listen.filter(({ tls, proxyProtocol }) => tls !== null || proxyProtocol !== null);
  const plain = hosts.size === 0 ? [] : at({ host: '*', port: 0 }, inTheClear);
  return [main, ...plain, ...special.flatMap((one) => at(addressOf(one), one))];
}

/** The path goes on as it is. */
function mappingOf(
  { path, balancer, conditions, place }: Route,
  balancers: readonly ProxyBalancer[],
): Mapping {
  const target = { kind: 'balancer', balancer, path } as const;
  const origin = `balancer://${balancers[balancer]?.conf.name}`; // what the cookie's section is compared with
  const plain = { regex: false, origin, substitution: null, nocanon: false, noquery: false };
  return { place, path, target, ...plain, ...(conditions !== null && { conditions }) };
}

/** What backends say of their own URLs becomes the proxy's: paths are the same on both sides. */
function reverseOf(routes: readonly Route[], balancers: readonly ProxyBalancer[]): Reverse[] {
  return [...new Set(routes.map(({ balancer }) => balancer))].flatMap((index) => {
    const conf = balancers[index]?.conf;
    return conf ? [{ place: conf.place, fake: '/', real: `balancer://${conf.name}/` }] : [];
  });
}

function managerMapping(manager: ManagerPage | null): Mapping[] {
  if (manager === null) return [];
  const plain = { regex: false, origin: '', substitution: null, nocanon: false, noquery: false };
  return [{ place: manager.place, path: manager.path, target: { kind: 'none' }, ...plain }];
}

function managerSection(manager: ManagerPage | null): SectionConf[] {
  if (manager === null) return [];
  const { place, path, require, auth } = manager;
  const where = { kind: 'location', path, regex: false, mapping: null } as const;
  return [{ ...nothingSaid, place, ...where, require, auth, handler: 'balancer-manager' }];
}

function cookieSection({ conf, setcookie }: ProxyBalancer): SectionConf[] {
  const { sticky, name, written, place } = conf;
  if (!setcookie || sticky === null) return [];
  return [routeCookie(sticky, name, written['setcookie'] ?? place)];
}
