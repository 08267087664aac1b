/**
 * Per balancer what a person wants to see first, then httpd's tables cell by cell (spec: httpd 8.5), which scripts
 * may read.
 */
import { html, type Markup } from '../../markup.ts';
import { changeForm } from './forms.ts';
import { fourCharacters } from './size.ts';
import type { BalancerView, MemberView } from './view.ts';

/** Where the page is, and what opens this balancer for changes. */
export interface Page {
  readonly path: string;
  readonly nonce: string;
}

export function balancerSection(view: BalancerView, page: Page): Markup {
  const link = `${page.path}?b=${inQuery(view.name)}&nonce=${page.nonce}`;
  const members = view.members.map((member, worker) => memberRow(view, member, worker, page));
  const glances = view.members.map((member, worker) => glance(view, member, worker, page));
  return html`<section data-balancer="${view.name}">
<h2>LoadBalancer Status for <a href="${link}">balancer://${view.name}</a></h2>
<div class="scroll" role="group" aria-label="${view.name} at a glance" tabindex="0"><table class="glance"><tr><th scope="col">Member</th><th scope="col">State</th><th scope="col">Requests a second, last minute</th><th scope="col">In flight</th><th scope="col">Change</th></tr>
${glances}</table></div>
<div class="scroll" role="group" aria-label="Settings of ${view.name}" tabindex="0"><table><tr><th>MaxMembers</th><th>StickySession</th><th>DisableFailover</th><th>Timeout</th><th>FailoverAttempts</th><th>Method</th><th>Path</th><th>Active</th></tr>
<tr><td>${view.maxMembers} [${view.members.length} Used]</td>
<td>${view.stickysession ?? ' (None) '}</td><td>${view.nofailover ? 'On' : 'Off'}</td>
<td>${view.timeoutSeconds}</td><td>${view.maxattempts}</td>
<td>${view.lbmethod}</td>
<td>${view.path ?? ''}</td>
<td>${view.path === null ? 'No' : 'Yes'}</td>
</tr></table></div>
<div class="scroll" role="group" aria-label="Members of ${view.name}" tabindex="0"><table><tr>${COLUMNS.map((name) => html`<th scope="col">${name}</th>`)}</tr>
${members}</table></div>
</section>
`;
}

const COLUMNS: readonly string[] = [
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
  'HC Method',
  'HC Interval',
  'Passes',
  'Fails',
  'HC uri',
  'HC Expr',
];

function memberRow(view: BalancerView, member: MemberView, worker: number, page: Page): Markup {
  const { health } = member;
  const link = `${page.path}?b=${inQuery(view.name)}&w=${member.name}&nonce=${page.nonce}`;
  const shown = shownOf(member);
  const live = (field: keyof Shown) =>
    html`<td data-live="${worker}.${field}">${shown[field]}</td>`;
  const cell = (value: string | number) => html`<td>${value}</td>`;
  return html`<tr>
<td><a href="${link}">${member.name}</a></td>${[
    cell(member.route),
    cell(member.redirect),
    cell(member.loadfactor.toFixed(2)),
    cell(member.lbset),
    live('status'),
    live('elected'),
    live('busy'),
    live('lbstatus'),
    live('to'),
    live('from'),
    cell(health.method),
    cell(`${health.intervalMs}ms`),
    live('passes'),
    live('fails'),
    cell(health.uri),
    cell(health.expr),
  ]}</tr>
`;
}

function glance(view: BalancerView, member: MemberView, worker: number, page: Page): Markup {
  const change = view.editable ? switches(view, member, page) : 'not editable (nonce=None)';
  return html`<tr><th scope="row">${member.name}</th><td data-live="${worker}.state">${member.state}</td><td data-chart="${worker}"></td><td data-live="${worker}.busy">${member.busy}</td><td>${change}</td></tr>
`;
}

/** Links are httpd's letter by letter, which has no `NAME#2`. */
function inQuery(name: string): string {
  return name.replaceAll('#', '%23');
}

/** The cells that change by themselves, as they read. */
export interface Shown {
  readonly status: string;
  readonly elected: string;
  readonly busy: string;
  readonly lbstatus: string;
  readonly to: string;
  readonly from: string;
  readonly passes: string;
  readonly fails: string;
  readonly state: string;
}

export function shownOf(member: MemberView): Shown {
  const { passes, passed, fails, failed, consecutive } = member.health;
  const how = consecutive ? ' in a row' : '';
  return {
    status: member.status,
    elected: String(member.elected),
    busy: String(member.busy),
    lbstatus: String(member.lbstatus),
    to: fourCharacters(member.transferred),
    from: fourCharacters(member.read),
    passes: `${passes} (${passed})${how}`,
    fails: `${fails} (${failed})${how}`,
    state: member.state,
  };
}

/** One click: drain, disable, and back. */
function switches(view: BalancerView, member: MemberView, page: Page): Markup {
  const one = (flag: 'N' | 'D', on: string, off: string) => {
    const isOn = member.flags.includes(flag);
    const fields = { [`w_status_${flag}`]: isOn ? '0' : '1' };
    return changeForm(view, member, page, fields, isOn ? off : on);
  };
  return html`${one('N', 'Drain', 'End draining')} ${one('D', 'Disable', 'Enable')}`;
}
