/** Health checks of a YAML file: templates, expressions, defaults (spec: httpd 6); and what the simulator takes of any. */
import type { HealthCheckConf, HealthExpression, HealthMethod } from '../config/config.ts';
import { holds, looksBeyondStatus } from '../config/expressions/holds.ts';
import { ExpressionFault, readExpression } from '../config/expressions/read.ts';
import { suggestion } from '../problems/suggest.ts';
import type { Context } from './context.ts';
import { type Path, pathText } from './document.ts';
import type { WorkerSpec } from './scenario.ts';
import type {
  RawBalancer as RawSchemaBalancer,
  RawWorker as RawSchemaWorker,
} from './schema-balancer.ts';
import type { Loose } from './shape.ts';
import { durationNs } from './units.ts';
import { isOn } from './values.ts';

type RawBalancer = Loose<RawSchemaBalancer>;
type RawWorker = Loose<RawSchemaWorker>;

/** Statuses of answers that the simulator knows: served, an error, no place. */
const SIMULATED = [200, 500, 503];

/** What `hcexpr` of a balancer defines. `root`: where the balancer stands. */
export function healthExpressions(
  raw: RawBalancer | undefined,
  root: Path,
  context: Context,
): readonly HealthExpression[] {
  return Object.entries(raw?.hcexpr ?? {}).map(([name, text = '']) => {
    try {
      return { name, text, expression: readExpression(text) };
    } catch (error) {
      if (!(error instanceof ExpressionFault)) throw error;
      const at = [...root, 'hcexpr', name];
      const code = error.later ? 'NOT_SUPPORTED' : 'VALUE';
      context.report(code, at, `${pathText(at)}: the expression ${error.message}.`);
      return { name, text, expression: { kind: 'constant', holds: false } };
    }
  });
}

/** The worker with what its `hctemplate` says and it does not. A template without method checks TCP, as in httpd. */
export function withTemplate(
  worker: RawWorker,
  balancer: RawBalancer | undefined,
  path: Path,
  context: Context,
): RawWorker {
  const { hctemplate, ...own } = worker;
  if (hctemplate === undefined) return worker;
  const templates = balancer?.hctemplate ?? {};
  if (Object.hasOwn(templates, hctemplate)) {
    return { hcmethod: 'TCP', ...templates[hctemplate], ...own };
  }
  const at = [...path, 'hctemplate'];
  context.report('REFERENCE', at, undefinedName(at, hctemplate, Object.keys(templates)));
  return { hcmethod: 'TCP', ...own };
}

/** The health checks of a worker, its template applied; null without any. */
export function resolveHealth(
  raw: RawWorker,
  path: Path,
  expressions: readonly HealthExpression[],
  context: Context,
): HealthCheckConf | null {
  const method = (raw.hcmethod ?? 'NONE').toUpperCase() as HealthMethod;
  const condition = conditionOf(raw, [...path, 'hcexpr'], expressions, context);
  if (!('hcmethod' in raw)) {
    const keys = ['hcinterval', 'hcpasses', 'hcfails', 'hcconsecutive', 'hcuri', 'hcexpr'] as const;
    for (const key of keys.filter((one) => one in raw)) {
      const at = [...path, key];
      const message = `${pathText(at)} needs a method; expected hcmethod: GET (or TCP, HEAD, OPTIONS) beside it.`;
      context.report('MISSING', at, message, 'key');
    }
  }
  if (method === 'NONE') return null;
  return {
    method,
    intervalNs: durationNs(raw.hcinterval ?? '30s'),
    passes: raw.hcpasses ?? 1,
    fails: raw.hcfails ?? 1,
    consecutive: isOn(raw.hcconsecutive, false),
    uri: raw.hcuri ?? '',
    expr: raw.hcexpr ?? '',
    condition,
  };
}

function conditionOf(
  { hcexpr }: RawWorker,
  path: Path,
  expressions: readonly HealthExpression[],
  context: Context,
): HealthCheckConf['condition'] {
  if (hcexpr === undefined) return null;
  const found = expressions.find(({ name }) => name.toLowerCase() === hcexpr.toLowerCase());
  if (found !== undefined) return found.expression;
  const names = expressions.map(({ name }) => name);
  context.report('REFERENCE', path, undefinedName(path, hcexpr, names));
  return null;
}

function undefinedName(path: Path, name: string, known: readonly string[]): string {
  const key = path.at(-1);
  const advice =
    known.length === 0
      ? `define it in the balancer: ${key}: { ${name}: … }.`
      : suggestion(name, known);
  return `${pathText(path)} is "${name}", which ${key} of the balancer does not define; ${advice}`;
}

/**
 * Of a member's checks what the simulator needs. `refuse` is told why when its answers, which are a status and nothing
 * else, cannot be judged as asked.
 */
export function simulatedHealth(
  health: HealthCheckConf | null,
  refuse: (message: string) => void,
): WorkerSpec['health'] {
  if (health === null || health.method === 'NONE') return null;
  const { method, intervalNs, expr, condition } = health;
  const overHttp = method !== 'TCP';
  if (overHttp && condition !== null && looksBeyondStatus(condition)) {
    refuse(
      `hcexpr ${expr} looks at more than the status; not supported yet by the simulator, whose answers to checks have no headers and no body. Expected an expression of %{REQUEST_STATUS} alone, or no hcexpr.`,
    );
  }
  const answer = { method: method.replace('11', ''), rawHeaders: [], body: '' };
  const passes = (status: number) =>
    condition === null ? status < 400 : holds(condition, { ...answer, status });
  return { method, intervalNs, passing: SIMULATED.filter(passes) };
}
