/** Bencher Metric Format: a benchmark a scenario, a measure a metric, with the 95 % interval as its bounds. */
import type { CheckResult } from '../../sim/check/result.ts';
import type { MetricValue } from '../../sim/result.ts';

interface BencherMetric {
  readonly value: number;
  readonly lower_value?: number;
  readonly upper_value?: number;
}

/** The document's text. Measures are named as slugs: `sojourn.mean` is `sojourn-mean`; times are milliseconds. */
export function bencherJson({ scenarios }: CheckResult): string {
  const benchmarks = scenarios.map(({ name, gates }) => {
    const measures = gates.flatMap(({ kind, metric, value, text }) => {
      if (metric === null || value === null) return [];
      const measure = kind === 'expect' ? (text.split(/[\s<>=]/, 1)[0] ?? metric) : metric;
      return [[slug(measure), bencherMetric(value)] as const];
    });
    return [name, Object.fromEntries(measures)] as const;
  });
  return `${JSON.stringify(Object.fromEntries(benchmarks), null, 2)}\n`;
}

function bencherMetric({ mean, ci95 }: MetricValue): BencherMetric {
  if (ci95 === null) return { value: mean };
  return { value: mean, lower_value: ci95[0], upper_value: ci95[1] };
}

function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 64);
}
