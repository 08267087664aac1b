/**
 * Which virtual host answers (httpd's name-based rules): first the best address among those of all virtual hosts,
 * then the first server with that address whose ServerName or ServerAlias is the request's host, else the first
 * server with that address. Without any matching address the main server answers.
 */
import type { ProxyConfig, ServerConf } from '../../config/config.ts';
import { isPattern, patternOf } from './wildcard.ts';

interface Named {
  readonly server: number;
  /** ServerName and plain aliases, in lower case. */
  readonly names: ReadonlySet<string>;
  readonly patterns: readonly RegExp[];
}

/** Servers by `host:port` of their addresses, `*` and 0 for any, in order of the file. */
type Chains = ReadonlyMap<string, readonly Named[]>;

const chainsOf = new WeakMap<ProxyConfig, Chains>();

/**
 * Index into `config.servers`. `authority` is the Host field or the authority of an absolute target; null (HTTP/1.0):
 * the first server with the address.
 */
export function serverFor(
  config: ProxyConfig,
  localHost: string,
  localPort: number,
  authority: string | null,
): number {
  if (config.servers.length === 1) return 0;
  const chain = chainFor(config, localHost, localPort);
  if (chain === undefined) return 0;
  if (chain.length === 1 || authority === null) return chain[0].server;
  const host = hostOf(authority);
  for (const { server, names, patterns } of chain) {
    if (names.has(host) || patterns.some((pattern) => pattern.test(host))) return server;
  }
  return chain[0].server;
}

/** Whether names tell the virtual hosts of an address apart. */
export function sharesAddress(config: ProxyConfig, localHost: string, localPort: number): boolean {
  return (chainFor(config, localHost, localPort)?.length ?? 0) > 1;
}

function chainFor(config: ProxyConfig, host: string, port: number): readonly Named[] | undefined {
  let chains = chainsOf.get(config);
  if (chains === undefined) {
    chains = compile(config);
    chainsOf.set(config, chains);
  }
  return (
    chains.get(`${host}:${port}`) ??
    chains.get(`${host}:0`) ??
    chains.get(`*:${port}`) ??
    chains.get('*:0')
  );
}

function compile(config: ProxyConfig): Chains {
  const chains = new Map<string, Named[]>();
  config.servers.forEach((conf, server) => {
    if (server === 0) return;
    const named = namesOf(conf, server);
    for (const { host, port } of conf.addresses) {
      const key = `${host === '0.0.0.0' || host === '::' ? '*' : host.toLowerCase()}:${port}`;
      const chain = chains.get(key);
      if (chain === undefined) chains.set(key, [named]);
      else if (!chain.includes(named)) chain.push(named);
    }
  });
  return chains;
}

function namesOf(conf: ServerConf, server: number): Named {
  const names = conf.aliases.filter((alias) => !isPattern(alias));
  if (conf.serverName !== null) names.push(conf.serverName.host);
  return {
    server,
    names: new Set(names.map((name) => name.toLowerCase())),
    patterns: conf.aliases.filter(isPattern).map(patternOf),
  };
}

/** The host of a Host field or authority: lower case, without port, brackets of IPv6 and a final dot. */
export function hostOf(authority: string): string {
  const host = authority.toLowerCase();
  if (host.startsWith('[')) return host.slice(1, host.indexOf(']'));
  const colon = host.indexOf(':');
  const end = colon < 0 ? host.length : colon;
  return host.slice(0, host[end - 1] === '.' ? end - 1 : end);
}

/** The port written in a Host field or authority; null without one. */
export function portOf(authority: string): number | null {
  const colon = authority.lastIndexOf(':');
  if (colon < 0 || authority.endsWith(']') || colon === authority.length - 1) return null;
  return Number(authority.slice(colon + 1));
}
