/** The report of a sweep as one page, like that of a study. */
import type { RunResult } from '../../sim/result.ts';
import type { SweepResult } from '../../sim/sweep/result.ts';
import { html, type Markup } from '../../src/markup.ts';
import { formatCount, formatInterval, formatMean } from '../format.ts';
import { comparedHeadline } from '../headline.ts';
import { document } from '../page/document.ts';
import { figureSection } from '../page/figures.ts';
import { scrolling, sentence } from '../page/parts.ts';
import { sweepCharts } from './charts.ts';
import { gapSentences, rowsOf } from './rows.ts';
import { verdictOf } from './table.ts';

/** The whole page as text. Loads vega when there is something to draw. */
export async function renderSweepPage(result: SweepResult): Promise<string> {
  const { scenario, cells, axes } = result;
  const varied = axes.map(({ path, values }) => `${path}: ${values.join(', ')}`);
  return document({
    title: `${scenario.name}: sweep`,
    heading: scenario.name,
    version: result.version,
    meta: `a sweep of ${formatCount(cells.length, 'cell')}; seed ${scenario.seed}; Fairlead ${result.version}`,
    lead: varied,
    warnings: gapSentences(result),
    sections: [
      { id: 'charts', title: 'Charts', content: await figureSection(sweepCharts(result), result) },
      { id: 'cells', title: 'Cells', content: cellSection(result) },
      { id: 'measured', title: 'How this was measured', content: measuredSection(result) },
    ],
    footer: html`Every number of this page is in <a href="result.json">result.json</a> and <a href="metrics.csv">metrics.csv</a> beside it; every cell is a file in <code>cells</code>, listed in <a href="manifest.json">manifest.json</a>.`,
  });
}

function cellSection(result: SweepResult): Markup {
  const metrics = comparedHeadline(result.runs);
  const rows = rowsOf(result).map(({ cell, run }) => {
    const values = result.axes.map(({ path }) => html`<td class="text">${cell.cell[path]!}</td>`);
    const numbers = metrics.map((metric) => metricCell(result, cell.cell, run, metric));
    return html`<tr>${values}<td class="text">${run?.lbmethod ?? '-'}</td><td class="text">${run?.state ?? cell.state}</td>${numbers}</tr>
`;
  });
  const heads = [...result.axes.map(({ path }) => path), 'lbmethod', 'state'];
  const table = html`<table><caption>Mean, 95 % interval, and the verdict against the first lbmethod of the same cell</caption><thead><tr>${heads.map((head) => html`<th scope="col" class="text">${head}</th>`)}${metrics.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`;
  return html`<section aria-labelledby="cells"><h2 id="cells">Cells</h2>${scrolling('Cells', table)}</section>`;
}

function metricCell(
  result: SweepResult,
  cell: Readonly<Record<string, string>>,
  run: RunResult | null,
  metric: string,
): Markup {
  const value = run?.metrics[metric];
  if (run === null || value === undefined) return html`<td>-</td>`;
  const verdict = verdictOf(result, cell, run.lbmethod, metric);
  const word = verdict === undefined ? null : html` <span class="${verdict}">${verdict}</span>`;
  return html`<td>${formatMean(value)}${word}<small>${formatInterval(value.ci95, value.unit)}</small></td>`;
}

function measuredSection({ scenario, version, runs }: SweepResult): Markup {
  const notes = [...new Set(runs.flatMap(({ notes }) => notes))];
  return html`<section aria-labelledby="measured"><h2 id="measured">How this was measured</h2>
<dl><dt>Scenario</dt><dd>${scenario.name}, SHA-256 <code>${scenario.sha256}</code></dd><dt>Seed</dt><dd><code>${scenario.seed}</code></dd><dt>Version</dt><dd>Fairlead ${version}</dd></dl>
<p>${sentence('Each cell is the scenario with the values of its row put in. A value is the mean over independent replications, with Student’s 95 % t interval. All lbmethods of a cell met the same traffic; cells draw from the same random streams, too, so that what differs between them is what was varied.')}</p>
${notes.length === 0 ? null : html`<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>`}</section>`;
}
