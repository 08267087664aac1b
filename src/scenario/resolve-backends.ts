import type { Context } from './context.ts';
import { type Path, pathText } from './document.ts';
import {
  requirePositiveMean,
  resolveDistribution,
  sizeQuantity,
  timeQuantity,
} from './resolve-distribution.ts';
import type { BackendSpec, ColdSpec } from './scenario.ts';
import type { RawScenario } from './schema.ts';
import type { Loose } from './shape.ts';
import { durationNs, shareOf } from './units.ts';

type RawBackend = Loose<RawScenario['backends'][string]>;

/** The backends in the order of the file. */
export function resolveBackends(
  raw: Loose<RawScenario['backends']> | undefined,
  context: Context,
): readonly BackendSpec[] {
  const entries = Object.entries(raw ?? {});
  if (raw !== undefined && entries.length === 0) {
    const message =
      'backends is empty; expected at least one, such as app: { slots: 8, service: 20ms }.';
    context.report('VALUE', ['backends'], message);
  }
  return entries.map(([name, backend]) => {
    const path = ['backends', name];
    const queue = typeof backend?.queue === 'number' ? { places: backend.queue } : backend?.queue;
    const service = resolveDistribution(
      backend?.service,
      [...path, 'service'],
      timeQuantity,
      1e6,
      context,
    );
    requirePositiveMean(service, [...path, 'service'], context);
    return {
      name,
      slots: backend?.slots ?? 1,
      discipline: backend?.discipline ?? 'fifo',
      queue: queue?.places ?? null,
      queueFull:
        queue !== undefined && 'full' in queue && queue.full === 'refuse' ? 'refuse' : 'answer',
      service,
      bytes: resolveDistribution(
        backend?.response?.bytes,
        [...path, 'response', 'bytes'],
        sizeQuantity,
        1024,
        context,
      ),
      errors: shareOf(backend?.response?.errors ?? 0),
      rttNs: durationNs(backend?.rtt ?? '0s'),
      connectNs: durationNs(backend?.connect ?? '0s'),
      keepaliveNs: backend?.keepalive === undefined ? null : durationNs(backend.keepalive),
      checkNs: durationNs(backend?.check ?? '0s'),
      cold: resolveCold(backend?.cold, [...path, 'cold'], context),
      sessions: backend?.sessions ?? 'memory',
    };
  });
}

function resolveCold(raw: RawBackend['cold'], path: Path, context: Context): ColdSpec | null {
  if (raw === undefined) return null;
  if ('for' in raw === 'ramp' in raw) {
    const found = 'for' in raw ? 'has for and ramp' : 'does not say how long';
    const message = `${pathText(path)} ${found}; expected one of for: 60s and ramp: 60s.`;
    context.report('for' in raw ? 'VALUE' : 'MISSING', path, message);
  }
  const forNs = durationNs(raw.for ?? raw.ramp ?? '1s');
  return { slow: raw.slow ?? 1, forNs, ramp: 'ramp' in raw };
}
