/** Studies to draw: made up, but shaped like what the simulator yields for `node-loss-at-peak`. Same bytes every time. */
import seedrandom from 'seedrandom';
import type {
  Comparison,
  MetricValue,
  RunResult,
  RunSeries,
  Study,
  Verdict,
  WorkerResult,
} from '../../sim/result.ts';
import { metricOf, type Unit } from '../../src/scenario/metrics.ts';

interface Shape {
  readonly name: string;
  readonly p50: number;
  /** How heavy the tail is: p99 = p50 * exp(2.33 sigma). */
  readonly sigma: number;
  readonly errors: number;
  readonly jain: number;
  readonly broken: number;
  readonly shares: readonly number[];
}

const shapes: readonly Shape[] = [
  {
    name: 'byrequests',
    p50: 24,
    sigma: 1.1,
    errors: 0.0031,
    jain: 0.9994,
    broken: 0.041,
    shares: [0.5, 0.25, 0.25],
  },
  {
    name: 'bytraffic',
    p50: 24.02,
    sigma: 1.1,
    errors: 0.0031,
    jain: 0.988,
    broken: 0.0411,
    shares: [0.47, 0.27, 0.26],
  },
  {
    name: 'bybusyness',
    p50: 19,
    sigma: 0.86,
    errors: 0.0012,
    jain: 0.974,
    broken: 0.0395,
    shares: [0.42, 0.3, 0.28],
  },
  {
    name: 'random',
    p50: 26,
    sigma: 1.2,
    errors: 0.0046,
    jain: 0.9981,
    broken: 0.041,
    shares: [0.498, 0.252, 0.25],
  },
];
const targets = [0.5, 0.25, 0.25];

function value(mean: number, half: number, unit: Unit): MetricValue {
  return { mean, ci95: [mean - half, mean + half], unit };
}

/** Acklam's central branch is enough for a picture: a normal quantile by bisection of a logistic stand-in. */
const normal = (p: number) => Math.log(p / (1 - p)) / 1.702;

const quantile = ({ p50, sigma }: Shape, p: number) => p50 * Math.exp(sigma * normal(p));

function runOf(shape: Shape, workers: readonly string[]): RunResult {
  const at = (p: number) =>
    value(quantile(shape, p), quantile(shape, p) * 0.012 * (1 + 2 * p * p), 'ms');
  return {
    lbmethod: shape.name,
    state: 'complete',
    replications: 10,
    warmup: { requests: 12_340, seconds: 24.7, rule: 'mser5' },
    simulated: { seconds: 6_420, requests: 3_104_512 },
    metrics: {
      'sojourn.mean': value(shape.p50 * 1.6, shape.p50 * 0.011, 'ms'),
      'sojourn.p50': at(0.5),
      'sojourn.p90': at(0.9),
      'sojourn.p95': at(0.95),
      'sojourn.p99': at(0.99),
      'sojourn.p999': at(0.999),
      'sojourn.max': value(10_000, 0, 'ms'),
      'waiting.mean': value(shape.p50 * 0.4, shape.p50 * 0.009, 'ms'),
      throughput: value(482.1 * (1 - shape.errors), 0.61, '1/s'),
      'errors.rate': value(shape.errors, shape.errors * 0.06, 'share'),
      'errors.unavailable': value(0, 0, 'share'),
      'errors.gateway': value(shape.errors * 0.8, shape.errors * 0.05, 'share'),
      'errors.backend': value(shape.errors * 0.2, shape.errors * 0.02, 'share'),
      'attempts.mean': value(1 + shape.errors * 2, 0.0004, '1'),
      'fairness.jain': value(shape.jain, 0.0006, '1'),
      'share.error': value(Math.abs(shape.shares[0]! - 0.5), 0.0011, 'share'),
      'sessions.broken': value(shape.broken, 0.0012, 'share'),
      'sessions.moved': value(shape.broken, 0.0012, 'share'),
      'failover.detect': { mean: 0.0021, ci95: null, unit: 's' },
      'failover.recover': value(7.5 + 40 * (1 - shape.jain), 0.8, 's'),
      utilization: value(0.713, 0.0021, 'share'),
    },
    workers: workers.map((name, i): WorkerResult => {
      const share = shape.shares[i]!;
      return {
        name,
        route: `node${i + 1}`,
        elected: value(310_451.2 * share, 412, '1'),
        share: value(share, 0.0012 + 0.0006 * i, 'share'),
        targetShare: targets[i]!,
        busyMean: value(share * 22.8, 0.14, '1'),
        utilization: value(0.55 + share / 3, 0.004, 'share'),
        sojourn: {
          mean: value(shape.p50 * (1.5 + i / 10), 0.31, 'ms'),
          p50: value(shape.p50, 0.2, 'ms'),
          p99: value(quantile(shape, 0.99) * (1 + i / 20), 4.4, 'ms'),
        },
        errors: value(i === 0 ? shape.errors * 2 : shape.errors / 9, shape.errors / 10, 'share'),
      };
    }),
    expect: [],
    notes: [],
  };
}

const percents = [
  0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999,
  0.9995, 0.9999,
];

