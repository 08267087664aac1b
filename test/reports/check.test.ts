/** What a check says to other tools, for texts that try to break out of their format. */
import { expect, test } from 'vitest';
import { annotationsOf, githubCommands } from '../../reports/check/annotations.ts';
import { bencherJson } from '../../reports/check/bencher.ts';
import { junitXml } from '../../reports/check/junit.ts';
import { marginsSvg } from '../../reports/check/margins-chart.ts';
import { checkMarkdown } from '../../reports/check/markdown.ts';
import { renderCheck } from '../../reports/check/table.ts';
import type { CheckResult, GateResult, GateVerdict } from '../../sim/check/result.ts';

const nasty = 'a|b<c>&"\u0007::error::,%0A\n100%';

const gate = (verdict: GateVerdict, line: number): GateResult => ({
  ...{
    kind: 'baseline',
    text: 'at most 2 % more',
    line,
    metric: 'sojourn.mean',
    verdict,
    note: '',
  },
  value: { mean: 23.4, ci95: [23, 23.8], unit: 'ms' },
  reference: { mean: 22.1, ci95: [21.7, 22.5], unit: 'ms' },
  change: { kind: 'relative', mean: 0.059, ci95: [0.051, 0.067], margin: 0.02, unit: 'ms' },
});

const result = (verdicts: readonly GateVerdict[], name = nasty): CheckResult => ({
  ...{ format: 'fairlead/check@1', version: '1', verdict: 'failed', falseAlarms: 0.01 },
  scenarios: [
    {
      ...{
        name,
        file: 'a,b:c.yaml',
        lbmethod: 'byrequests',
        reference: 'git:main',
        verdict: 'failed',
      },
      ...{ state: 'complete', replications: 10, limit: 40, notes: [] },
      gates: verdicts.map((verdict, i) => gate(verdict, i + 1)),
    },
  ],
});

test('annotations: nine at most, the failed first, and how many more; nothing breaks out of its place', () => {
  const many = result(['inconclusive', ...Array(11).fill('failed'), 'passed']);
  const lines = githubCommands(annotationsOf(many, false), (file) => file)
    .trimEnd()
    .split('\n');
  expect(lines).toHaveLength(10);
  expect(lines[0]).toMatch(/^::error file=a%2Cb%3Ac\.yaml,line=2,title=fairlead check::/);
  expect(lines[0]).toContain(
    '%250A%0A100%25: failed: sojourn.mean: at most 2 %25 more: 23.4 ms instead of 22.1 ms: +5.9 %25',
  );
  expect(lines[9]).toBe('::error title=fairlead check::and 3 more');
  const allowed = githubCommands(annotationsOf(result(['inconclusive']), true), (file) => file);
  expect(allowed).toMatch(/^::warning /);
  expect(githubCommands(annotationsOf(result(['passed']), false), (file) => file)).toBe('');
});

test('JUnit: counts, escapes, and no character that XML forbids', () => {
  const xml = junitXml(result(['passed', 'failed', 'no data', 'inconclusive']), false);
  expect(xml).toContain('<testsuites tests="4" failures="1" errors="2" skipped="0">');
  expect(xml).toContain('a|b&lt;c>&amp;&quot;::error::,%0A');
  expect(xml).not.toContain('\u0007');
  expect(junitXml(result(['inconclusive']), true)).toContain('errors="0" skipped="1"');
});

test('Markdown: one cell stays one cell, and one link to the chart', () => {
  const text = checkMarkdown(result(['failed']), 'check.svg');
  const row = text.split('\n').find((line) => line.includes('❌ failed'))!;
  expect(row.replaceAll('\\|', '').split('|')).toHaveLength(6);
  expect(row).toContain('a\\|b\\<c\\>');
  expect(text.match(/\]\(/g)).toHaveLength(1);
  expect(checkMarkdown(result(['passed'], 'x'), null)).not.toContain('](');
});

test('terminal: no control characters of others, and what to do', () => {
  const text = renderCheck(result(['failed', 'inconclusive']), { colour: false, width: 100 });
  expect(text).not.toContain('\u0007');
  expect(text).toContain('+5.9 % (+5.1 to +6.7 %)');
  expect(text).toContain('fairlead check --update');
  expect(text).toContain('failed: 1 scenario, 2 gates: 1 failed, 1 inconclusive');
});

test('Bencher: value and bounds by scenario and slug', () => {
  expect(JSON.parse(bencherJson(result(['failed'], 'shop')))).toEqual({
    shop: { 'sojourn-mean': { value: 23.4, lower_value: 23, upper_value: 23.8 } },
  });
});

test('the chart draws every comparison, and nothing when there is none', async () => {
  const svg = await marginsSvg(result(['failed', 'passed']));
  expect(svg).toMatch(/^<svg/);
  expect(svg).toContain('+5.9 %');
  const none = { ...result([]), scenarios: [] };
  expect(await marginsSvg(none)).toBeNull();
});
