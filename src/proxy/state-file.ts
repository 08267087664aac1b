/**
 * The file in which balancers with BalancerPersist survive a stop and a start, as httpd's do in its slotmem files: it is
 * written at an orderly end, and read at the next start. Members are known again by their names.
 */
import { accessSync, constants, existsSync, linkSync, readFileSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { BalancerConf, HealthCheckConf, MemberConf, ProxyConfig } from '../config/config.ts';
import { noChecks } from '../config/health-methods.ts';
import { memberUrl } from '../config/members.ts';
import { plainMember } from '../config/plain-member.ts';
import type { SavedWorker } from '../core/index.ts';
import type { GroupConf } from './group.ts';
import {
  FORMAT,
  parsed,
  type Savable,
  type SavedChecks,
  type SavedGroup,
  savedGroup,
} from './state-format.ts';
import { writeWhole } from './whole-file.ts';

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

/** What was kept at the last end. A file that makes no sense is told of and put aside; null then, and without one. */
export function keptState(config: ProxyConfig, tell: (line: string) => void): SavedState | null {
  const { stateFile } = config;
  if (stateFile === undefined) return null;
  try {
    accessSync(dirname(stateFile), constants.W_OK);
  } catch {
    tell(
      `BalancerPersist: ${dirname(stateFile)} cannot be written to; no state is kept at the end`,
    );
  }
  const state = existsSync(stateFile)
    ? usable(stateFile, tell)
    : earlier(stateFile, config.file, tell);
  if (state !== null) tellOtherChecks(config, state, tell);
  return state;
}

function usable(path: string, tell: (line: string) => void): SavedState | null {
  try {
    return readState(path);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const aside = putAside(path);
    const where = aside === null ? 'nor be put aside' : `it is kept as ${aside}`;
    tell(`BalancerPersist: ${error.message}; ${where}; balancers begin afresh`);
    return null;
  }
}

/** Under a name that nobody has; null: it cannot be. */
function putAside(path: string): string | null {
  for (let count = 1; ; count++) {
    const aside = count === 1 ? `${path}.refused` : `${path}.refused.${count}`;
    try {
      linkSync(path, aside);
      unlinkSync(path);
      return aside;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return null;
    }
  }
}

/** Earlier versions named the file after the configuration's own name alone, which others may have, too. */
function earlier(path: string, file: string, tell: (line: string) => void): SavedState | null {
  const old = join(dirname(path), `${basename(file)}.state`);
  const state = usable(old, tell);
  if (state !== null) {
    tell(`BalancerPersist: state is taken from ${old}, which may go; the next is kept in ${path}`);
  }
  return state;
}

/** As in httpd, what is kept comes before what is written: somebody may wonder who still asks. */
function tellOtherChecks(
  config: ProxyConfig,
  state: SavedState,
  tell: (line: string) => void,
): void {
  const left = [...state.balancers];
  for (const { name, persist, workers } of config.balancers) {
    const at = left.findIndex((saved) => saved.name === `balancer://${name}`);
    if (!persist || at < 0) continue;
    const [saved] = left.splice(at, 1);
    for (const worker of workers) {
      const kept = saved!.members.find((member) => member.name === worker.name)?.checks?.method;
      const written = worker.health?.method ?? 'NONE';
      if (kept === undefined || kept === written) continue;
      tell(
        `BalancerPersist: balancer://${name}: ${worker.name} has hcmethod=${kept} as it was kept, not ${written} as it is written; change it in the manager`,
      );
    }
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

/** The expression called `expr`, if there is still one. */
export function conditionOf(
  expr: string,
  { servers }: ProxyConfig,
): Pick<HealthCheckConf, 'expr' | 'condition'> {
  const expressions = servers.flatMap(({ healthExpressions }) => healthExpressions);
  const found = expressions.find(({ name }) => name === expr);
  return found === undefined
    ? { expr: '', condition: null }
    : { expr, condition: found.expression };
}

/** The balancer that stopped, as far as its successor asks for it. */
export function stopped(
  saved: SavedGroup,
  conf: BalancerConf,
  config: ProxyConfig,
): { readonly conf: Omit<GroupConf, 'label'>; readonly members: readonly MemberConf[] } {
  const { servers } = config;
  const changed = (member: MemberConf, checks: SavedChecks | null): MemberConf => {
    if (checks === null) return member;
    const health = {
      ...(member.health ?? noChecks),
      ...checks,
      ...conditionOf(checks.expr, config),
    };
    return { ...member, health };
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
