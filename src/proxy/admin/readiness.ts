/**
 * Whether requests should be sent here: the proxy is not ending, and every balancer has a member that would take one.
 * That is one without an error, or whose time to be tried again has come: an error ends by requests only, so a proxy
 * that gets none for it would never be ready again.
 */
import { status } from '../../core/index.ts';
import type { Group } from '../group.ts';
import type { Inside } from './inside.ts';

export interface Readiness {
  readonly ready: boolean;
  /** Why not; empty when it is ready. */
  readonly reasons: readonly string[];
}

export function readiness({ groups, draining }: Inside, nowNs: number): Readiness {
  const reasons = draining ? ['the proxy is ending'] : [];
  for (const group of groups.balancers) {
    if (group.members.some((_, worker) => serves(group, worker, nowNs))) continue;
    const why = group.members.length === 0 ? 'has no members' : 'has no member that can be used';
    reasons.push(`${group.label} ${why}`);
  }
  return { ready: reasons.length === 0, reasons };
}

const { D, S, C, U, N, E } = status;

function serves({ balancer: { workers } }: Group, worker: number, nowNs: number): boolean {
  const bits = workers.status[worker]!;
  if (bits & (D | S | C | U | N)) return false;
  return !(bits & E) || nowNs > workers.errorTimeNs[worker]! + workers.retryNs[worker]!;
}
