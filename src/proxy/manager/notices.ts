/** What the page says of a form: what it did, with a way back, or what it would do. */
import type { ServerConf } from '../../config/config.ts';
import { NONE } from '../../core/index.ts';
import { html, type Markup } from '../../markup.ts';
import { applyForm, type Editable } from './edit.ts';
import { balancerFields, changeForm, memberFields } from './forms.ts';
import type { Fields } from './input.ts';
import { predictedShares } from './predict.ts';
import type { Page } from './tables.ts';
import type { BalancerView } from './view.ts';

/** Shares of every member now and after the form, which is applied to a copy. */
export function previewNotice(
  fields: Fields,
  { balancer, members }: Editable,
  server: ServerConf,
  nowNs: number,
): Markup {
  const fork = balancer.fork();
  const replace = () => {}; // no pick looks at the rest of a member
  const copy = { balancer: fork, members, replace, add: () => fork.addWorker() !== NONE };
  applyForm(fields, copy, server);
  const before = predictedShares(balancer.fork(), nowNs);
  const after = predictedShares(fork, nowNs);
  const percent = (share = 0) => `${(share * 100).toFixed(1)} %`;
  const rows = members.map(
    ({ name }, i) =>
      html`<tr><th scope="row">${name}</th><td>${percent(before[i])}</td><td>${percent(after[i])}</td></tr>
`,
  );
  return html`<section class="notice" aria-label="Preview"><p>Not applied. Shares of the next thousand requests without a session, if all last equally long:</p>
<table><tr><th scope="col">Worker URL</th><th scope="col">Now</th><th scope="col">After the change</th></tr>
${rows}</table></section>`;
}

/** What the form changed, with a button that sends the values from before. */
export function undoNotice(
  before: BalancerView,
  worker: number | null,
  fields: Fields,
  page: Page,
): Markup | null {
  const member = worker === null ? null : (before.members[worker] ?? null);
  const was = member === null ? balancerFields(before) : memberFields(member);
  const changed = Object.entries(was).filter(
    ([name, value]) => fields.has(name) && fields.get(name) !== value,
  );
  if (changed.length === 0) return null;
  const what = changed.map(([name, value]) => `${name} was ${value === '' ? 'empty' : value}`);
  return html`<section class="notice" aria-label="Changed"><p>Changed ${member?.name ?? `balancer://${before.name}`}: ${what.join(', ')}.</p>
${changeForm(before, member, page, Object.fromEntries(changed), 'Undo')}</section>`;
}
