/**
 * Colours of charts and page: every series colour has at least 3:1 and every text colour at least 4.5:1 against its
 * background, and the first four stay apart (10 in CIELAB) under simulated protanopia, deuteranopia and tritanopia;
 * dashes, shapes and words repeat what colour says. Files are drawn in `light`; the page draws with CSS variables, so
 * that one picture serves both themes.
 */
import type { Config } from 'vega-lite';
import type { Verdict } from '../../sim/result.ts';

export interface Theme {
  readonly background: string;
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly band: string;
  readonly series: readonly string[];
  readonly verdicts: Readonly<Record<Verdict, string>>;
}

export const light: Theme = {
  background: '#ffffff',
  ink: '#1c2024',
  muted: '#59626b',
  line: '#dfe3e7',
  band: '#8a6d00',
  series: ['#0b66b0', '#c25100', '#00806a', '#8f2470', '#6e6000', '#5b4bd6', '#3f464d'],
  verdicts: {
    better: '#00705c',
    worse: '#b3300f',
    equivalent: '#4c5660',
    unclear: '#7a5c00',
    different: '#0b5ca0',
  },
};

export const dark: Theme = {
  background: '#14181c',
  ink: '#e8ebee',
  muted: '#a3adb7',
  line: '#30373e',
  band: '#e0c04a',
  series: ['#66b3ff', '#ff9a52', '#37cfae', '#f086d8', '#d2c24a', '#a99cff', '#c9d0d6'],
  verdicts: {
    better: '#45d1b2',
    worse: '#ff8f73',
    equivalent: '#b4bec8',
    unclear: '#e0c04a',
    different: '#7cbcff',
  },
};

/** Colours by reference to the page's variables; see `cssVariables`. */
export const variables: Theme = {
  background: 'transparent',
  ink: 'var(--ink)',
  muted: 'var(--muted)',
  line: 'var(--line)',
  band: 'var(--band)',
  series: light.series.map((_, i) => `var(--series-${i})`),
  verdicts: {
    better: 'var(--better)',
    worse: 'var(--worse)',
    equivalent: 'var(--equivalent)',
    unclear: 'var(--unclear)',
    different: 'var(--different)',
  },
};

/** CSS declarations that give `variables` the colours of `theme`. */
export function cssVariables(theme: Theme): string {
  const { series, verdicts, ...plain } = theme;
  const all = {
    ...plain,
    ...verdicts,
    ...Object.fromEntries(series.map((c, i) => [`series-${i}`, c])),
  };
  return Object.entries(all)
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join(' ');
}

/** Dash patterns; seven colours times four dashes tell 28 series apart. */
const dashes = [
  [1, 0],
  [7, 3],
  [2, 2],
  [9, 3, 2, 3],
];
const shapes = ['circle', 'square', 'triangle-up', 'diamond', 'cross'];

function cycle<T>(values: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, i) => values[i % values.length]!);
}

/** Scales that give each of `names` its colour, dash and shape, in this order wherever they appear. */
export function seriesScales(names: readonly string[], theme: Theme) {
  const domain = [...names];
  return {
    colour: { domain, range: cycle(theme.series, names.length) },
    dash: { domain, range: cycle(dashes, names.length) },
    shape: { domain, range: cycle(shapes, names.length) },
  };
}

/** Fonts, lines and spacing common to all charts. */
export function config(theme: Theme): Config {
  const text = {
    labelColor: theme.muted,
    titleColor: theme.ink,
    labelFontSize: 11,
    titleFontSize: 12,
  };
  return {
    font: 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif',
    title: {
      color: theme.ink,
      subtitleColor: theme.muted,
      anchor: 'start',
      frame: 'bounds',
      fontSize: 15,
      fontWeight: 600,
      subtitleFontSize: 12,
      subtitlePadding: 5,
      offset: 12,
    },
    axis: {
      ...text,
      titleFontWeight: 500,
      titlePadding: 8,
      gridColor: theme.line,
      domainColor: theme.muted,
      tickColor: theme.muted,
      labelPadding: 4,
      labelSeparation: 6,
    },
    header: { ...text, labelFontSize: 12, labelColor: theme.ink, labelFontWeight: 600 },
    legend: {
      ...text,
      labelColor: theme.ink,
      labelFontSize: 12,
      symbolStrokeWidth: 2,
      columnPadding: 18,
    },
    view: { stroke: null },
    aria: false,
  };
}
