/** What the file of kept state says of balancers: written from the core, and believed only when all of it makes sense. */
import type { HealthCheckConf, MemberConf } from '../config/config.ts';
import { healthMethod } from '../config/health-methods.ts';
import { memberUrl } from '../config/members.ts';
import {
  type Balancer,
  isSavedBalancer,
  isSavedWorker,
  type SavedBalancer,
  type SavedWorker,
  saveBalancer,
  saveWorker,
} from '../core/index.ts';
import { nowNs } from './clock.ts';
import type { GroupConf } from './group.ts';

export const FORMAT = 'fairlead/state@1';

interface SavedMember {
  readonly name: string;
  /** A manager has added it. */
  readonly added: boolean;
  readonly checks: SavedChecks | null;
  readonly worker: SavedWorker;
}

/** Of a member's health checks, what a manager may have changed and the core does not keep. */
export type SavedChecks = Pick<HealthCheckConf, 'method' | 'intervalNs' | 'uri' | 'expr'>;

export interface SavedGroup {
  /** As in `GroupConf`. */
  readonly name: string;
  readonly nonce: string;
  readonly balancer: SavedBalancer;
  readonly members: readonly SavedMember[];
}

/** What is saved of a group. `timeoutNs`: the balancer's, also while somebody waits for a worker. */
export interface Savable {
  readonly conf: GroupConf;
  readonly members: readonly MemberConf[];
  readonly balancer: Balancer;
  readonly timeoutNs: number;
}

export function savedGroup({ conf, members, balancer, timeoutNs }: Savable): SavedGroup {
  const now = nowNs();
  return {
    name: conf.name,
    nonce: conf.nonce,
    balancer: saveBalancer(balancer, timeoutNs),
    members: members.map(({ name, health }, worker) => ({
      name,
      added: worker >= conf.written,
      checks: health && savedChecks(health),
      worker: saveWorker(balancer, worker, now),
    })),
  };
}

function savedChecks({ method, intervalNs, uri, expr }: HealthCheckConf): SavedChecks {
  return { method, intervalNs, uri, expr };
}

/** null: `text` is something else, or not whole. */
export function parsed(
  text: string,
): { savedAtMs: number; balancers: readonly SavedGroup[] } | null {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isMap(read) || read['format'] !== FORMAT) return null;
  const { savedAtMs, balancers } = read;
  if (typeof savedAtMs !== 'number' || !Array.isArray(balancers)) return null;
  return balancers.every(isSavedGroup) ? { savedAtMs, balancers } : null;
}

function isSavedGroup(value: unknown): value is SavedGroup {
  if (!isMap(value) || !Array.isArray(value['members'])) return false;
  const { name, nonce, balancer, members } = value;
  const plain = typeof name === 'string' && typeof nonce === 'string';
  return plain && isSavedBalancer(balancer) && members.every(isSavedMember);
}

function isSavedMember(value: unknown): value is SavedMember {
  if (!isMap(value)) return false;
  const { name, added, checks, worker } = value;
  const plain = typeof name === 'string' && typeof added === 'boolean';
  if (!plain || !(checks === null || isSavedChecks(checks)) || !isSavedWorker(worker)) return false;
  return !added || isMemberUrl(name);
}

function isMemberUrl(text: string): boolean {
  try {
    return memberUrl(text).name === text;
  } catch {
    return false;
  }
}

function isSavedChecks(value: unknown): value is SavedChecks {
  if (!isMap(value)) return false;
  const { method, intervalNs, uri, expr } = value;
  const texts = typeof uri === 'string' && typeof expr === 'string';
  return texts && typeof intervalNs === 'number' && healthMethod(String(method)) !== undefined;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
