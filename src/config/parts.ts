/** What a configuration has in several places, as one list. */
import type { DirConf, MemberConf, ProxyConfig } from './config.ts';

/** Servers, and the sections of each. */
export function dirsOf({ servers }: Pick<ProxyConfig, 'servers'>): readonly DirConf[] {
  return servers.flatMap((server) => [server, ...server.sections]);
}

/** Members of balancers, then workers that stand alone. */
export function membersOf({
  balancers,
  workers,
}: Pick<ProxyConfig, 'balancers' | 'workers'>): readonly MemberConf[] {
  return [...balancers.flatMap((balancer) => balancer.workers), ...workers];
}
