import { suggestion } from '../problems/suggest.ts';
import type { Context } from './context.ts';
import { type MetricName, metricNames } from './metrics.ts';
import type { ClientSpec, PrecisionSpec, RunSpec } from './scenario.ts';
import type { RawScenario } from './schema.ts';
import type { Loose } from './shape.ts';
import { durationNs, shareOf } from './units.ts';

type Raw = Loose<RawScenario>;
type RawPrecision = NonNullable<NonNullable<Raw['run']>['precision']>;

const REPLICATIONS = 10;
const PRECISION_MAX = 200;

/** How long and how often: defaults filled in, fields held against each other. */
export function resolveRun(raw: Raw, clients: readonly ClientSpec[], context: Context): RunSpec {
  const { run } = raw;
  const requests = run?.requests ?? null;
  const duration = run?.duration ?? null;
  if (requests !== null && duration !== null) {
    const message = 'run has duration and requests; expected one of the two.';
    context.report('VALUE', ['run', 'requests'], message, 'key');
  }
  if (run?.replications !== undefined && run.precision !== undefined) {
    const message = 'run has replications and precision; expected one of the two.';
    context.report('VALUE', ['run', 'precision'], message, 'key');
  }
  const onlyTraces = (raw.clients ?? []).every(
    (client) => client?.arrival === undefined || 'trace' in client.arrival,
  );
  if (requests === null && duration === null && !onlyTraces && clients.length > 0) {
    const message =
      'run has no end; expected run: { duration: 10m } or run: { requests: 1000000 }.';
    context.report('MISSING', ['run'], message);
  }
  const warmup = run?.warmup ?? 'auto';
  const precision = run?.precision;
  return {
    durationNs: duration === null ? null : durationNs(duration),
    requests,
    warmupNs: warmup === 'auto' ? null : durationNs(warmup),
    replications: run?.replications ?? REPLICATIONS,
    precision: precision === undefined ? null : resolvePrecision(precision, raw, context),
  };
}

function resolvePrecision(raw: RawPrecision, { slo }: Raw, context: Context): PrecisionSpec {
  const path = ['run', 'precision'];
  const { metric } = raw;
  if (metric !== undefined && !metricNames.includes(metric as MetricName)) {
    const message = `run.precision.metric: ${metric} is no metric; ${suggestion(metric, metricNames)}`;
    context.report('REFERENCE', [...path, 'metric'], message);
  }
  if (metric === 'slo.attained' && slo === undefined) {
    const message =
      'run.precision.metric needs an objective; expected slo: 200ms (or another time) at the top of the file.';
    context.report('REFERENCE', [...path, 'metric'], message);
  }
  const relative = raw.relative === undefined ? 0.5 : shareOf(raw.relative);
  if (relative === 0 || relative === 1) {
    const message = `run.precision.relative is ${raw.relative}; expected a share between 0 and 1, such as 2%.`;
    context.report('VALUE', [...path, 'relative'], message);
  }
  return { metric: metric as MetricName, relative, max: raw.max ?? PRECISION_MAX };
}
