/** What Prometheus is told. Names and labels are a promise: README.md of this folder lists them. */
import type { ProxyConfig } from '../../config/config.ts';
import { type StatusLetter, status, usable } from '../../core/index.ts';
import { version } from '../../version.ts';
import type { Group } from '../group.ts';
import { allOf } from '../groups.ts';
import { distribution } from '../observe/counters.ts';
import { Exposition, type Labels } from '../observe/exposition.ts';
import type { ShadowReport } from '../observe/shadow.ts';
import { CAUSES, CLASSES, STATUSES, type Traffic, VIAS } from '../observe/traffic.ts';
import type { EventLoop } from './event-loop.ts';
import type { Inside } from './inside.ts';
import { workerLimitsOf } from './limits.ts';

export function metricsText(inside: Inside, eventLoop: EventLoop): string {
  const out = new Exposition();
  const groups = allOf(inside.groups);
  ofTheProxy(out, inside);
  eventLoop.tell(out);
  ofProcess(out);
  for (const { balancer } of groups) balancer.sync();
  balancersNow(out, groups);
  workersNow(out, groups, inside.config);
  if (inside.traffic !== null) counted(out, inside.traffic, groups);
  if (inside.shadow.length > 0) besides(out, inside.shadow);
  return out.text;
}

function besides(out: Exposition, reports: readonly ShadowReport[]): void {
  out.metric('fairlead_shadow_picks_total', 'counter', 'Picks of the shadow.');
  for (const { balancer, shadow, picks, alike, bySession } of reports) {
    const labels = { balancer, shadow };
    out
      .sample({ ...labels, result: 'alike' }, alike)
      .sample({ ...labels, result: 'different' }, picks - alike)
      .sample({ ...labels, result: 'by_session' }, bySession);
  }
  const help = 'Requests that were given to it, that the shadow gave it, that both did.';
  out.metric('fairlead_shadow_worker_picks_total', 'counter', help);
  for (const { balancer, workers } of reports) {
    for (const { name, first, shadow, both } of workers) {
      const labels = { balancer, worker: name };
      out
        .sample({ ...labels, by: 'first' }, first)
        .sample({ ...labels, by: 'shadow' }, shadow)
        .sample({ ...labels, by: 'both' }, both);
    }
  }
}

function ofTheProxy(out: Exposition, inside: Inside): void {
  const { generation, since, refused, draining, connections, lostLines, limits } = inside;
  out
    .metric('fairlead_build_info', 'gauge', 'The version that runs.')
    .sample({ version, node: process.version }, 1)
    .metric('fairlead_config_generation', 'gauge', 'Configurations taken over since the start.')
    .sample({}, generation)
    .metric('fairlead_config_last_reload_timestamp_seconds', 'gauge', 'When the last one was.')
    .sample({}, since.getTime() / 1000)
    .metric('fairlead_config_refused_total', 'counter', 'Configurations that were not taken over.')
    .sample({}, refused)
    .metric('fairlead_draining', 'gauge', '1 while the proxy is ending.')
    .sample({}, draining ? 1 : 0)
    .metric('fairlead_client_connections', 'gauge', 'Open connections of clients.')
    .sample({}, connections)
    .metric('fairlead_log_lines_lost_total', 'counter', 'Lines that no log could take.')
    .sample({}, lostLines)
    .metric('fairlead_limit', 'gauge', 'Limits that hold, by name with unit; 0: none.');
  for (const [limit, value] of Object.entries(limits)) out.sample({ limit }, value);
}

function ofProcess(out: Exposition): void {
  const { user, system } = process.cpuUsage();
  out
    .metric('process_cpu_seconds_total', 'counter', 'Time that processors spent on this process.')
    .sample({}, (user + system) / 1e6)
    .metric('process_resident_memory_bytes', 'gauge', 'Memory of this process.')
    .sample({}, process.memoryUsage.rss())
    .metric('process_start_time_seconds', 'gauge', 'When it was started, seconds since 1970.')
    .sample({}, performance.timeOrigin / 1000);
}

type OfGroup = (group: Group) => number;

function balancersNow(out: Exposition, groups: readonly Group[]): void {
  const gauge = (name: string, help: string, value: OfGroup) => {
    out.metric(`fairlead_${name}`, 'gauge', help);
    for (const group of groups) out.sample({ balancer: group.label }, value(group));
  };
  gauge('requests_open', 'Requests that are under way.', ({ open }) => open);
  gauge(
    'requests_waiting',
    'Requests that wait for a worker or for a connection to one.',
    ({ exchanges }) => exchanges.waiting,
  );
  out.metric('fairlead_balancer_info', 'gauge', 'The lbmethod at work.');
  for (const { label, balancer } of groups) {
    out.sample({ balancer: label, lbmethod: balancer.lbmethod.name }, 1);
  }
}

type OfWorker = (group: Group, worker: number) => number;

const flags: readonly StatusLetter[] = ['I', 'N', 'U', 'D', 'S', 'E', 'H', 'R', 'C'];

