/** Routes: which balancer takes which requests. */
import type { Conditions, NamedValue, Place } from '../../config/config.ts';
import { suggestion } from '../../problems/suggest.ts';
import type { Context } from '../context.ts';
import { type Path, pathText } from '../document.ts';
import { placeIn } from '../places.ts';
import type { RawProxied } from '../schema.ts';
import type { Loose } from '../shape.ts';
import type { ProxyBalancer } from './balancers.ts';
import { isHandingOn } from './tcp.ts';

export interface Route {
  readonly host: string | null;
  readonly path: string;
  readonly balancer: number;
  /** null: none. */
  readonly conditions: Conditions | null;
  readonly place: Place;
}

type Routes = NonNullable<RawProxied['routes']>;
type RawRoute = Loose<Routes[number]>;

/** In their order. Without any, all paths go to the only balancer that gets requests. `hasHttp`: some may come. */
export function resolveRoutes(
  raw: Loose<Routes> | undefined,
  balancers: readonly ProxyBalancer[],
  hasHttp: boolean,
  context: Context,
): readonly Route[] {
  if (raw === undefined) {
    const able = balancers.filter((one) => !isHandingOn(one));
    if (able.length > 1 && hasHttp) {
      const message =
        'routes is missing and there are several balancers; expected routes: [ { path: /, balancer: NAME } ].';
      context.report('MISSING', ['routes'], message);
    }
    const [only] = able;
    if (only === undefined) return [];
    const { place } = only.conf;
    const balancer = balancers.indexOf(only);
    return [{ host: null, path: '/', balancer, conditions: null, place }];
  }
  if (!hasHttp) {
    const message =
      'routes are for requests, and listen has neither http nor https; expected one of them, or no routes.';
    context.report('VALUE', ['routes'], message, 'key');
  }
  return raw.map((route = {}, i) => {
    const path = ['routes', i];
    if (/[*?]/.test(route.host ?? '')) {
      const at = [...path, 'host'];
      const message = `${pathText(at)} with * or ? is not supported yet by the proxy; name each host.`;
      context.report('NOT_SUPPORTED', at, message);
    }
    if (['path', 'host', 'header', 'cookie'].every((key) => !(key in route))) {
      const message = `${pathText(path)} says neither path nor host, header or cookie; expected one of them.`;
      context.report('MISSING', path, message);
    }
    return {
      host: route.host?.toLowerCase() ?? null,
      path: route.path ?? '/',
      balancer: balancerIndex(route.balancer, path, balancers, context),
      conditions: conditionsOf(route, path, context),
      place: placeIn(context.document, path),
    };
  });
}

/** null: none. */
function conditionsOf(
  { header, cookie }: RawRoute,
  path: Path,
  context: Context,
): Conditions | null {
  const headers = valuesOf(header);
  const seen = new Set<string>();
  for (const { name } of headers) {
    const at = [...path, 'header', name];
    const lower = name.toLowerCase();
    if (lower === 'host' || lower === 'cookie') {
      const message = `${pathText(at)} has a key of its own; expected ${lower}: beside header.`;
      context.report('VALUE', at, message, 'key');
    } else if (seen.has(lower)) {
      const message = `${pathText(at)} is an earlier name in other letters; expected each header once.`;
      context.report('DUPLICATE', at, message, 'key');
    }
    seen.add(lower);
  }
  const cookies = valuesOf(cookie);
  return headers.length + cookies.length === 0 ? null : { headers, cookies };
}

function valuesOf(pairs: Readonly<Record<string, string | undefined>> = {}): NamedValue[] {
  return Object.entries(pairs).map(([name, value = '']) => ({ name, value }));
}

function balancerIndex(
  name: string | undefined,
  path: Path,
  balancers: readonly ProxyBalancer[],
  context: Context,
): number {
  const able = balancers.filter((one) => !isHandingOn(one));
  const names = able.map(({ conf }) => conf.name);
  if (name === undefined) {
    if (names.length > 1) {
      const message = `${pathText(path)} names no balancer and there are several; expected balancer: with one of ${names.join(', ')}.`;
      context.report('MISSING', path, message);
    }
    return Math.max(0, balancers.indexOf(able[0]!));
  }
  const at = [...path, 'balancer'];
  const index = balancers.findIndex(({ conf }) => conf.name === name.toLowerCase());
  if (index >= 0 && isHandingOn(balancers[index]!)) {
    const message = `${pathText(at)} is "${name}", which gets connections, as its workers have tcp: urls; a route leads to workers with http: urls. For connections expected listen: [ { tcp: …, balancer: ${name} } ].`;
    context.report('VALUE', at, message);
  } else if (index < 0 && balancers.length > 0) {
    const message = `${pathText(at)} is "${name}", which is no balancer of the file; ${suggestion(name, names)}`;
    context.report('REFERENCE', at, message);
  }
  return Math.max(0, index);
}
