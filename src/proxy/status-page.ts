/**
 * What `SetHandler balancer-manager` shows for now: every balancer and worker with the columns of httpd's page
 * (spec: httpd 8.5), to look at. Editing comes with a later version.
 */
import type { MemberConf } from '../config/config.ts';
import { statusText } from '../core/index.ts';
import type { Group } from './group.ts';

const STYLE =
  'body{font:14px sans-serif}table{border-collapse:collapse;margin:0 0 1em}th,td{border:1px solid #999;padding:2px 8px;text-align:left}';

/** Headers: nothing is loaded, nothing is framed, nothing is kept. */
const headers: readonly string[] = [
  'Content-Security-Policy',
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options',
  'nosniff',
  'Referrer-Policy',
  'no-referrer',
  'Cache-Control',
  'no-store',
];

export function statusPage(groups: readonly Group[]): {
  readonly headers: readonly string[];
  readonly page: string;
} {
  for (const { balancer } of groups) balancer.sync(); // looking adopts what is pending, as in httpd
  const tables = groups.map(balancerTables).join('\n');
  const page = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Balancers</title><style>${STYLE}</style></head>
<body><h1>Balancers</h1>
<p>This page shows the balancers of this proxy. It cannot change them: editing comes with a later version.</p>
${tables}
</body></html>
`;
  return { headers, page };
}

function balancerTables(group: Group): string {
  const { name, balancer, members } = group;
  const { views } = balancer;
  const used = views.workers[0]!;
  const sticky = group.sticky;
  const settings = row('td', [
    `${balancer.workers.busy.length} [${used} Used]`,
    sticky === null ? '(None)' : names(sticky.cookie, sticky.path),
    views.nofailover[0] ? 'On' : 'Off',
    String(views.timeoutNs[0]! / 1e9),
    String(balancer.maxattempts),
    balancer.lbmethod.name,
  ]);
  const rows = members.map((member, worker) => row('td', workerCells(group, member, worker)));
  return `<h2>${escaped(name)}</h2>
<table>${row('th', BALANCER)}${settings}</table>
<table>${row('th', WORKER)}
${rows.join('\n')}</table>`;
}

const BALANCER = [
  'MaxMembers',
  'StickySession',
  'DisableFailover',
  'Timeout',
  'FailoverAttempts',
  'Method',
];
const WORKER = [
  'Worker URL',
  'Route',
  'RouteRedir',
  'Factor',
  'Set',
  'Status',
  'Elected',
  'Busy',
  'Load',
  'To',
  'From',
];

function workerCells({ balancer }: Group, member: MemberConf, worker: number): string[] {
  const { workers } = balancer;
  return [
    member.name,
    balancer.routeOf(worker),
    member.redirect,
    (workers.lbfactor[worker]! / 100).toFixed(2),
    String(workers.lbset[worker]),
    statusText(workers.status[worker]!),
    String(workers.elected[worker]),
    String(workers.busy[worker]),
    String(workers.lbstatus[worker]),
    bytes(workers.transferred[worker]!),
    bytes(workers.read[worker]!),
  ];
}

function names(cookie: string, path: string): string {
  return cookie === path ? cookie : `${cookie}|${path}`;
}

function row(cell: 'th' | 'td', texts: readonly string[]): string {
  return `<tr>${texts.map((text) => `<${cell}>${escaped(text)}</${cell}>`).join('')}</tr>`;
}

/** 1234567 as `1.2M`. */
function bytes(count: number): string {
  let value = count;
  for (const unit of ['', 'K', 'M', 'G', 'T']) {
    if (value < 1000) return unit === '' ? String(value) : `${value.toFixed(1)}${unit}`;
    value /= 1024;
  }
  return `${value.toFixed(1)}P`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
