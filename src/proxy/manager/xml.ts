/** The manager's answer to `xml=`: httpd's elements in httpd's order (spec: httpd 8.5). */
import type { MemberConf } from '../../config/config.ts';
import { NEVER_NS } from '../../core/index.ts';
import { html, type Markup, raw } from '../../markup.ts';
import type { Group } from '../group.ts';
import type { BalancerView, MemberView } from './view.ts';

/** Connections at once where `max` is not said: httpd's threads of a process. Here there is no bound. */
const UNBOUNDED = 0;

export function xmlOf(
  balancers: readonly BalancerView[],
  groups: readonly Group[],
  epochMs: number,
): string {
  const all = balancers.map((view, i) => balancerXml(view, groups[i]!, epochMs));
  return `<?xml version='1.0' encoding='UTF-8' ?>
${
  html`<httpd:manager xmlns:httpd='http://httpd.apache.org'>
  <httpd:balancers>
${all}  </httpd:balancers>
</httpd:manager>`.markup
}`;
}

function balancerXml(view: BalancerView, group: Group, epochMs: number): Markup {
  const { balancer, nonce } = group;
  const { views } = balancer;
  const sticky = view.stickysession;
  const fields = lines(6, [
    ['name', `balancer://${view.name}`],
    ['nonce', nonce],
    ...(sticky === null ? [] : [['stickysession', sticky.split('|')[0]!] as const]),
    ...(sticky === null ? [] : [['nofailover', onOff(view.nofailover)] as const]),
    ['timeout', view.timeoutSeconds],
    ...(views.maxattemptsSet[0] ? [['maxattempts', view.maxattempts] as const] : []),
    ['lbmethod', view.lbmethod],
    ...(sticky === null
      ? []
      : [['scolonpathdelim', onOff(group.sticky!.scolonpathdelim)] as const]),
  ]);
  const workers = view.members.map((member, worker) =>
    workerXml(member, group.members[worker]!, group, worker, epochMs),
  );
  return html`    <httpd:balancer>
${fields}      <httpd:workers>
${workers}      </httpd:workers>
    </httpd:balancer>
`;
}

function workerXml(
  view: MemberView,
  conf: MemberConf,
  group: Group,
  worker: number,
  epochMs: number,
): Markup {
  const { workers } = group.balancer;
  const errorNs = workers.errorTimeNs[worker]!;
  const factor = view.loadfactor.toFixed(2);
  const given = (key: string, value: string | number) =>
    conf.written[key] === undefined ? [] : [[key, value] as const];
  const fields = lines(10, [
    ['name', view.name],
    ['scheme', conf.url.scheme],
    ['hostname', conf.url.host],
    ['loadfactor', factor],
    ['port', conf.url.port],
    ['min', conf.min],
    ['smax', conf.smax ?? conf.max],
    ['max', conf.max === 0 ? UNBOUNDED : conf.max],
    ['ttl', conf.ttlSeconds ?? 0],
    ...given('timeout', conf.timeoutSeconds ?? 0),
    ...given('acquire', (conf.acquireNs ?? 0) / 1e6),
    ...given('keepalive', onOff(conf.keepalive)),
    ['status', view.status],
    ...(errorNs === NEVER_NS
      ? []
      : [['error_time', new Date(epochMs + errorNs / 1e6).toUTCString()] as const]),
    ['retries', workers.retries[worker]!],
    ['lbstatus', view.lbstatus],
    ['loadfactor', factor],
    ['transferred', view.transferred],
    ['read', view.read],
    ['elected', view.elected],
    ['route', view.route],
    ['redirect', view.redirect],
    ['busy', view.busy],
    ['lbset', view.lbset],
    ...given('disablereuse', onOff(conf.disablereuse)),
    ...given('connectiontimeout', (conf.connectiontimeoutNs ?? 0) / 1e9),
    ...given('retry', conf.retrySeconds),
  ]);
  return html`        <httpd:worker>
${fields}        </httpd:worker>
`;
}

function lines(indent: number, fields: readonly (readonly [string, string | number])[]): Markup[] {
  const blanks = ' '.repeat(indent);
  return fields.map(
    ([name, value]) =>
      html`${blanks}<httpd:${raw(name)}>${value}</httpd:${raw(name)}>
`,
  );
}

function onOff(on: boolean): string {
  return on ? 'On' : 'Off';
}
