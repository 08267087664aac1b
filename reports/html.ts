/**
 * The report as one page that needs nothing else: no script, no request, charts as inline SVG whose colours are CSS
 * variables, so that the same drawing serves light, dark and print. A content security policy keeps it that way.
 */
import type { Study } from '../sim/result.ts';
import { html } from '../src/markup.ts';
import { charts } from './charts/index.ts';
import { formatCount } from './format.ts';
import { document, type Section } from './page/document.ts';
import { figureSection } from './page/figures.ts';
import { eventSection, measuredSection, noteSection } from './page/measured.ts';
import { metricSection, workerSection } from './page/tables.ts';
import { expectationSection, verdictSection } from './page/verdicts.ts';
import { stateSentences } from './sentences.ts';

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
    { id: 'charts', title: 'Charts', content: await figureSection(charts, study) },
    { id: 'events', title: 'Events', content: eventSection(study) },
    ...(single ? [] : [expectations]),
    { id: 'notes', title: 'Notes', content: noteSection(result) },
    { id: 'measured', title: 'How this was measured', content: measuredSection(study) },
  ];
  const names = result.runs.map((run) => run.lbmethod).join(', ');
  return document({
    title: `${result.scenario.name}: ${names}`,
    heading: result.scenario.name,
    version: result.version,
    meta: `${names}; ${formatCount(result.runs[0]?.replications ?? 0, 'replication')}; seed ${result.scenario.seed}; Fairlead ${result.version}`,
    lead: study.description === '' ? [] : [study.description],
    warnings: stateSentences(result),
    sections: all,
    footer: html`Every number of this page is in <a href="result.json">result.json</a>, <a href="metrics.csv">metrics.csv</a> and <a href="series.csv">series.csv</a> beside it.`,
  });
}
