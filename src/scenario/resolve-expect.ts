import { suggestion } from '../problems/suggest.ts';
import type { Context } from './context.ts';
import { type Path, pathText } from './document.ts';
import {
  type MetricName,
  metricNames,
  metricOf,
  type Unit,
  type WorkerMetric,
  workerMetrics,
} from './metrics.ts';
import { type WorkerNames, workerIndex } from './resolve-events.ts';
import type { Comparator, Expectation } from './scenario.ts';
import {
  durationNs,
  durationPattern,
  percentPattern,
  ratePattern,
  ratePerSecond,
  shareOf,
} from './units.ts';

const line = /^\s*([^\s<>=]+)\s*(<=|>=|==|<|>)\s*(\S+)\s*$/;
const number = /^-?\d+(?:\.\d+)?$/;

/** How a bound is written for each unit of metrics.ts, and read into that unit. */
export const bounds: Record<Unit, { form: string; read(text: string): number | null }> = {
  ms: { form: 'a time such as 400ms', read: (text) => timeIn(text, 1e6) },
  s: { form: 'a time such as 30s', read: (text) => timeIn(text, 1e9) },
  '1/s': {
    form: 'a rate such as 100/s',
    read: (text) => (ratePattern.test(text) ? ratePerSecond(text) : null),
  },
  share: {
    form: 'a share such as 0.5%, or a fraction such as 0.005',
    read: (text) =>
      percentPattern.test(text) ? shareOf(text) : number.test(text) ? Number(text) : null,
  },
  '1': { form: 'a number such as 0.95', read: (text) => (number.test(text) ? Number(text) : null) },
};

function timeIn(text: string, unitNs: number): number | null {
  return durationPattern.test(text) ? durationNs(text) / unitNs : null;
}

/** The `expect` lines: METRIC OP BOUND, the bound in the metric's unit. */
export function resolveExpect(
  raw: readonly (string | undefined)[] | undefined,
  workers: WorkerNames,
  hasSlo: boolean,
  context: Context,
): readonly Expectation[] {
  return (raw ?? []).flatMap((text, i) => {
    const [, metricText, comparator, boundText] = line.exec(text ?? '') ?? [];
    if (text === undefined || metricText === undefined) return [];
    const path = ['expect', i];
    const found = findMetric(metricText, path, workers, context);
    if (found === null) return [];
    if (metricText === 'slo.attained' && !hasSlo) {
      const message = `${pathText(path)} needs an objective; expected slo: 200ms (or another time) at the top of the file.`;
      context.report('REFERENCE', path, message);
    }
    const { form, read } = bounds[found.unit];
    const bound = read(boundText!);
    if (bound === null) {
      const message = `${pathText(path)} compares ${metricText} with ${boundText}; expected ${form}.`;
      context.report('VALUE', path, message);
    }
    const where = { text, line: context.document.lineOf(path), metric: found.metric };
    return [{ ...where, comparator: comparator as Comparator, bound: bound ?? 0 }];
  });
}

function findMetric(
  name: string,
  path: Path,
  workers: WorkerNames,
  context: Context,
): { metric: Expectation['metric']; unit: Unit } | null {
  const metric = metricOf(name);
  if (metric !== undefined) return { metric: name as MetricName, unit: metric.unit };
  const [, workerName, field] = /^workers\.(.+)\.(\w+)$/.exec(name) ?? [];
  if (workerName === undefined) {
    const message = `${pathText(path)}: ${name} is no metric; ${suggestion(name, metricNames)}`;
    context.report('REFERENCE', path, message);
    return null;
  }
  const worker = workerIndex(workerName, path, workers, context);
  if (!Object.hasOwn(workerMetrics, field!)) {
    const message = `${pathText(path)}: ${field} is no metric of a worker; ${suggestion(field!, Object.keys(workerMetrics))}`;
    context.report('REFERENCE', path, message);
    return null;
  }
  const known = field as WorkerMetric;
  return { metric: { worker, field: known }, unit: workerMetrics[known] };
}
