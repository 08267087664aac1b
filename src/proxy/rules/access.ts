/** `Require` lines, as httpd's mod_authz_core weighs them (spec: httpd 8.1). */
import { BlockList, isIPv6 } from 'node:net';
import type { Require } from '../../config/config.ts';

/** Networks of each line, compiled once. */
const lists = new WeakMap<readonly string[], BlockList>();

/** Who asks. */
export interface Asking {
  readonly remoteAddress: string;
  readonly localAddress: string;
  /** null: no name was looked up, and `host` lines fail. */
  readonly remoteHost?: string | null;
  /** null: nobody knows yet, or nobody can know. */
  readonly user: string | null;
}

/** `unknown`: it depends on the user, who is not known. */
export type Admission = 'granted' | 'denied' | 'unknown';

/** A negated line never grants: it denies, or has nothing to say. */
type Verdict = Admission | 'neutral';

/** What the lines of one section say together, as in RequireAny; with none everybody is let in. */
export function admission(require: readonly Require[] | null, asking: Asking): Admission {
  if (require === null || require.length === 0) return 'granted';
  const verdict = anyOf(require, asking);
  return verdict === 'neutral' ? 'denied' : verdict;
}

function verdictOf(line: Require, asking: Asking): Verdict {
  const verdict = plainVerdict(line, asking);
  if (!line.negated) return verdict;
  return verdict === 'granted' ? 'denied' : 'neutral';
}

function plainVerdict(line: Require, asking: Asking): Verdict {
  switch (line.kind) {
    case 'every':
      return everyOf(line.of, asking);
    case 'any':
      return anyOf(line.of, asking);
    case 'user':
      if (asking.user === null) return 'unknown';
      return line.names?.includes(asking.user) === false ? 'denied' : 'granted';
    default:
      return meets(line, asking) ? 'granted' : 'denied';
  }
}

function anyOf(lines: readonly Require[], asking: Asking): Verdict {
  const verdicts = lines.map((line) => verdictOf(line, asking));
  const order = ['granted', 'unknown', 'denied'] as const;
  return order.find((verdict) => verdicts.includes(verdict)) ?? 'neutral';
}

function everyOf(lines: readonly Require[], asking: Asking): Verdict {
  const verdicts = lines.map((line) => verdictOf(line, asking));
  const order = ['denied', 'unknown', 'granted'] as const;
  return order.find((verdict) => verdicts.includes(verdict)) ?? 'neutral';
}

type OfAddress = Extract<Require, { readonly kind: 'all' | 'ip' | 'local' | 'host' }>;

function meets(line: OfAddress, { remoteAddress, localAddress, remoteHost }: Asking): boolean {
  switch (line.kind) {
    case 'all':
      return line.granted;
    case 'ip':
      return inNetworks(line.networks, remoteAddress);
    case 'local':
      return inNetworks(LOOPBACK, remoteAddress) || remoteAddress === localAddress;
    case 'host':
      return line.names.some((name) => remoteHost != null && isWithin(remoteHost, name));
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
