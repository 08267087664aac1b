/** What a search for capacity looks like, from a result written by hand. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { capacityCharts } from '../../reports/capacity/charts.ts';
import { renderCapacityPage } from '../../reports/capacity/page.ts';
import { writeCapacityReport } from '../../reports/capacity/write.ts';
import { specOf } from '../../reports/charts/chart.ts';
import { drawSvg } from '../../reports/charts/svg.ts';
import { light } from '../../reports/charts/theme.ts';
import type {
  CapacityLook,
  CapacityResult,
  LbmethodCapacity,
} from '../../sim/capacity/capacity.ts';

// Drawing takes a second, or many on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const objective = 'sojourn.mean < 40ms';
const look = { theme: light, width: 800 };

function lookAt(rate: number, mean: number | null, half = 2): CapacityLook {
  const value =
    mean === null
      ? null
      : ({ mean, ci95: [mean - half, mean + half] as [number, number], unit: 'ms' } as const);
  const verdict = mean === null || mean > 42 ? 'missed' : mean < 38 ? 'met' : 'unclear';
  return {
    requestsPerSecond: rate,
    factor: rate / 100,
    replications: 10,
    state: mean === null ? 'unstable' : 'complete',
    verdict: mean === null || mean > 42 ? 'fails' : mean < 38 ? 'holds' : 'unclear',
    objectives: [{ text: objective, line: 1, verdict, value }],
  };
}

function resultOf(...capacities: LbmethodCapacity[]): CapacityResult {
  return {
    format: 'fairlead/capacity@1',
    version: '0',
    scenario: { name: 'shop <b>', sha256: 'f00', seed: '1' },
    objectives: [objective],
    bounds: [40],
    without: ['a'],
    precision: 0.02,
    capacities,
  };
}

const found: LbmethodCapacity = {
  lbmethod: 'byrequests',
  state: 'found',
  requestsPerSecond: { mean: 70, ci95: [65, 75], unit: '1/s' },
  factor: 0.7,
  load: 0.7,
  looks: [lookAt(50, 20), lookAt(65, 36), lookAt(75, 46), lookAt(99, null)],
};
const open: LbmethodCapacity = {
  ...found,
  lbmethod: 'bybusyness',
  requestsPerSecond: { mean: 72, ci95: [66, null], unit: '1/s' },
};

test('the chart draws what has a value, the bound, and the capacity on it', async () => {
  const result = resultOf(found, open);
  const [chart] = capacityCharts(result) as [ReturnType<typeof capacityCharts>[0]];
  const spec = specOf(chart, result, look) as { layer: { data: { values: object[] } }[] };
  const [, line, , bound, bars] = spec.layer.map(({ data }) => data.values);
  expect(line).toHaveLength(6);
  expect(line?.[1]).toMatchObject({ rate: 65, mean: 36, low: 34, high: 38 });
  expect(bound).toEqual([{ limit: 40 }]);
  expect(bars).toMatchObject([
    { lbmethod: 'byrequests', low: 65, mean: 70, high: 75, limit: 40 },
    { lbmethod: 'bybusyness', low: 66, mean: 72, high: 75 }, // open above: as far as rates have a value
  ]);
  expect(chart.table(result).rows[0]).toEqual([50, 'byrequests', 20, 18, 22, 'met']);
  expect(await drawSvg(specOf(chart, result, look)!)).toMatch(/^<svg /);
});

test('without any value there is nothing to draw', () => {
  const result = resultOf({
    ...found,
    state: 'no data',
    requestsPerSecond: null,
    looks: [lookAt(50, null)],
  });
  expect(specOf(capacityCharts(result)[0]!, result, look)).toBeNull();
});

test('the page says what was asked, what came out, and every rate', async () => {
  const page = await renderCapacityPage(resultOf(found));
  expect(page).toContain('<h1>shop &lt;b&gt; without a: sojourn.mean &lt; 40ms</h1>');
  expect(page).toMatch(/byrequests: up to 70\.0 requests\/s \(95\s% interval 65\.0 to 75\.0\)/);
  expect(page).toContain('<td>65.0</td><td>10</td><td>36.0 ms (34.0 to 38.0 ms)</td>');
  expect(page).toContain('fails: a queue grows for ever');
  expect(page).toContain('±2.00 %');
});

test('the files: page, document, rates and charts; a chart of an earlier report goes', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'fairlead-capacity-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  writeFileSync(path.join(dir, 'capacity-2.svg'), 'old');
  const result = resultOf(found);
  const written = await writeCapacityReport(result, dir);
  expect(readdirSync(dir).sort()).toEqual(written.map((file) => path.basename(file)).sort());
  expect(existsSync(path.join(dir, 'capacity-2.svg'))).toBe(false);
  expect(JSON.parse(readFileSync(path.join(dir, 'result.json'), 'utf8'))).toEqual(result);
  const rows = readFileSync(path.join(dir, 'rates.csv'), 'utf8').trim().split('\n');
  expect(rows[0]).toMatch(/^lbmethod,requestsPerSecond,replications,state,verdict,objective,unit/);
  expect(rows[2]).toBe('byrequests,65,10,complete,holds,sojourn.mean < 40ms,ms,36,34,38');
  expect(rows[4]).toBe('byrequests,99,10,unstable,fails,sojourn.mean < 40ms,,,,');
});
