/**
 * The report as one page that needs nothing else: no script, no request, charts as inline SVG whose colours are CSS
 * variables, so that the same drawing serves light, dark and print. A content security policy keeps it that way.
 */
import type { Study } from '../sim/result.ts';
import { html, type Markup, raw } from '../src/markup.ts';
import { formatCount } from './format.ts';
import { figureSection } from './page/figures.ts';
import { eventSection, measuredSection, noteSection } from './page/measured.ts';
import { style } from './page/style.ts';
import { metricSection, workerSection } from './page/tables.ts';
import { expectationSection, verdictSection } from './page/verdicts.ts';
import { stateSentences } from './sentences.ts';

interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Markup | null;
}

/** The whole page as text. Loads vega when there is something to draw. */
export async function renderPage(study: Study): Promise<string> {
  const { result } = study;
  const expectations = {
    id: 'expectations',
    title: 'Expectations',
    content: expectationSection(result),
  };
  const single = result.runs.length === 1;
  const all: readonly Section[] = [
    { id: 'verdicts', title: 'Verdicts', content: verdictSection(result) },
    ...(single ? [expectations] : []),
    { id: 'metrics', title: 'Metrics', content: metricSection(result) },
    { id: 'workers', title: 'Workers', content: workerSection(result) },
    { id: 'charts', title: 'Charts', content: await figureSection(study) },
    { id: 'events', title: 'Events', content: eventSection(study) },
    ...(single ? [] : [expectations]),
    { id: 'notes', title: 'Notes', content: noteSection(result) },
    { id: 'measured', title: 'How this was measured', content: measuredSection(study) },
  ];
  const sections = all.filter(({ content }) => content !== null);
  const names = result.runs.map((run) => run.lbmethod).join(', ');
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="generator" content="Fairlead ${result.version}">
<link rel="icon" href="data:,"><title>${result.scenario.name}: ${names}</title><style>${raw(style)}</style></head>
<body><a class="skip" href="#main">Skip to the results</a>
<header class="page"><h1>${result.scenario.name}</h1>${study.description === '' ? null : html`<p class="lead">${study.description}</p>`}
<p class="meta">${names}; ${formatCount(result.runs[0]?.replications ?? 0, 'replication')}; seed ${result.scenario.seed}; Fairlead ${result.version}</p>
${stateSentences(result).map((s) => html`<p class="warning"><strong>${s}</strong></p>`)}
<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav></header>
<main id="main" class="page" tabindex="-1">${sections.map(({ content }) => content!)}</main>
<footer class="page">Every number of this page is in <a href="result.json">result.json</a>, <a href="metrics.csv">metrics.csv</a> and <a href="series.csv">series.csv</a> beside it.</footer>
</body></html>
`.markup;
}
