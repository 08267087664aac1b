/** The page's first section: what is better, in a table and in words; or, for a single run, what was expected. */
import type { Comparison, ExpectationResult, Result, Verdict } from '../../sim/result.ts';
import { html, type Markup } from '../../src/markup.ts';
import { againstBaseline, comparedVerdicts, comparisonsOf } from '../headline.ts';
import {
  expectationSentence,
  summarySentences,
  verdictPhrase,
  verdictSentence,
} from '../sentences.ts';
import { formatShift, shiftOf } from '../shift.ts';
import { scrolling, sentence } from './parts.ts';

/** Signs that differ in shape, beside words that say the same. */
const signs: Record<Verdict | ExpectationResult['verdict'], string> = {
  better: '●',
  worse: '■',
  equivalent: '◆',
  unclear: '✚',
  different: '▲',
  met: '●',
  missed: '■',
  'no data': '✚',
};

/** Verdicts against the first lbmethod, then every pair; null without comparisons. */
export function verdictSection(result: Result): Markup | null {
  const metrics = comparedVerdicts(result);
  const baseline = result.runs[0]?.lbmethod;
  if (metrics.length === 0 || baseline === undefined) return null;
  const others = result.comparisons.filter((c) => c.a !== baseline && metrics.includes(c.metric));
  return html`<section aria-labelledby="verdicts"><h2 id="verdicts">Verdicts</h2>
<ul class="sentences lead">${summarySentences(result).map((s) => html`<li><span class="sign" aria-hidden="true">→</span>${sentence(s)}</li>`)}</ul>
${scrolling('Verdicts', verdictTable(result, metrics))}
${metrics.map((metric) => {
  const found = comparisonsOf(result, metric).filter((c) => c.a === baseline);
  return html`<h3>${metric}</h3>${sentenceList(result, found, verdictPhrase)}`;
})}
${others.length === 0 ? null : html`<details><summary>The other pairs, ${others.length} verdicts</summary>${sentenceList(result, others, verdictSentence)}</details>`}
</section>`;
}

function verdictTable(result: Result, metrics: readonly string[]): Markup {
  const [first, ...others] = result.runs;
  const cell = (name: string, metric: string) => {
    const comparison = againstBaseline(result, name, metric);
    if (comparison === undefined) return html`<td>-</td>`;
    const { verdict } = comparison;
    const shift = sentence(formatShift(shiftOf(result, comparison)));
    return html`<td><span class="verdict ${verdict}"><span aria-hidden="true">${signs[verdict]}</span> ${verdict}</span><small>${shift}</small></td>`;
  };
  return html`<table><caption>Every lbmethod against ${first?.lbmethod}, the first one</caption>
<thead><tr><th scope="col">metric</th>${others.map((run) => html`<th scope="col">${run.lbmethod}</th>`)}</tr></thead>
<tbody>${metrics.map(
    (metric) =>
      html`<tr><th scope="row">${metric}</th>${others.map((run) => cell(run.lbmethod, metric))}</tr>
`,
  )}</tbody></table>`;
}

function sentenceList(
  result: Result,
  comparisons: readonly Comparison[],
  say: typeof verdictSentence,
): Markup {
  return html`<ul class="sentences">${comparisons.map(
    (c) =>
      html`<li><span class="sign ${c.verdict}" aria-hidden="true">${signs[c.verdict]}</span>${sentence(say(result, c))}</li>
`,
  )}</ul>`;
}

/** Expectations of every run with what was measured; null when the scenario expects nothing. */
export function expectationSection(result: Result): Markup | null {
  const runs = result.runs.filter((run) => run.expect.length > 0);
  if (runs.length === 0) return null;
  return html`<section aria-labelledby="expectations"><h2 id="expectations">Expectations</h2>
${runs.map(
  (run) =>
    html`${runs.length === 1 ? null : html`<h3>${run.lbmethod}</h3>`}<ul class="sentences">${run.expect.map(
      (e) =>
        html`<li><span class="sign ${e.verdict.replace(' ', '-')}" aria-hidden="true">${signs[e.verdict]}</span>${sentence(expectationSentence(e))}</li>
`,
    )}</ul>`,
)}</section>`;
}
