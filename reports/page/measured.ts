/** How the numbers of a report came about, and what each metric means. */
import type { Result, RunResult, Study } from '../../sim/result.ts';
import { html, type Markup } from '../../src/markup.ts';
import { formatCount, formatFixed, formatNumber } from '../format.ts';
import { presentMetrics } from '../headline.ts';
import { metricRows } from '../metric-table.ts';
import { notesOf } from '../notes.ts';
import { precisionSentence, testSentence } from '../sentences.ts';
import { scrolling, sentence } from './parts.ts';

/** Notes of all runs, each once; null without notes. */
export function noteSection(result: Result): Markup | null {
  const notes = notesOf(result);
  if (notes.length === 0) return null;
  return html`<section aria-labelledby="notes"><h2 id="notes">Notes</h2><ul>${notes.map((note) => html`<li>${note}</li>`)}</ul></section>`;
}

/** Events of the scenario with their numbers in the charts; null without events. */
export function eventSection(study: Study): Markup | null {
  if (study.events.length === 0) return null;
  const rows = study.events.map(
    (
      event,
      i,
    ) => html`<tr><th scope="row">${i + 1}</th><td class="text">${event.label}</td><td>${formatNumber(event.seconds)} s</td><td>${event.untilSeconds === null ? '-' : `${formatNumber(event.untilSeconds)} s`}</td></tr>
`,
  );
  const table = html`<table><caption>What happened, in every replication at the same time</caption><thead><tr><th scope="col">number</th><th scope="col" class="text">event</th><th scope="col">from</th><th scope="col">until</th></tr></thead><tbody>${rows}</tbody></table>`;
  return html`<section aria-labelledby="events"><h2 id="events">Events</h2>${scrolling('Events', table)}</section>`;
}

/** Seed, version, effort, what an interval and a verdict are, and the metrics' formulas. */
export function measuredSection({ result }: Study): Markup {
  const { runs, scenario } = result;
  return html`<section aria-labelledby="measured"><h2 id="measured">How this was measured</h2>
<dl><dt>Scenario</dt><dd>${scenario.name}, SHA-256 <code>${scenario.sha256}</code></dd>
<dt>Seed</dt><dd><code>${scenario.seed}</code></dd>
<dt>Version</dt><dd>Fairlead ${result.version}; the same scenario, seed and version give the same numbers</dd></dl>
${scrolling('Effort', effortTable(runs))}
<p>A value is the mean over independent replications. Its 95 % interval is Student's t interval over the replications' values: of a hundred such studies, about ninety-five would have the true mean inside. Without two replications there is no interval. ${precisionSentence(result)}</p>
${
  runs.length < 2
    ? null
    : html`<p>Every lbmethod met the same arrivals and the same work (common random numbers), so differences are taken pair by pair within each replication, and their intervals are usually narrower than those of the values. Metrics whose margin is a percentage are compared by ratios: the relative change is the mean of ln(b / a) over the replications, taken back to percent, with its t interval. A difference is <em>equivalent</em> when its interval lies within the margin, <em>better</em> or <em>worse</em> when the paired t test at 5 % says so, and <em>unclear</em> otherwise. ${testSentence(result)}</p>`
}
${scrolling('Metrics and their formulas', formulaTable(presentMetrics(runs)))}</section>`;
}

function effortTable(runs: readonly RunResult[]): Markup {
  const rows = runs.map(({ lbmethod, replications, warmup, simulated }) => {
    const rule = warmup.rule === 'mser5' ? 'MSER-5' : 'fixed';
    const cut = `${formatCount(warmup.requests, 'request')}, ${formatNumber(warmup.seconds)} s (${rule})`;
    return html`<tr><th scope="row">${lbmethod}</th><td>${replications}</td><td>${cut}</td><td>${formatFixed(simulated.requests, 0)}</td><td>${formatFixed(simulated.seconds, 0)} s</td></tr>
`;
  });
  return html`<table><caption>Effort per lbmethod, warm-up and drain included</caption><thead><tr><th scope="col">lbmethod</th><th scope="col">replications</th><th scope="col">warm-up left out</th><th scope="col">requests simulated</th><th scope="col">time simulated</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function formulaTable(names: readonly string[]): Markup {
  const rows = metricRows
    .filter(({ name }) => names.includes(name))
    .map(
      ({ name, unit, better, margin, formula, floor }) =>
        html`<tr><th scope="row">${name}</th><td class="text">${unit}</td><td class="text">${better}</td><td>${sentence(margin)}</td><td class="prose">${formula}</td><td class="prose">${floor}</td></tr>
`,
    );
  return html`<table><caption>Metrics: unit, which way is better, margin of equivalence, formula, and what chance alone makes of them: m requests (S sessions) picked independently at random over n workers with target shares p</caption><thead><tr><th scope="col">metric</th><th scope="col" class="text">unit</th><th scope="col" class="text">better</th><th scope="col">margin</th><th scope="col" class="text">formula</th><th scope="col" class="text">by chance alone</th></tr></thead><tbody>${rows}</tbody></table>`;
}
