import { isIP } from 'node:net';
import type { ListenConf, ProxyProtocolConf } from '../../config/config.ts';
import { type ServerTls, usualServerTls } from '../../config/tls.ts';
import type { Context } from '../context.ts';
import { type Path, pathText } from '../document.ts';
import { placeIn } from '../places.ts';
import type { RawProxied } from '../schema.ts';
import type { Loose } from '../shape.ts';
import type { ProxyBalancer } from './balancers.ts';
import { resolveAccess } from './require.ts';
import { isHandingOn, tcpBalancer } from './tcp.ts';
import { pairAt } from './worker-tls.ts';

const kinds = ['http', 'https', 'tcp'] as const;

/** A place to listen; `tls` is null for HTTP in the clear. */
export interface Listening extends ListenConf {
  readonly tls: ServerTls | null;
  /** Who says in a header who the client is; null: nobody, or `tcp` has it. */
  readonly proxyProtocol: ProxyProtocolConf | null;
}

type RawListen = Loose<RawProxied['listen'][number]>;

/** Where the proxy listens. `hasPages`: whether it has something to say without a balancer. */
export function resolveListen(
  raw: Loose<RawProxied['listen']> | undefined,
  balancers: readonly ProxyBalancer[],
  hasPages: boolean,
  context: Context,
): readonly Listening[] {
  const isEmpty = balancers.length > 0 && balancers.every(isHandingOn) && !hasPages;
  return (raw ?? []).flatMap((item = {}, i): readonly Listening[] => {
    const path = ['listen', i];
    const written = kinds.filter((kind) => kind in item);
    const [kind] = written;
    if (kind === undefined || written.length > 1) {
      const found = kind === undefined ? 'says no protocol' : `says ${written.join(' and ')}`;
      const message = `${pathText(path)} ${found}; expected one of http, https or tcp.`;
      context.report(kind === undefined ? 'MISSING' : 'VALUE', path, message);
      return [];
    }
    refuseForeign(item, kind, path, context);
    const text = item[kind] ?? '*:1';
    const where = whereIn(text, [...path, kind], context);
    const from = item.proxyprotocol?.flatMap((network) => network ?? []);
    const proxyProtocol = from === undefined ? null : { from, exceptions: [] };
    if (kind === 'tcp') {
      const balancer = tcpBalancer(item.balancer, path, balancers, context);
      const tcp = { balancer, ...(proxyProtocol !== null && { proxyProtocol }) };
      return [{ ...where, tcp, tls: null, proxyProtocol: null }];
    }
    if (isEmpty) {
      const at = [...path, kind];
      const message = `${pathText(at)} leads nowhere: all balancers get connections, as their workers have tcp: urls; expected tcp: instead, or workers with http: urls.`;
      context.report('VALUE', at, message, 'key');
    }
    if (kind === 'http' && proxyProtocol === null) return [{ ...where, tls: null, proxyProtocol }];
    if (where.port === 0) {
      const at = [...path, kind];
      context.report('VALUE', at, `${pathText(at)} is "${text}"; expected a port from 1 to 65535.`);
    }
    const tls = kind === 'http' ? null : tlsOf(item, path, context);
    return [{ ...where, tls, proxyProtocol }];
  });
}

/** The admin listener; none when the file does not say it. */
export function resolveAdmin(
  raw: Loose<RawProxied['admin']> | undefined,
  context: Context,
): readonly ListenConf[] {
  if (raw?.listen === undefined) return [];
  const where = whereIn(raw.listen, ['admin', 'listen'], context);
  return [{ ...where, admin: resolveAccess(raw, 'admin', context) }];
}

/** `text`, which stands at `path`: `HOST:PORT`, `[IPV6]:PORT` or `*:PORT`. */
function whereIn(text: string, path: Path, context: Context): ListenConf {
  const colon = text.lastIndexOf(':');
  const host = text.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  return {
    place: placeIn(context.document, path),
    host: host === '*' ? null : host,
    port: Number(text.slice(colon + 1)),
  };
}

const foreignKeys = {
  http: ['certificate', 'key', 'balancer'],
  https: ['balancer'],
  tcp: ['certificate', 'key'],
} as const;

function refuseForeign(
  item: RawListen,
  kind: (typeof kinds)[number],
  path: Path,
  context: Context,
): void {
  const foreign: readonly string[] = foreignKeys[kind];
  for (const key of foreign.filter((one) => one in item)) {
    const at = [...path, key];
    const whose = key === 'balancer' ? 'tcp' : 'https';
    context.report('VALUE', at, `${pathText(at)} goes with ${whose}, not with ${kind}.`, 'key');
  }
}

function tlsOf({ certificate, key }: RawListen, path: Path, context: Context): ServerTls {
  if (certificate === undefined) {
    const message = `${pathText(path)} needs certificate: with the path of a PEM file.`;
    context.report('MISSING', path, message);
    return usualServerTls([]);
  }
  const pair = pairAt({ certificate, key }, path, context);
  return usualServerTls(pair === null ? [] : [pair]);
}

/** What a virtual host is told of the place: names are not compared with addresses. */
export function addressOf({ host, port }: Listening): { host: string; port: number } {
  return { host: host !== null && isIP(host) !== 0 ? host : '*', port };
}
