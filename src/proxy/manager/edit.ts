/** What a form of balancer-manager does (spec: httpd 8.3, 8.4): each field that is there, as far as it can be read. */
import { atof, atoi, timeMs } from '../../config/c-numbers.ts';
import type { HealthCheckConf, MemberConf, Place, ServerConf } from '../../config/config.ts';
import { healthMethod, noChecks } from '../../config/health-methods.ts';
import { memberUrl, sameMember } from '../../config/members.ts';
import { plainMember } from '../../config/plain-member.ts';
import { handsOn } from '../../config/tcp.ts';
import {
  type Balancer,
  type BalancerChange,
  keyKindOf,
  type LbMethod,
  lbmethods,
  type ManagedFlag,
  type WorkerChange,
} from '../../core/index.ts';
import type { Fields } from './input.ts';

/** Bytes that texts have place for, the one behind the last included. */
const TEXT_BYTES = 64;

/** A balancer at work, or a copy of one. */
export interface Editable {
  readonly balancer: Balancer;
  readonly members: readonly MemberConf[];
  replace(worker: number, member: MemberConf): void;
  /** False when no row is free. */
  add(member: MemberConf): boolean;
}

/** Applies `fields` to the member that they name, or to the balancer. False: it asks for what cannot be. */
export function applyForm(fields: Fields, group: Editable, server: ServerConf): boolean {
  const worker = workerOf(fields, group);
  if (worker !== null) {
    group.balancer.manageWorker(worker, memberChange(fields));
    group.replace(worker, withHealth(group, worker, fields, server));
    return true;
  }
  group.balancer.manage(balancerChange(fields, group));
  return addMember(fields, group, server);
}

/** The member that `w` names; null without one. */
export function workerOf(fields: Fields, { members }: Pick<Editable, 'members'>): number | null {
  const found = sameMember(members, fields.get('w') ?? '');
  return found === undefined ? null : members.indexOf(found);
}

export function memberChange(fields: Fields): WorkerChange {
  const status: Partial<Record<ManagedFlag, boolean>> = {};
  for (const flag of ['I', 'N', 'D', 'H', 'R', 'S', 'C'] as const) {
    const value = fields.get(`w_status_${flag}`);
    if (value !== undefined) status[flag] = atoi(value) !== 0;
  }
  const given = <T>(key: string, name: string, read: (value: string) => T) => {
    const value = fields.get(name);
    return value === undefined ? {} : { [key]: read(value) };
  };
  return {
    ...given('loadfactor', 'w_lf', atof),
    ...given('lbset', 'w_ls', atoi),
    ...given('route', 'w_wr', String),
    ...given('redirect', 'w_rr', String),
    ...given('hcpasses', 'w_hp', atoi),
    ...given('hcfails', 'w_hf', atoi),
    status,
  };
}

/** Names of the lbmethods that a form offers. */
export function lbmethodsFor(group: Pick<Editable, 'members'>): string[] {
  return lbmethods.filter((one) => !isUnfit(one, group)).map(({ name }) => name);
}

/** Connections tell no path, so that a method that hashes paths would elect one worker for all. */
function isUnfit(lbmethod: LbMethod, { members }: Pick<Editable, 'members'>): boolean {
  return handsOn(members) && keyKindOf(lbmethod) === 'uri';
}

function balancerChange(fields: Fields, group: Editable): BalancerChange {
  const lbmethod = fields.get('b_lbm');
  const isRefused = lbmethods.some((one) => one.name === lbmethod && isUnfit(one, group));
  const timeout = fields.get('b_tmo');
  const attempts = fields.get('b_max');
  const force = fields.get('b_sforce');
  const sticky = fields.get('b_ss');
  return {
    ...(lbmethod !== undefined && !isRefused && { lbmethod }),
    ...(timeout !== undefined && { timeoutSeconds: atoi(timeout) }),
    ...(attempts !== undefined && { maxattempts: atoi(attempts) }),
    ...(force !== undefined && { nofailover: atoi(force) !== 0 }),
    ...(sticky !== undefined && { stickysession: sticky }),
  };
}

/** The member with its health checks as the form asks for them. */
function withHealth(group: Editable, worker: number, fields: Fields, server: ServerConf) {
  const member = group.members[worker]!;
  const health = { ...(member.health ?? noChecks) };
  const method = healthMethod(fields.get('w_hm') ?? '');
  if (method !== undefined) health.method = method;
  const ms = timeMs(fields.get('w_hi') ?? '0', 'ms');
  if (ms !== null && ms >= 100) health.intervalNs = ms * 1e6;
  const uri = fields.get('w_hu');
  if (uri !== undefined && isTarget(uri)) health.uri = uri;
  setExpression(health, fields.get('w_he'), server);
  const { hcpasses, hcfails } = group.balancer.health;
  health.passes = hcpasses[worker]!;
  health.fails = hcfails[worker]!;
  return { ...member, health };
}

/** What may stand in a request line. */
function isTarget(uri: string): boolean {
  return Buffer.byteLength(uri) < TEXT_BYTES && /^[^\0-\x20\x7f]*$/.test(uri);
}

type Draft = { -readonly [K in keyof HealthCheckConf]: HealthCheckConf[K] };

/** Unlike in the configuration, the case of letters counts; without a request there is no expression. */
function setExpression(health: Draft, name: string | undefined, server: ServerConf): void {
  if (name !== undefined) {
    const known = server.healthExpressions.find((one) => one.name === name);
    health.expr = known?.name ?? '';
    health.condition = known?.expression ?? null;
  }
  if (health.method === 'NONE' || health.method === 'TCP') {
    health.expr = '';
    health.condition = null;
  }
}

/** `b_wyes=1` and `b_nwrkr`. False for a URL that is none, a member that is there, or no free place. */
function addMember(fields: Fields, group: Editable, server: ServerConf): boolean {
  const text = fields.get('b_nwrkr') ?? '';
  if (atoi(fields.get('b_wyes') ?? '0') !== 1 || text === '') return true;
  try {
    const url = memberUrl(text);
    if (sameMember(group.members, url.name) !== undefined) return false;
    return group.add(plainMember(url, PAGE, server.proxyTimeoutNs ?? server.timeoutNs));
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const PAGE: Place = { file: 'balancer-manager', line: 0, column: 0 };
