/** The page of balancer-manager: it works without script; with it, numbers and charts are live. */
import { createHash } from 'node:crypto';
import { html, type Markup, raw } from '../../markup.ts';
import { version } from '../../version.ts';
import type { Group } from '../group.ts';
import type { Reloads } from '../reloads.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Only the page's own script and style run, it is framed nowhere, and its forms and numbers stay with this server. */
export const pageHeaders: readonly string[] = [
  'Content-Security-Policy',
  `default-src 'none'; script-src ${hashOf(SCRIPT)}; style-src ${hashOf(STYLE)}; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'X-Content-Type-Options',
  'nosniff',
  'Referrer-Policy',
  'same-origin', // its forms are known by their Referer
  'Cache-Control',
  'no-store',
];

/** Which configuration this is, whether a later one was refused, and whether changes outlive it. */
export function about(seen: readonly Group[], reloads: Reloads): Markup {
  const { generation, since, refused, refusal } = reloads;
  const times = refused === 1 ? 'once' : `${refused} times`;
  const why = html`<p>A reload was refused ${times}, last on ${refusal?.at.toUTCString() ?? ''}:</p>
<pre>${refusal?.reasons ?? ''}</pre>
`;
  return html`<p>Server Version: Fairlead/${version}<br>
${persistence(seen)}<br>
Configuration ${generation}, since ${since.toUTCString()}</p>
${refusal === null ? '' : why}`;
}

function persistence(seen: readonly Group[]): string {
  const kept = seen.filter(({ conf }) => conf.persist);
  if (kept.length === 0) return 'Balancer changes will NOT be persisted on restart.';
  const which = kept.length === seen.length ? '' : `of ${kept.map(({ name }) => name).join(', ')} `;
  return `Balancer changes ${which}will be persisted on restart.`;
}

/** `notice`: what the last form did, or would do. */
export function pageOf(
  serverName: string,
  path: string,
  configuration: Markup,
  notice: Markup | null,
  sections: readonly Markup[],
  form: Markup | null,
): string {
  return html`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Balancer Manager</title><meta name="viewport" content="width=device-width, initial-scale=1"><style>${raw(STYLE)}</style></head>
<body data-events="${path}/api/v1/events"><main><h1>Load Balancer Manager for ${serverName}</h1>
${configuration}<p id="live" role="status">Numbers are those of the moment when the page was made.</p>
${notice ?? ''}
${sections}
${form ?? ''}
</main><script>${raw(SCRIPT)}</script></body></html>
`.markup;
}
