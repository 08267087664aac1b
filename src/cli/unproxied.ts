/** The start that leaves a new user most puzzled: it listens, and answers 404 to everything. */
import type { ListenConf, ProxyConfig, ServerConf } from '../config/config.ts';

/** A line for stderr when no request can reach a backend, with the likely reason; else empty. */
export function unproxied({ servers, listen }: ProxyConfig): string {
  const mapping = servers.filter(isMapping);
  if (mapping.some((server) => isReached(server, listen))) return '';
  if (listen.some(({ tcp }) => tcp !== undefined)) return '';
  const [first] = mapping;
  if (first === undefined) {
    return 'fairlead: nothing is proxied: there is no ProxyPass to a backend, or <IfModule>, <IfDefine> (-D) or the like leaves it out\n';
  }
  const { file, line } = first.place;
  const ports = [...new Set(listen.map(({ port }) => port))].join(', ');
  return `fairlead: nothing is proxied: no Listen (port ${ports}) leads to <VirtualHost> in ${file}:${line}, where ProxyPass stands\n`;
}

function isMapping({ mappings, sections }: ServerConf): boolean {
  const all = [...mappings, ...sections.flatMap(({ mapping }) => mapping ?? [])];
  return all.some(({ target }) => target.kind !== 'none');
}

function isReached({ addresses }: ServerConf, listen: readonly ListenConf[]): boolean {
  if (addresses.length === 0) return true;
  return addresses.some(({ port }) => port === 0 || listen.some((one) => one.port === port));
}
