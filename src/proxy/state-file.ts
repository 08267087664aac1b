/**
 * The file in which balancers with BalancerPersist survive a stop and a start, as httpd's do in its slotmem files: it is
 * written at an orderly end, and read at the next start. Members are known again by their names.
 */
import { accessSync, constants, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import type { BalancerConf, HealthCheckConf, MemberConf, ProxyConfig } from '../config/config.ts';
import { healthMethod, noChecks } from '../config/health-methods.ts';
import { memberUrl } from '../config/members.ts';
import { plainMember } from '../config/plain-member.ts';
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
import { writeWhole } from './whole-file.ts';

const FORMAT = 'fairlead/state@1';

interface SavedMember {
  readonly name: string;
  /** A manager has added it. */
  readonly added: boolean;
  readonly checks: SavedChecks | null;
  readonly worker: SavedWorker;
}

/** Of a member's health checks, what a manager may have changed and the core does not keep. */
type SavedChecks = Pick<HealthCheckConf, 'method' | 'intervalNs' | 'uri' | 'expr'>;

interface SavedGroup {
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

/** What a file said. */
export interface SavedState {
  readonly balancers: readonly SavedGroup[];
  /** How long ago it was written. */
  readonly goneNs: number;
}

/** Writes what `config` wants to be kept; `tell` hears why it cannot be. */
export async function keepState(
  { stateFile }: ProxyConfig,
  groups: readonly Savable[],
  tell: (line: string) => void,
): Promise<void> {
  if (stateFile === undefined) return;
  try {
    await writeState(stateFile, groups);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    tell(`BalancerPersist: ${stateFile} cannot be written (${code}); the next start begins afresh`);
  }
}

/** Beside the file first, then in its place. Only its owner may read it: nonces are in it. */
async function writeState(path: string, groups: readonly Savable[]): Promise<void> {
  const balancers = groups.filter(({ conf }) => conf.persist).map(savedGroup);
  const text = JSON.stringify({ format: FORMAT, savedAtMs: Date.now(), balancers }, null, 1);
  await writeWhole(path, `${text}\n`, 0o600);
}

function savedGroup({ conf, members, balancer, timeoutNs }: Savable): SavedGroup {
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

/** What was kept at the last end. A file that makes no sense is told of and put aside; null then, and without one. */
export function keptState(
  { stateFile }: ProxyConfig,
  tell: (line: string) => void,
): SavedState | null {
  if (stateFile === undefined) return null;
  try {
    accessSync(dirname(stateFile), constants.W_OK);
  } catch {
    tell(
      `BalancerPersist: ${dirname(stateFile)} cannot be written to; no state is kept at the end`,
    );
  }
  try {
    return readState(stateFile);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const aside = `${stateFile}.refused`;
    let where = `it is kept as ${aside}`;
    try {
      renameSync(stateFile, aside);
    } catch {
      where = 'nor be put aside';
    }
    tell(`BalancerPersist: ${error.message}; ${where}; balancers begin afresh`);
    return null;
  }
}

/**
 * What the file at `path` says; null when there is none.
 * @throws RangeError saying why it cannot be used.
 */
function readState(path: string): SavedState | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new RangeError(`${path} cannot be read (${code})`);
  }
  const read = parsed(text);
  if (read === null) throw new RangeError(`${path} is no ${FORMAT}, or not a whole one`);
  const goneNs = Math.max(0, Date.now() - read.savedAtMs) * 1e6;
  return { balancers: read.balancers, goneNs };
}

function parsed(text: string): { savedAtMs: number; balancers: readonly SavedGroup[] } | null {
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

/** The balancer that stopped, as far as its successor asks for it. */
export function stopped(
  saved: SavedGroup,
  conf: BalancerConf,
  { servers }: ProxyConfig,
): { readonly conf: GroupConf; readonly members: readonly MemberConf[] } {
  const expressions = servers.flatMap(({ healthExpressions }) => healthExpressions);
  const changed = (member: MemberConf, checks: SavedChecks | null): MemberConf => {
    if (checks === null) return member;
    const found = expressions.find(({ name }) => name === checks.expr);
    const condition = found?.expression ?? null;
    const expr = found === undefined ? '' : checks.expr;
    return { ...member, health: { ...(member.health ?? noChecks), ...checks, expr, condition } };
  };
  const written = conf.workers.map((worker) => {
    const known = saved.members.find(({ name }) => name === worker.name);
    return known === undefined ? worker : changed(worker, known.checks);
  });
  const timeoutNs = servers[0].proxyTimeoutNs ?? servers[0].timeoutNs;
  const added = saved.members
    .filter((member) => member.added)
    .map(({ name, checks }) =>
      changed(plainMember(memberUrl(name), conf.place, timeoutNs), checks),
    );
  return {
    conf: { ...conf, name: saved.name, persist: true, written: written.length, nonce: saved.nonce },
    members: [...written, ...added],
  };
}

/** For each of `members` what is saved of it, if anything is. */
export function savedRows(
  saved: SavedGroup,
  members: readonly MemberConf[],
): readonly (SavedWorker | null)[] {
  return members.map(
    (member) => saved.members.find(({ name }) => name === member.name)?.worker ?? null,
  );
}
