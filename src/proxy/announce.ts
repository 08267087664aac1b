/** What a proxy says when it starts: where it listens, who stands behind it, and what it does not do. */
import type { MemberConf, ProxyConfig } from '../config/config.ts';
import { type Problem, renderProblems } from '../problems/errors.ts';
import { probeRequest } from './health/probe-request.ts';
import { serverFor } from './rules/server.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** For stdout: addresses, balancers with their members, workers that stand alone. */
export function announcement(config: ProxyConfig, addresses: readonly Address[]): string {
  const lines = addresses.map((address, i) => {
    const { admin, tcp } = config.listen[i] ?? {};
    if (tcp !== undefined) {
      return `listening on tcp://${authority(address)} for balancer://${tcp.balancer}`;
    }
    const url = urlOf(config, address);
    return admin === undefined
      ? `listening on ${url}`
      : `admin on ${url}/ (metrics, ready, live, status, balancer-manager)`;
  });
  for (const { name, lbmethod, sticky, workers } of config.balancers) {
    const stickiness = sticky === null ? '' : `, stickysession=${sticky.cookie}`;
    lines.push(`balancer://${name} (${lbmethod.name}${stickiness})`);
    for (const member of workers) lines.push(`  ${memberLine(member)}${checks(member)}`);
    if (workers.length === 0) lines.push('  no members: every request gets 503');
  }
  for (const worker of config.workers) lines.push(`worker ${worker.name}`);
  return `${lines.join('\n')}\n`;
}

function memberLine({ name, loadfactor, route, lbset, status, tls }: MemberConf): string {
  const said = [
    name,
    `loadfactor=${loadfactor}`,
    route && `route=${route}`,
    lbset > 0 && `lbset=${lbset}`,
    status && `status=+${status}`,
    tls && !tls.verify && '(certificate not verified)',
  ];
  return said.filter(Boolean).join(' ');
}

/** How a member is checked, and how often. */
function checks(member: MemberConf): string {
  const { health } = member;
  if (health === null || health.method === 'NONE') return '';
  const how = probeRequest(member)?.head.split('\r\n', 1)[0] ?? 'connecting';
  const expression = health.expr && ` (${health.expr})`;
  return `, checked every ${health.intervalNs / 1e9} s by ${how}${expression}`;
}

/** For stderr: warnings with their places, then what was ignored, each directive once. */
export function notes(config: ProxyConfig): string {
  const parts: string[] = [];
  if (config.warnings.length > 0) parts.push(renderProblems(once(config.warnings)));
  if (config.ignored.length > 0) {
    parts.push(`ignored, since no balancer needs them: ${config.ignored.map(ignored).join(', ')}`);
  }
  return parts.length === 0 ? '' : `${parts.join('\n')}\n`;
}

/** What is said of several places is said of the first, with the number of the others. */
function once(problems: readonly Problem[]): Problem[] {
  const places = new Map<string, Problem[]>();
  for (const problem of problems) {
    const same = places.get(problem.message);
    if (same === undefined) places.set(problem.message, [problem]);
    else same.push(problem);
  }
  return [...places.values()].map((same) => {
    const more = same.length > 1 ? ` (and ${same.length - 1} more)` : '';
    return { ...same[0]!, message: `warning: ${same[0]!.message}${more}` };
  });
}

function ignored({ directive, places }: ProxyConfig['ignored'][number]): string {
  const [first] = places;
  const where = first === undefined ? '' : ` (${first.file}:${first.line}`;
  const more = places.length > 1 ? ` and ${places.length - 1} more` : '';
  return where === '' ? directive : `${directive}${where}${more})`;
}

function urlOf(config: ProxyConfig, { host, port }: Address): string {
  const { tls } = config.servers[serverFor(config, host, port, null)]!;
  const scheme = tls === undefined ? 'http' : 'https';
  return `${scheme}://${authority({ host, port })}`;
}

function authority({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
