import type { Context } from './context.ts';
import { type Path, pathText } from './document.ts';
import { requirePositiveMean, resolveDistribution, timeQuantity } from './resolve-distribution.ts';
import { type WorkerNames, workerIndices } from './resolve-events.ts';
import type { FaultSpec } from './scenario.ts';
import type { RawScenario } from './schema.ts';
import type { Loose } from './shape.ts';

type RawFault = Loose<NonNullable<RawScenario['faults']>[number]>;

const kinds = ['crash', 'hang', 'pause', 'blackhole', 'slow'] as const;

/** The faults in the order of the file. */
export function resolveFaults(
  raw: Loose<RawScenario['faults']>,
  workers: WorkerNames,
  context: Context,
): readonly FaultSpec[] {
  const seen = new Set<string>();
  return (raw ?? []).flatMap((fault, i) => {
    if (fault === undefined) return [];
    const path = ['faults', i];
    const found = resolveFault(fault, path, workers, context);
    if (found === null) return [];
    if (seen.has(found.stream)) {
      const message = `${pathText(path)} is the second ${found.kind} of the same workers; expected one.`;
      context.report('DUPLICATE', path, message);
    }
    seen.add(found.stream);
    return [found];
  });
}

function resolveFault(
  fault: RawFault,
  path: Path,
  workers: WorkerNames,
  context: Context,
): FaultSpec | null {
  const written = kinds.filter((kind) => kind in fault);
  const kind = written[0];
  if (kind === undefined || written.length > 1) {
    const found = kind === undefined ? 'says not what happens' : `has ${written.length} kinds`;
    const message = `${pathText(path)} ${found}; expected one of ${kinds.join(', ')}.`;
    context.report(kind === undefined ? 'MISSING' : 'VALUE', path, message);
    return null;
  }
  const at = [...path, kind];
  const time = (name: 'up' | 'down') => {
    const spec = resolveDistribution(
      fault[kind]?.[name],
      [...at, name],
      timeQuantity,
      1e9,
      context,
    );
    requirePositiveMean(spec, [...at, name], context);
    return spec;
  };
  const indices = workerIndices(fault.worker, [...path, 'worker'], workers, context);
  const names = indices.map((index) => workers.names[index] ?? '');
  return {
    kind,
    workers: indices,
    factor: kind === 'slow' ? (fault.slow?.factor ?? 1) : 1,
    up: time('up'),
    down: time('down'),
    stream: `fail/${names.join(',')}/${kind}`,
  };
}
