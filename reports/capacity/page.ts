/** The report of a search for capacity as one page, like that of a study. */
import type { CapacityLook, CapacityResult } from '../../sim/capacity/capacity.ts';
import { html, type Markup } from '../../src/markup.ts';
import { formatMetric, formatNumber, formatValue } from '../format.ts';
import { document } from '../page/document.ts';
import { figureSection } from '../page/figures.ts';
import { scrolling, sentence } from '../page/parts.ts';
import { capacityCharts } from './charts.ts';
import { capacitySentence, capacityTitle } from './table.ts';

/** The whole page as text. Loads vega when there is something to draw. */
export async function renderCapacityPage(result: CapacityResult): Promise<string> {
  const { scenario, version, capacities } = result;
  const names = capacities.map(({ lbmethod }) => lbmethod).join(', ');
  return document({
    title: `${scenario.name}: capacity`,
    heading: capacityTitle(result),
    version,
    meta: `capacity under ${names}; seed ${scenario.seed}; Fairlead ${version}`,
    lead: capacities.map((one) => sentence(capacitySentence(one))),
    warnings: [],
    sections: [
      {
        id: 'charts',
        title: 'Charts',
        content: await figureSection(capacityCharts(result), result),
      },
      { id: 'rates', title: 'Rates', content: rateSection(result) },
      { id: 'measured', title: 'How this was measured', content: measuredSection(result) },
    ],
    footer: html`Every number of this page is in <a href="result.json">result.json</a> and <a href="rates.csv">rates.csv</a> beside it.`,
  });
}

function rateSection({ objectives, capacities }: CapacityResult): Markup {
  const rows = capacities.flatMap(({ lbmethod, looks }) =>
    looks.map((look) => rateRow(lbmethod, look)),
  );
  const heads = [...objectives, 'verdict'];
  const table = html`<table><caption>Every rate that was simulated: mean and 95 % interval of what the objectives ask for</caption><thead><tr><th scope="col" class="text">lbmethod</th>${['requests/s', 'replications', ...heads].map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`;
  return html`<section aria-labelledby="rates"><h2 id="rates">Rates</h2>${scrolling('Rates', table)}</section>`;
}

function rateRow(lbmethod: string, look: CapacityLook): Markup {
  const values = look.objectives.map(({ value }) => html`<td>${formatMetric(value)}</td>`);
  const verdict = look.state === 'unstable' ? 'fails: a queue grows for ever' : look.verdict;
  return html`<tr><th scope="row" class="text">${lbmethod}</th><td>${formatNumber(look.requestsPerSecond)}</td><td>${look.replications}</td>${values}<td class="text">${verdict}</td></tr>
`;
}

function measuredSection({ scenario, version, precision }: CapacityResult): Markup {
  return html`<section aria-labelledby="measured"><h2 id="measured">How this was measured</h2>
<dl><dt>Scenario</dt><dd>${scenario.name}, SHA-256 <code>${scenario.sha256}</code></dd><dt>Seed</dt><dd><code>${scenario.seed}</code></dd><dt>Version</dt><dd>Fairlead ${version}</dd><dt>Precision asked for</dt><dd>±${formatValue(precision, 'share')}</dd></dl>
<p>${sentence('The rates of all varied clients go up and down by one factor, and every rate meets the same random numbers. A value is the mean over independent replications, with Student’s 95 % t interval. The capacity is estimated where the mean crosses the bound; its interval holds the rates at which the bound lies within the interval of the metric, and ends at rates that were simulated.')}</p></section>`;
}
