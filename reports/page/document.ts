/** A page around its sections: no script, no request, and a policy that keeps it so. */
import { html, type Markup, raw } from '../../src/markup.ts';
import { style } from './style.ts';

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Markup | null;
}

export interface PageParts {
  readonly title: string;
  readonly heading: string;
  readonly version: string;
  readonly meta: string;
  /** Paragraphs below the heading. */
  readonly lead: readonly string[];
  readonly warnings: readonly string[];
  /** Those without content are left out. */
  readonly sections: readonly Section[];
  readonly footer: Markup;
}

/** The whole page as text. */
export function document(parts: PageParts): string {
  const sections = parts.sections.filter(({ content }) => content !== null);
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="generator" content="Fairlead ${parts.version}">
<link rel="icon" href="data:,"><title>${parts.title}</title><style>${raw(style)}</style></head>
<body><a class="skip" href="#main">Skip to the results</a>
<header class="page"><h1>${parts.heading}</h1>${parts.lead.map((text) => html`<p class="lead">${text}</p>`)}
<p class="meta">${parts.meta}</p>
${parts.warnings.map((s) => html`<p class="warning"><strong>${s}</strong></p>`)}
<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav></header>
<main id="main" class="page" tabindex="-1">${sections.map(({ content }) => content!)}</main>
<footer class="page">${parts.footer}</footer>
</body></html>
`.markup;
}
