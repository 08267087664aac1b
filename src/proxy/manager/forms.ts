/** The forms of the page, with httpd's fields: what a browser sends is what scripts send. */
import type { ServerConf } from '../../config/config.ts';
import { healthMethods } from '../../config/health-methods.ts';
import { html, type Markup } from '../../markup.ts';
import type { Page } from './tables.ts';
import type { BalancerView, MemberView } from './view.ts';

type Values = Readonly<Record<string, string>>;

/** A button that changes `fields` of `member`; null: of the balancer. */
export function changeForm(
  view: BalancerView,
  member: MemberView | null,
  page: Page,
  fields: Values,
  label: string,
): Markup {
  const named = member === null ? label : `${label} ${member.name}`;
  return html`<form method="POST" action="${page.path}" class="one">${hidden(fields)}${who(view, member, page)}<button aria-label="${named}">${label}</button></form>`;
}

/** What the form of a member would send to leave it as it is. */
export function memberFields(member: MemberView): Values {
  const { health } = member;
  return {
    w_lf: member.loadfactor.toFixed(2),
    w_ls: String(member.lbset),
    w_wr: member.route,
    w_rr: member.redirect,
    ...Object.fromEntries(
      FLAGS.map(([letter]) => [`w_status_${letter}`, member.flags.includes(letter) ? '1' : '0']),
    ),
    w_hm: health.method,
    w_he: health.expr,
    w_hi: String(health.intervalMs),
    w_hp: String(health.passes),
    w_hf: String(health.fails),
    w_hu: health.uri,
  };
}

/** The same of a balancer. */
export function balancerFields(view: BalancerView): Values {
  return {
    b_lbm: view.lbmethod,
    b_tmo: String(view.timeoutSeconds),
    b_max: String(view.maxattempts),
    b_sforce: view.nofailover ? '1' : '0',
    b_ss: view.stickysession ?? '-',
  };
}

const FLAGS = [
  ['I', 'Ignore Errors'],
  ['N', 'Draining Mode'],
  ['D', 'Disabled'],
  ['H', 'Hot Standby'],
  ['R', 'Hot Spare'],
  ['C', 'HC Fail'],
  ['S', 'Stopped'],
] as const;

export function memberForm(
  view: BalancerView,
  member: MemberView,
  page: Page,
  { healthExpressions }: ServerConf,
  isAsked: boolean,
): Markup {
  const is = memberFields(member);
  const expressions = healthExpressions.map(({ name }) => name);
  const row = (label: string, name: string) => text(label, name, is[name]!);
  return html`${heading(`Edit worker settings for ${member.name}`, isAsked)}
<form method="POST" action="${page.path}">
<table>
${row('Load factor', 'w_lf')}
${row('LB Set', 'w_ls')}
${row('Route', 'w_wr')}
${row('Route Redirect', 'w_rr')}
${FLAGS.map(([letter, name]) => onOff(name, `w_status_${letter}`, member.flags.includes(letter)))}
${choice('Health check: method', 'w_hm', healthMethods, is['w_hm']!)}
${choice('Health check: expression', 'w_he', ['', ...expressions], is['w_he']!)}
${row('Health check: interval (ms)', 'w_hi')}
${row('Health check: passes to come back', 'w_hp')}
${row('Health check: fails to go out', 'w_hf')}
${row('Health check: URI', 'w_hu')}
</table>
${buttons()}
${who(view, member, page)}
</form>
`;
}

export function balancerForm(
  view: BalancerView,
  page: Page,
  lbmethods: readonly string[],
  mayGrow: boolean,
  isAsked: boolean,
): Markup {
  const add = html`${text('Add New Worker', 'b_nwrkr', '')}
<tr><th scope="row"><label for="b_wyes">Are you sure?</label></th><td><input id="b_wyes" name="b_wyes" type="checkbox" value="1"></td></tr>`;
  return html`${heading(`Edit balancer settings for balancer://${view.name}`, isAsked)}
<form method="POST" action="${page.path}">
<table>
${choice('LBmethod', 'b_lbm', lbmethods, view.lbmethod)}
${text('Timeout', 'b_tmo', String(view.timeoutSeconds))}
${text('Failover Attempts', 'b_max', String(view.maxattempts))}
${onOff('Disable Failover', 'b_sforce', view.nofailover)}
${text("Sticky Session ('-' deletes it)", 'b_ss', view.stickysession ?? '')}
${mayGrow ? add : ''}
</table>
${buttons()}
${who(view, null, page)}
</form>
`;
}

/** Below all the tables: who has asked for the form is taken there, who has sent it sees first what it did. */
function heading(text: string, isAsked: boolean): Markup {
  const focus = isAsked ? html` autofocus` : '';
  return html`<h2 id="edit" tabindex="-1"${focus}>${text}</h2>`;
}

function buttons(): Markup {
  return html`<p><button>Submit</button> <button name="preview" value="1">Preview shares</button></p>`;
}

function who(view: BalancerView, member: MemberView | null, page: Page): Markup {
  return hidden({
    ...(member !== null && { w: member.name }),
    b: view.name,
    nonce: page.nonce,
  });
}

function hidden(fields: Values): Markup {
  const inputs = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${twice(value)}">`,
  );
  return html`${inputs}`;
}

/** Values are decoded twice by whoever reads the form (spec: httpd 8.2): a `%` of their own must survive that. */
function twice(value: string): string {
  return value.replaceAll('%', '%25');
}

function text(label: string, name: string, value: string): Markup {
  return html`<tr><th scope="row"><label for="${name}">${label}</label></th><td><input id="${name}" name="${name}" value="${value}"></td></tr>`;
}

function choice(label: string, name: string, options: readonly string[], chosen: string): Markup {
  const all = options.map((option) =>
    option === chosen
      ? html`<option value="${option}" selected>${option}</option>`
      : html`<option value="${option}">${option}</option>`,
  );
  return html`<tr><th scope="row"><label for="${name}">${label}</label></th><td><select id="${name}" name="${name}">${all}</select></td></tr>
`;
}

function onOff(label: string, name: string, isOn: boolean): Markup {
  const radio = (value: string, what: string, checked: boolean) =>
    html`<label><input type="radio" name="${name}" value="${value}"${checked ? html` checked` : ''}> ${what}</label> `;
  return html`<tr><th scope="row">${label}</th><td><span role="radiogroup" aria-label="${label}">${radio('1', 'On', isOn)}${radio('0', 'Off', !isOn)}</span></td></tr>
`;
}
