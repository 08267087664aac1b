import { describe, expect, test, vi } from 'vitest';
import { specOf } from '../../reports/charts/chart.ts';
import { charts } from '../../reports/charts/index.ts';
import { drawSvg } from '../../reports/charts/svg.ts';
import { dark, light, variables } from '../../reports/charts/theme.ts';
import { bare, comparison, nasty, single } from './studies.ts';

// Drawing takes a second, or many on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const look = { theme: light, width: 860 };

describe.each(charts)('$name', (chart) => {
  test.each([
    ['comparison', comparison],
    ['single', single],
    ['nasty', nasty],
  ] as const)('compiles and draws %s without a warning, wide and narrow', async (_, study) => {
    const warnings: string[] = [];
    for (const width of [860, 360]) {
      const spec = specOf(chart, study, { theme: variables, width });
      if (spec === null) continue;
      const svg = await drawSvg(spec, (message) => warnings.push(message));
      const drawn = Number(/width="([\d.]+)"/.exec(svg)?.[1]);
      // Vega keeps the room that a long name would have taken before it was cut.
      expect(drawn).toBeLessThanOrEqual(width * (study === nasty ? 1.1 : 1));
      expect(drawn).toBeGreaterThan(width * 0.8);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    }
    expect(warnings).toEqual([]);
  });

  test('draws nothing where there is nothing', () => {
    expect(specOf(chart, bare, look)).toBeNull();
    expect(chart.table(bare).rows).toEqual([]);
  });

  test('has a table of equal rows, a title and a description in its specification', () => {
    const { header, rows } = chart.table(comparison);
    expect(rows.length).toBeGreaterThan(0);
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([header.length]));
    expect(specOf(chart, comparison, look)).toMatchObject({ description: chart.description });
  });

  test('names from a scenario never become markup, nor what XML forbids', async () => {
    const spec = specOf(chart, nasty, look);
    const svg = await drawSvg(spec!);
    expect(svg).not.toMatch(/<script|<b>|<img/);
    expect(svg).not.toMatch(/[^\P{Cc}\n]/u);
  });
});

test('only a comparison has differences', () => {
  const drawn = charts.filter((chart) => specOf(chart, single, look) !== null);
  expect(drawn.map((chart) => chart.name)).toEqual([
    'sojourn-percentiles',
    'shares',
    'busy',
    'queue-and-errors',
  ]);
});

test('times beyond half an hour are drawn in minutes, and overlapping events share a label', async () => {
  const series = comparison.series.map((s) => {
    const seconds = s.time.seconds.map((t) => t * 10);
    return { ...s, time: { ...s.time, seconds, binSeconds: 50 } };
  });
  const events = [
    { seconds: 1800, untilSeconds: 2700, label: 'first' },
    { seconds: 1801, untilSeconds: null, label: 'second' },
  ];
  const chart = charts.find(({ name }) => name === 'queue-and-errors')!;
  const svg = await drawSvg(specOf(chart, { ...comparison, series, events }, look)!);
  expect(svg).toContain('simulated time, min');
  expect(svg).toContain('>1, 2<');
});

describe.each([
  ['light', light],
  ['dark', dark],
] as const)('%s colours', (_, theme) => {
  test('text has a contrast of 4.5 to 1, lines and points of 3 to 1', () => {
    const text = [theme.ink, theme.muted, ...Object.values(theme.verdicts)];
    for (const colour of text) expect(contrast(colour, theme.background)).toBeGreaterThan(4.5);
    for (const colour of theme.series)
      expect(contrast(colour, theme.background)).toBeGreaterThan(3);
  });
});

/** WCAG 2.2, relative luminance and contrast ratio. */
function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p) as [number, number];
  return (x + 0.05) / (y + 0.05);
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