/** Five-second bins over ten minutes; worker 0 is down from 180 s to 270 s and cold until 330 s. */
function seriesOf(shape: Shape, workers: readonly string[]): RunSeries {
  const random = seedrandom.alea(`series/${shape.name}`);
  const seconds = Array.from({ length: 120 }, (_, i) => i * 5);
  const noise = () => 1 + (random() + random() + random() - 1.5) * 0.22 * shape.sigma;
  const down = (t: number) => t >= 180 && t < 270;
  const cold = (t: number) => t >= 270 && t < 330;
  return {
    lbmethod: shape.name,
    percentiles: percents.map((p) => ({ p, ms: p === 0 ? shape.p50 * 0.02 : quantile(shape, p) })),
    time: {
      seconds,
      binSeconds: 5,
      busy: workers.map((_, i) =>
        seconds.map((t) => {
          const share = shape.shares[i]!;
          if (i === 0) return down(t) ? 0 : (cold(t) ? 30 : 22.8) * share * noise();
          return (down(t) ? 22.8 * share * (1.7 + shape.sigma / 2) : 22.8 * share) * noise();
        }),
      ),
      queue: seconds.map((t) => (down(t) ? 11 : cold(t) ? 5 : 1.6) * shape.sigma * noise()),
      arrivals: seconds.map(() => 482 * noise()),
      errors: seconds.map((t) =>
        t === 180 ? 90 * shape.sigma : down(t) ? 600 * shape.errors * noise() : 0.05,
      ),
    },
  };
}

/** Half of the fixture's paired differences is interval: enough to yield every verdict. */
function compare(a: RunResult, b: RunResult, metric: string): Comparison | null {
  const [x, y] = [a.metrics[metric], b.metrics[metric]];
  if (x === undefined || y === undefined) return null;
  const difference = y.mean - x.mean;
  const half = Math.abs(difference) * 0.04 + x.mean * (metric === 'fairness.jain' ? 0.0002 : 0.003);
  const ci95 = [difference - half, difference + half] as const;
  const relative = x.mean === 0 ? null : difference / x.mean;
  const verdict = judge(metric, x.mean, ci95);
  const byRatio = 'relative' in metricOf(metric)!.margin && x.mean > 0;
  return {
    a: a.lbmethod,
    b: b.lbmethod,
    metric,
    difference,
    ci95,
    relative,
    relativeCi95: byRatio ? [ci95[0] / x.mean, ci95[1] / x.mean] : null,
    p: verdict === 'unclear' ? 0.2 : 0.0001,
    pHolm: verdict === 'unclear' ? 0.4 : 0.0006,
    verdict,
  };
}

function judge(name: string, base: number, [low, high]: readonly [number, number]): Verdict {
  const metric = metricOf(name)!;
  const margin =
    'relative' in metric.margin ? metric.margin.relative * base : metric.margin.absolute;
  if (low > -margin && high < margin) return 'equivalent';
  if (low <= 0 && high >= 0) return 'unclear';
  if (metric.direction === 'none') return 'different';
  return high < 0 === (metric.direction === 'lower') ? 'better' : 'worse';
}

function studyOf(
  names: readonly string[],
  workers: readonly string[],
  picked: readonly Shape[],
): Study {
  const used = picked.map((shape, i) => ({ ...shape, name: names[i]! }));
  const runs = used.map((shape) => runOf(shape, workers));
  const metrics = Object.keys(runs[0]!.metrics);
  const comparisons = runs.flatMap((a, i) =>
    runs.slice(i + 1).flatMap((b) => metrics.flatMap((metric) => compare(a, b, metric) ?? [])),
  );
  return {
    description:
      'A shop with sticky carts loses one of three nodes at peak, then gets it back cold.',
    workers,
    result: {
      format: 'fairlead/result@1',
      version: '0.1.0',
      scenario: { name: 'node-loss-at-peak', sha256: 'a3'.repeat(32), seed: '42' },
      runs,
      comparisons,
    },
    series: used.map((shape) => seriesOf(shape, workers)),
    events: [
      { seconds: 180, untilSeconds: 270, label: `${workers[0]}: crash for 90s` },
      { seconds: 270, untilSeconds: 330, label: `${workers[0]}: slow 3 for 60s` },
      { seconds: 420, untilSeconds: null, label: `manager: ${workers[1]} status +N` },
    ],
  };
}

/** httpd's four... with `random` standing in for `heartbeat`: four lbmethods, three workers, a crash. */
export const comparison: Study = studyOf(
  shapes.map((s) => s.name),
  ['a', 'b', 'c'],
  shapes,
);

/** One lbmethod, with expectations of every verdict and notes. */
export const single: Study = withExpectations(
  studyOf(['bybusyness'], ['a', 'b', 'c'], shapes.slice(2, 3)),
);

/** Names that break careless output: markup, CSV quoting, an escape sequence. */
export const nasty: Study = studyOf(
  ['</script><b>', 'a,b"c', "it's \u001b[31mred\u2028"],
  ['<img src=x onerror=alert(1)>', 'w,"2"', '=1+1'],
  shapes.slice(0, 3),
);

function withExpectations(study: Study): Study {
  const [run] = study.result.runs as [RunResult];
  const expect = [
    { text: 'errors.rate <= 0.5%', line: 31, verdict: 'met', value: run.metrics['errors.rate']! },
    {
      text: 'sojourn.p99 <= 100ms',
      line: 32,
      verdict: 'missed',
      value: run.metrics['sojourn.p99']!,
    },
    {
      text: 'fairness.jain >= 0.974',
      line: 33,
      verdict: 'unclear',
      value: run.metrics['fairness.jain']!,
    },
    { text: 'slo.attained >= 99%', line: 34, verdict: 'no data', value: null },
  ] as const;
  const notes = ['slo.attained has no data: the scenario has no `slo`.'];
  return { ...study, result: { ...study.result, runs: [{ ...run, expect, notes }] } };
}

/** Nothing to draw: no series, no workers, no metrics. */
export const bare: Study = {
  description: '',
  workers: [],
  series: [],
  events: [],
  result: {
    ...single.result,
    runs: [{ ...single.result.runs[0]!, metrics: {}, workers: [], expect: [], notes: [] }],
  },
};
