/** What there is to see of balancers and members: plain data for the page, the XML, the API and the live numbers. */
import type { MemberConf, ServerConf } from '../../config/config.ts';
import { noChecks } from '../../config/health-methods.ts';
import { status, statusLetters, statusText } from '../../core/index.ts';
import type { Group } from '../group.ts';

export interface MemberView {
  /** Its URL. */
  readonly name: string;
  readonly route: string;
  readonly redirect: string;
  readonly loadfactor: number;
  readonly lbset: number;
  /** Letters of the flags that are set, without O; and as httpd's page shows them. */
  readonly flags: string;
  readonly status: string;
  /** In words: whether it serves, and if not, why and until when. */
  readonly state: string;
  readonly elected: number;
  readonly busy: number;
  readonly lbstatus: number;
  /** Bytes sent to it and read from it. */
  readonly transferred: number;
  readonly read: number;
  readonly health: {
    readonly method: string;
    readonly intervalMs: number;
    readonly passes: number;
    readonly passed: number;
    readonly fails: number;
    readonly failed: number;
    /** Only those in a row count. */
    readonly consecutive: boolean;
    readonly uri: string;
    readonly expr: string;
  };
}

export interface BalancerView {
  /** Without `balancer://`. */
  readonly name: string;
  /** Whether it may be changed at run time. */
  readonly editable: boolean;
  readonly maxMembers: number;
  /** `COOKIE|path`, or one name for both; null when it is not sticky. */
  readonly stickysession: string | null;
  readonly nofailover: boolean;
  readonly timeoutSeconds: number;
  readonly maxattempts: number;
  readonly lbmethod: string;
  /** Path of the first ProxyPass to it; null without one. */
  readonly path: string | null;
  readonly members: readonly MemberView[];
}

/**
 * The balancers that `server` sees, by the `names` of all. Looking adopts what is pending, as in httpd (spec: httpd 3.6).
 */
export function viewOf(
  groups: readonly Group[],
  names: readonly string[],
  server: ServerConf,
  nowNs: number,
): BalancerView[] {
  return server.balancers.map((index) => {
    const group = groups[index]!;
    group.balancer.sync();
    return balancerView(group, names[index]!, pathTo(server, index), nowNs);
  });
}

function balancerView(
  group: Group,
  name: string,
  path: string | null,
  nowNs: number,
): BalancerView {
  const { balancer, sticky } = group;
  const { views } = balancer;
  return {
    name,
    editable: group.nonce !== '',
    maxMembers: balancer.workers.busy.length,
    stickysession: sticky === null ? null : bothNames(sticky.cookie, sticky.path),
    nofailover: views.nofailover[0] === 1,
    timeoutSeconds: views.timeoutNs[0]! / 1e9,
    maxattempts: balancer.maxattempts,
    lbmethod: balancer.lbmethod.name,
    path,
    members: group.members.map((member, worker) => memberView(group, member, worker, nowNs)),
  };
}

function memberView(group: Group, member: MemberConf, worker: number, nowNs: number): MemberView {
  const { balancer } = group;
  const { workers, health } = balancer;
  const { method, intervalNs, uri, expr } = member.health ?? noChecks;
  const bits = workers.status[worker]!;
  return {
    name: member.name,
    route: balancer.routeOf(worker),
    redirect: balancer.redirectOf(worker),
    loadfactor: workers.lbfactor[worker]! / 100,
    lbset: workers.lbset[worker]!,
    flags: statusLetters(bits),
    status: statusText(bits),
    state: stateInWords(bits, untilRetryNs(group, worker, nowNs), method !== 'NONE'),
    elected: workers.elected[worker]!,
    busy: workers.busy[worker]!,
    lbstatus: workers.lbstatus[worker]!,
    transferred: workers.transferred[worker]!,
    read: workers.read[worker]!,
    health: {
      method,
      intervalMs: intervalNs / 1e6,
      passes: health.hcpasses[worker]!,
      passed: health.pcount[worker]!,
      fails: health.hcfails[worker]!,
      failed: health.fcount[worker]!,
      consecutive: health.hcconsecutive[worker] === 1,
      uri,
      expr,
    },
  };
}

function untilRetryNs({ balancer }: Group, worker: number, nowNs: number): number {
  const { errorTimeNs, retryNs } = balancer.workers;
  return errorTimeNs[worker]! + retryNs[worker]! - nowNs;
}

/** The first reason that keeps it from serving; retry times end when a request looks, not by themselves. */
function stateInWords(bits: number, untilRetryNs: number, checked: boolean): string {
  if (bits & status.S) return 'stopped: gets no requests, and no health checks';
  if (bits & status.D) return 'disabled: gets no requests';
  if (bits & status.U) return 'shutting down';
  if (bits & status.C) return 'out: its health check failed; back when a check passes';
  if (bits & status.E) {
    const seconds = Math.ceil(untilRetryNs / 1e9);
    const when = seconds > 0 ? `in ${seconds} s` : 'by the next request';
    return `in error: tried again ${when}${checked ? ', or when a check passes' : ''}`;
  }
  if (bits & status.N) return 'draining: only sessions that are here already';
  if (bits & status.R) return 'hot spare: serves for a member that is out';
  if (bits & status.H) return 'hot standby: serves when no other member can';
  return 'serving';
}

function bothNames(cookie: string, path: string): string {
  return cookie === path ? cookie : `${cookie}|${path}`;
}

function pathTo({ mappings, sections }: ServerConf, balancer: number): string | null {
  const all = [...mappings, ...sections.flatMap(({ mapping }) => mapping ?? [])];
  const first = all.find(
    ({ target }) => target.kind === 'balancer' && target.balancer === balancer,
  );
  return first?.path ?? null;
}
