/** What a sweep looks like, from results written by hand. */
import { expect, test, vi } from 'vitest';
import { specOf } from '../../reports/charts/chart.ts';
import { drawSvg } from '../../reports/charts/svg.ts';
import { light } from '../../reports/charts/theme.ts';
import { sweepCharts } from '../../reports/sweep/charts.ts';
import { renderSweepPage } from '../../reports/sweep/page.ts';
import { layoutOf } from '../../reports/sweep/rows.ts';
import { renderSweep } from '../../reports/sweep/table.ts';
import type { RunResult } from '../../sim/result.ts';
import { type CellFile, type Manifest, sweepResult } from '../../sim/sweep/result.ts';

// Drawing takes a second, or many on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const RATES = ['20/s', '40/s', '60/s'];
const SLOTS = ['2', '4'];
const scenario = { name: 'shop <b>', sha256: 'f00', seed: '1' };

function run(cell: Record<string, string>, lbmethod: string, mean: number): RunResult {
  const effort = {
    state: 'complete',
    replications: 10,
    warmup: { requests: 1, seconds: 1, rule: 'fixed' },
  } as const;
  return {
    lbmethod,
    cell,
    ...effort,
    simulated: { seconds: 1, requests: 1000 },
    metrics: {
      'sojourn.mean': { mean, ci95: [mean - 1, mean + 1], unit: 'ms' },
      'errors.rate': { mean: 0, ci95: [0, 0], unit: 'share' },
    },
    workers: [],
    expect: [],
    notes: [],
  };
}

/** Rates crossed with slots; the last cell is missing, the one before it unstable. */
function sweep() {
  const cells = RATES.flatMap((rate) => SLOTS.map((slots) => ({ rate, slots }))).map((cell, i) => ({
    id: `${i}`,
    cell,
  }));
  const axes = [
    { path: 'rate', values: RATES },
    { path: 'slots', values: SLOTS },
  ];
  const version = '0';
  const manifest: Manifest = { format: 'fairlead/sweep@1', version, scenario, axes, cells };
  const files = cells.slice(0, 5).map(({ id, cell }, i): CellFile => {
    const head = { format: 'fairlead/cell@1', version, id, cell, comparisons: [] } as const;
    const of = { sha256: 'f00', seed: '1' };
    if (i === 4) return { ...head, scenario: of, state: 'unstable', message: 'too much', runs: [] };
    const runs = [run(cell, 'byrequests', 10 + 10 * i), run(cell, 'bybusyness', 9 + i)];
    return { ...head, scenario: of, state: 'complete', message: null, runs };
  });
  return sweepResult(manifest, new Map(files.map((file) => [file.id, file])));
}

test('the terminal has a row for every cell and lbmethod, and says what is not there', () => {
  const text = renderSweep(sweep(), { colour: false, width: 100 });
  expect(text).toContain('INCOMPLETE: 1 of 6 cells are missing.');
  expect(text).toContain('rate=60/s, slots=2: unstable: too much');
  expect(text).toMatch(/^ 20\/s +4 +bybusyness +complete +10\.0 ±1\.0/m);
  expect(text).toMatch(/^ 60\/s +4 +- +missing +-/m);
  expect(text.match(/^ \d0\/s/gm)).toHaveLength(4 * 2 + 2);
});

test('curves go along the axis with the most amounts; the others tell pictures apart', async () => {
  const result = sweep();
  expect(layoutOf(result)).toMatchObject({ x: { path: 'rate', unit: '/s' }, panels: ['slots'] });
  const [chart] = sweepCharts(result) as [ReturnType<typeof sweepCharts>[0]];
  const spec = specOf(chart, result, { theme: light, width: 860 });
  const warnings: string[] = [];
  const svg = await drawSvg(spec!, (message) => warnings.push(message));
  expect(warnings).toEqual([]);
  for (const text of ['slots 2', 'slots 4', 'rate, /s', 'sojourn.mean, ms', 'bybusyness']) {
    expect(svg).toContain(`>${text}</text>`);
  }
  expect(chart.table(result).rows).toHaveLength(8);
  expect(chart.table(result).rows[1]).toEqual(['20/s', '2', 'bybusyness', 9, 8, 10]);
});

test('an axis of names has points, not lines; one in step with it tells no pictures apart', async () => {
  const result = sweep();
  const axes = [
    { path: 'slots', values: SLOTS, amounts: null, unit: '' },
    { path: 'rate', values: RATES, amounts: null, unit: '' },
  ];
  const inStep = { ...result, axes, cells: result.cells.filter((_, i) => i === 0 || i === 3) };
  const runs = inStep.cells.flatMap(({ cell }) => [run(cell, 'byrequests', 5)]);
  expect(layoutOf({ ...inStep, runs })).toMatchObject({ panels: [] });
  const [chart] = sweepCharts({ ...inStep, runs }) as [ReturnType<typeof sweepCharts>[0]];
  const spec = specOf(chart, { ...inStep, runs }, { theme: light, width: 860 });
  expect(JSON.stringify(spec)).not.toContain('"line"');
  const warnings: string[] = [];
  await drawSvg(spec!, (message) => warnings.push(message));
  expect(warnings).toEqual([]);
});

test('a metric that is zero everywhere has no picture', () => {
  const result = sweep();
  const errors = sweepCharts(result).find(({ title }) => title === 'errors.rate');
  expect(specOf(errors!, result, { theme: light, width: 860 })).toBeNull();
});

test('the page holds charts and cells, is stamped when incomplete, and escapes names', async () => {
  const page = await renderSweepPage(sweep());
  expect(page).toContain('INCOMPLETE: 1 of 6 cells are missing.');
  expect(page).toContain('shop &lt;b&gt;');
  expect(page).not.toContain('<b>');
  expect(page.match(/<figure/g)).toHaveLength(1);
  expect(page).not.toContain('<script');
});
