/** Routes as httpd would have them: the main server, and a virtual host for each host that a route names. */
import type { Mapping, Place, Reverse, SectionConf, ServerConf } from '../../config/config.ts';
import { nothingSaid, serverDefaults } from '../../config/defaults.ts';
import { suggestion } from '../../problems/suggest.ts';
import type { Context } from '../context.ts';
import { type Path, pathText } from '../document.ts';
import { placeIn } from '../places.ts';
import type { RawProxied } from '../schema.ts';
import type { Loose } from '../shape.ts';
import type { ProxyBalancer } from './balancers.ts';
import { addressOf, type Listening } from './listen.ts';
import type { ManagerPage } from './manager.ts';

interface Route {
  readonly host: string | null;
  readonly path: string;
  readonly balancer: number;
  readonly place: Place;
}

const inTheClear = { tls: null, proxyProtocol: null } as const;

/** The main server first. A host that no route names is answered by the routes without a host. */
export function resolveServers(
  raw: Loose<RawProxied['routes']>,
  balancers: readonly ProxyBalancer[],
  manager: ManagerPage | null,
  listen: readonly Listening[],
  context: Context,
): readonly [ServerConf, ...ServerConf[]] {
  const routes = resolveRoutes(raw, balancers, context);
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

function resolveRoutes(
  raw: Loose<RawProxied['routes']>,
  balancers: readonly ProxyBalancer[],
  context: Context,
): readonly Route[] {
  if (raw === undefined) {
    const place = balancers[0]?.conf.place;
    if (balancers.length > 1) {
      const message =
        'routes is missing and there are several balancers; expected routes: [ { path: /, balancer: NAME } ].';
      context.report('MISSING', ['routes'], message);
    }
    return place === undefined ? [] : [{ host: null, path: '/', balancer: 0, place }];
  }
  return raw.flatMap((route = {}, i) => {
    const path = ['routes', i];
    for (const key of ['header', 'cookie'].filter((one) => one in route))
      refuse(key, path, context);
    if (/[*?]/.test(route.host ?? '')) refuse('host', path, context, ' with * or ?');
    if (!('path' in route) && !('host' in route)) {
      const message = `${pathText(path)} says neither path nor host; expected one of them.`;
      context.report('MISSING', path, message);
    }
    return [
      {
        host: route.host?.toLowerCase() ?? null,
        path: route.path ?? '/',
        balancer: balancerIndex(route.balancer, path, balancers, context),
        place: placeIn(context.document, path),
      },
    ];
  });
}

function refuse(key: string, path: Path, context: Context, what = ''): void {
  const at = [...path, key];
  const message = `${pathText(at)}${what} is not supported yet by the proxy; use path and host.`;
  context.report('NOT_SUPPORTED', at, message, what === '' ? 'key' : 'value');
}

function balancerIndex(
  name: string | undefined,
  path: Path,
  balancers: readonly ProxyBalancer[],
  context: Context,
): number {
  const names = balancers.map(({ conf }) => conf.name);
  if (name === undefined) {
    if (names.length > 1) {
      const message = `${pathText(path)} names no balancer and there are several; expected balancer: with one of ${names.join(', ')}.`;
      context.report('MISSING', path, message);
    }
    return 0;
  }
  const index = names.indexOf(name.toLowerCase());
  if (index < 0 && names.length > 0) {
    const at = [...path, 'balancer'];
    const message = `${pathText(at)} is "${name}", which is no balancer of the file; ${suggestion(name, names)}`;
    context.report('REFERENCE', at, message);
  }
  return Math.max(0, index);
}

/** The path goes on as it is. */
function mappingOf({ path, balancer, place }: Route, balancers: readonly ProxyBalancer[]): Mapping {
  const target = { kind: 'balancer', balancer, path } as const;
  const origin = `balancer://${balancers[balancer]?.conf.name}`; // what the cookie's section is compared with
  const plain = { regex: false, origin, substitution: null, nocanon: false, noquery: false };
  return { place, path, target, ...plain };
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

/** httpd's recipe: tell the client its route whenever that changes (spec: httpd 4.5). */
function cookieSection({ conf, setcookie }: ProxyBalancer): SectionConf[] {
  const { sticky, name } = conf;
  if (!setcookie || sticky === null) return [];
  const place = conf.written['setcookie'] ?? conf.place;
  const value = `${sticky.cookie}=${sticky.separator}%{BALANCER_WORKER_ROUTE}e; path=/`;
  const header = {
    place,
    action: 'add',
    name: 'Set-Cookie',
    value,
    replacement: null,
    env: { name: 'BALANCER_ROUTE_CHANGED', negated: false },
    always: false,
  } as const;
  const where = {
    kind: 'proxy',
    path: `balancer://${name}/`,
    regex: false,
    mapping: null,
  } as const;
  return [{ ...nothingSaid, place, ...where, headers: [header] }];
}
