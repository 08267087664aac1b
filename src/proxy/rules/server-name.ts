/** What a server calls itself towards clients and backends: in redirects, Via and X-Forwarded-Server. */
import type { ServerConf } from '../../config/config.ts';
import { hostOf, portOf } from './server.ts';

/** How the client reached the server. */
export interface Reached {
  readonly secure: boolean;
  /** Host field, or the authority of an absolute target; null without either. */
  readonly authority: string | null;
  readonly localAddress: string;
}

/** ServerName. httpd has always one; without it the address the client reached stands in. */
export function serverName(server: ServerConf, reached: Reached): string {
  return server.serverName?.host ?? reached.localAddress;
}

/** `:port`, or nothing for the scheme's default (spec: httpd 10.1, ProxyVia). */
export function portSuffix(server: ServerConf, reached: Reached): string {
  const standard = reached.secure ? 443 : 80;
  const asked =
    server.useCanonicalName || reached.authority === null ? null : portOf(reached.authority);
  const { serverName, addresses } = server;
  // A ServerName without port says that there is none; only without ServerName the address counts.
  const said = serverName === null ? addresses[0]?.port : serverName.port;
  const port = asked ?? said ?? 0;
  return port === 0 || port === standard ? '' : `:${port}`;
}

/** `scheme://host[:port]` for absolute URLs to this server: the client's Host, with UseCanonicalName the server's. */
export function origin(server: ServerConf, reached: Reached): string {
  const asked = server.useCanonicalName ? '' : hostOf(reached.authority ?? '');
  const name = asked === '' ? serverName(server, reached) : asked;
  const host = name.includes(':') ? `[${name}]` : name;
  return `${reached.secure ? 'https' : 'http'}://${host}${portSuffix(server, reached)}`;
}
