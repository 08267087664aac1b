/** `Require` lines: any of them lets a request in; negated ones keep it out (spec: httpd 8.1). */
import { BlockList, isIPv6 } from 'node:net';
import type { Require } from '../../config/config.ts';

/** Networks of each line, compiled once. */
const lists = new WeakMap<readonly string[], BlockList>();

/**
 * Whether the lines of one section (as httpd's RequireAny) let the client in; null: nothing is required.
 * `host` lines need a name for the address: `remoteHost` is null when none was looked up, and then they fail.
 */
export function allowed(
  require: readonly Require[] | null,
  remoteAddress: string,
  localAddress: string,
  remoteHost: string | null = null,
): boolean {
  if (require === null || require.length === 0) return true;
  let granted = false;
  for (const line of require) {
    const negated = 'negated' in line && line.negated;
    const met = meets(line, remoteAddress, localAddress, remoteHost);
    if (negated && met) return false;
    if (!negated && met) granted = true;
  }
  return granted;
}

function meets(
  line: Require,
  remoteAddress: string,
  localAddress: string,
  remoteHost: string | null,
): boolean {
  switch (line.kind) {
    case 'all':
      return line.granted;
    case 'ip':
      return inNetworks(line.networks, remoteAddress);
    case 'local':
      return inNetworks(LOOPBACK, remoteAddress) || remoteAddress === localAddress;
    case 'host':
      return remoteHost !== null && line.names.some((name) => isWithin(remoteHost, name));
  }
}

const LOOPBACK = ['127.0.0.0/8', '::1'];

/** Whether `address` is one of `networks`, which are compiled once. */
export function inNetworks(networks: readonly string[], address: string): boolean {
  let list = lists.get(networks);
  if (list === undefined) {
    list = new BlockList();
    for (const network of networks) addNetwork(list, network);
    lists.set(networks, list);
  }
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** `10`, `10.1`, `10.1.2.3`, `10.1.0.0/16`, `10.1.0.0/255.255.0.0`, `2001:db8::/32`, `all`. */
function addNetwork(list: BlockList, network: string): void {
  if (network.toLowerCase() === 'all') {
    list.addSubnet('0.0.0.0', 0, 'ipv4');
    list.addSubnet('::', 0, 'ipv6');
    return;
  }
  const slash = network.indexOf('/');
  const address = slash < 0 ? network : network.slice(0, slash);
  const mask = slash < 0 ? null : network.slice(slash + 1);
  if (address.includes(':')) {
    list.addSubnet(address, mask === null ? 128 : Number(mask), 'ipv6');
    return;
  }
  const given = address.split('.').filter((part) => part !== '');
  const full = [...given, '0', '0', '0'].slice(0, 4).join('.');
  list.addSubnet(full, mask === null ? given.length * 8 : prefixOf(mask), 'ipv4');
}

function prefixOf(mask: string): number {
  if (!mask.includes('.')) return Number(mask);
  const bits = mask.split('.').map((part) => Number(part).toString(2).padStart(8, '0'));
  return bits.join('').indexOf('0') < 0 ? 32 : bits.join('').indexOf('0');
}

/** A whole name, or the end of one at a dot. */
function isWithin(host: string, name: string): boolean {
  const h = host.toLowerCase();
  const n = name.toLowerCase();
  return h === n || h.endsWith(n.startsWith('.') ? n : `.${n}`);
}
