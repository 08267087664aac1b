/**
 * Who the client is by mod_remoteip's rules: the header is read from the right for as long as whoever says so is trusted.
 * What was read is taken out of it. Unlike httpd, names in it are not looked up.
 */
import { isIP, SocketAddress } from 'node:net';
import type { RemoteIpConf } from '../../config/config.ts';
import { plainAddress } from '../listener.ts';
import { inNetworks } from './access.ts';
import { folded, joined, set, unset } from './fields.ts';

export interface ToldClient {
  readonly address: string;
  /** The request's fields, without what was read. */
  readonly rawHeaders: readonly string[];
}

/** null: nobody who is trusted tells of another client than `peer`, the address connected from. */
export function toldClient(
  conf: RemoteIpConf,
  peer: string,
  rawHeaders: readonly string[],
): ToldClient | null {
  const lower = conf.header.toLowerCase();
  const proxies: string[] = [];
  let left = joined(rawHeaders, lower);
  let address = peer;
  let found = false;
  while (left !== null) {
    const trust = trustIn(conf, address);
    if (trust === null) break;
    const comma = left.lastIndexOf(',');
    const next = plainIp(left.slice(comma + 1).replace(/^ +| +$/g, ''));
    if (next === null || (trust === 'trusted' && !isPublic(next))) break;
    if (trust === 'trusted') proxies.push(address);
    address = next;
    left = comma < 0 ? null : left.slice(0, comma);
    found = true;
  }
  if (!found) return null;
  const fields = folded(rawHeaders);
  if (left === null) unset(fields, lower);
  else set(fields, conf.header, left);
  if (conf.proxiesHeader !== null && proxies.length > 0) {
    set(fields, conf.proxiesHeader, proxies.join(', '));
  }
  return { address, rawHeaders: fields };
}

/** Without any list, everybody is trusted as a proxy outside. */
function trustIn({ proxies }: RemoteIpConf, address: string): 'internal' | 'trusted' | null {
  if (proxies.length === 0) return 'trusted';
  return proxies.find(({ networks }) => inNetworks(networks, address))?.trust ?? null;
}

/** An address as the system writes it; null for anything else. */
function plainIp(text: string): string | null {
  const version = isIP(text);
  if (version === 0 || text.includes('%')) return null;
  if (version === 4) return text;
  const { address } = new SocketAddress({ address: text, family: 'ipv6' });
  return plainAddress(address);
}

const PRIVATE = ['10.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'];
const GLOBAL_UNICAST = ['2000::/3'];

/** What a proxy outside may say. */
function isPublic(address: string): boolean {
  return address.includes(':')
    ? inNetworks(GLOBAL_UNICAST, address)
    : !inNetworks(PRIVATE, address);
}