function workersNow(out: Exposition, groups: readonly Group[], config: ProxyConfig): void {
  const each = (name: string, kind: 'gauge' | 'counter', help: string, value: OfWorker) => {
    out.metric(`fairlead_worker_${name}`, kind, help);
    for (const [labels, group, worker] of workersOf(groups)) {
      out.sample(labels, value(group, worker));
    }
  };
  const column =
    (name: 'busy' | 'lbset' | 'lbstatus' | 'elected' | 'retries' | 'transferred' | 'read') =>
    ({ balancer }: Group, worker: number) =>
      balancer.workers[name][worker]!;
  each('usable', 'gauge', '1 when requests can be sent to it now.', ({ balancer }, worker) =>
    usable(balancer.workers, worker) ? 1 : 0,
  );
  out.metric('fairlead_worker_status', 'gauge', "httpd's status flags, 1 where one is set.");
  for (const [labels, { balancer }, worker] of workersOf(groups)) {
    const bits = balancer.workers.status[worker]!;
    for (const flag of flags) out.sample({ ...labels, flag }, bits & status[flag] ? 1 : 0);
  }
  each('busy', 'gauge', 'Requests charged to it now.', column('busy'));
  each('elected_total', 'counter', 'How often it was picked.', column('elected'));
  each('lbstatus', 'gauge', 'How urgently it must work to fill its quota.', column('lbstatus'));
  each('lbset', 'gauge', 'Its set; lower ones come first.', column('lbset'));
  each('loadfactor', 'gauge', 'Its share of the work.', ({ balancer }, worker) => {
    return balancer.workers.lbfactor[worker]! / 100;
  });
  each('retries', 'gauge', 'Tries since its error.', column('retries'));
  each('sent_bytes_total', 'counter', 'Bytes sent to it.', column('transferred'));
  each('received_bytes_total', 'counter', 'Bytes read from it.', column('read'));
  each('waiting', 'gauge', 'Requests that wait for a connection to it.', (group, worker) =>
    group.exchanges.waitingFor(worker),
  );
  out.metric('fairlead_worker_limit', 'gauge', 'Limits of it, by name with unit; 0: none.');
  for (const [labels, group, worker] of workersOf(groups)) {
    for (const [limit, value] of Object.entries(workerLimitsOf(group.members[worker]!, config))) {
      out.sample({ ...labels, limit }, value);
    }
  }
  out.metric('fairlead_worker_connections', 'gauge', 'Open connections to it.');
  for (const [labels, { backends }, worker] of workersOf(groups)) {
    const { inUse, idle } = backends[worker]!.stats;
    out.sample({ ...labels, state: 'in_use' }, inUse).sample({ ...labels, state: 'idle' }, idle);
  }
}

function counted(out: Exposition, traffic: Traffic, groups: readonly Group[]): void {
  const { counters, client, own } = traffic;
  const { values } = counters;
  out
    .metric('fairlead_client_received_bytes_total', 'counter', 'Bytes of requests.')
    .sample({}, values[client]!)
    .metric('fairlead_client_sent_bytes_total', 'counter', 'Bytes of answers.')
    .sample({}, values[client + 1]!);
  const all = [
    { balancer: '', places: own },
    ...groups.map((group) => ({ balancer: group.label, places: traffic.places(group) })),
  ];
  out.metric(
    'fairlead_requests_total',
    'counter',
    'Requests that are over; balancer is empty for answers of the proxy itself, code is none without an answer.',
  );
  for (const { balancer, places } of all) {
    for (let code = 0; code < STATUSES; code++) {
      const count = values[places.requests + code]!;
      if (count > 0) out.sample({ balancer, code: code === 0 ? 'none' : `${code}` }, count);
    }
  }
  out.metric('fairlead_request_duration_seconds', 'histogram', 'From head to end of the answer.');
  for (const { balancer, places } of all) {
    out.distribution({ balancer }, distribution(values, places.duration));
  }
  out.metric('fairlead_picks_total', 'counter', 'How workers were picked.');
  for (const { balancer, places } of all.slice(1)) {
    for (const [i, via] of VIAS.entries()) out.sample({ balancer, via }, values[places.picks + i]!);
  }
  out.metric('fairlead_unserved_requests_total', 'counter', 'Requests that nobody could take.');
  for (const { balancer, places } of all.slice(1)) {
    out.sample({ balancer }, values[places.unserved]!);
  }
  countedByWorker(out, traffic, groups);
}

function countedByWorker(out: Exposition, traffic: Traffic, groups: readonly Group[]): void {
  const workers = workersOf(groups).map(
    ([labels, group, worker]) => [labels, traffic.member(group, worker)] as const,
  );
  const { values } = traffic.counters;
  out.metric('fairlead_worker_tries_total', 'counter', 'Tries of requests.');
  for (const [labels, { tries }] of workers) out.sample(labels, values[tries]!);
  out.metric('fairlead_worker_failed_tries_total', 'counter', 'Tries without a response.');
  for (const [labels, { failed }] of workers) {
    for (const [i, cause] of CAUSES.entries()) {
      out.sample({ ...labels, cause }, values[failed + i]!);
    }
  }
  out.metric('fairlead_worker_responses_total', 'counter', 'Responses, by their first digit.');
  for (const [labels, { responses }] of workers) {
    for (let digit = 1; digit < CLASSES; digit++) {
      out.sample({ ...labels, code: `${digit}xx` }, values[responses + digit]!);
    }
  }
  out.metric('fairlead_worker_connect_duration_seconds', 'histogram', 'Until it is connected to.');
  for (const [labels, { connect }] of workers) {
    out.distribution(labels, distribution(values, connect));
  }
  const help = 'From sending to the head of the response, connecting included.';
  out.metric('fairlead_worker_first_byte_duration_seconds', 'histogram', help);
  for (const [labels, { firstByte }] of workers) {
    out.distribution(labels, distribution(values, firstByte));
  }
}

function workersOf(groups: readonly Group[]): (readonly [Labels, Group, number])[] {
  return groups.flatMap((group) =>
    group.members.map(({ name }, worker) => {
      return [{ balancer: group.label, worker: name }, group, worker] as const;
    }),
  );
}
