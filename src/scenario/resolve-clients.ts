import type { Context } from './context.ts';
import { type Path, pathText } from './document.ts';
import { resolveArrival } from './resolve-arrival.ts';
import { countQuantity, resolveDistribution, timeQuantity } from './resolve-distribution.ts';
import type { ArrivalSpec, ClientSpec, SessionSpec } from './scenario.ts';
import type { RawScenario } from './schema.ts';
import type { Loose } from './shape.ts';
import { durationNs } from './units.ts';
import { refuseDuplicates } from './values.ts';

type RawClient = Loose<RawScenario['clients'][number]>;

/** What clients need to know of the balancer; `unknown` when its own field could not be read. */
export interface Stickiness {
  readonly cookie: boolean;
  readonly path: boolean;
  readonly unknown: boolean;
}

/** The clients in the order of the file. */
export function resolveClients(
  raw: Loose<RawScenario['clients']> | undefined,
  sticky: Stickiness,
  context: Context,
): readonly ClientSpec[] {
  const clients = (raw ?? []).map((client, i) => {
    const path = ['clients', i];
    const arrival = resolveArrival(client?.arrival, [...path, 'arrival'], context);
    return {
      name: client?.name ?? '',
      arrival,
      session: resolveSession(client ?? {}, arrival, path, sticky, context),
      timeoutNs: client?.timeout === undefined ? null : durationNs(client.timeout),
      retry: {
        attempts: client?.retry?.attempts ?? 0,
        backoffNs: durationNs(client?.retry?.backoff ?? '0s'),
      },
    };
  });
  refuseDuplicates(clients, ['clients'], context);
  return clients;
}

/** Sessions of a trace are its addresses: the log says when their requests come. */
function resolveSession(
  raw: RawClient,
  arrival: ArrivalSpec,
  path: Path,
  sticky: Stickiness,
  context: Context,
): SessionSpec | null {
  const { session } = raw;
  const isTrace = raw.arrival !== undefined && 'trace' in raw.arrival;
  if (session === undefined && arrival.kind !== 'trace') return null;
  const at = [...path, 'session'];
  if (isTrace) {
    for (const key of ['requests', 'think'] as const) {
      if (session?.[key] === undefined) continue;
      const message = `${pathText([...at, key])} does not go with a trace, whose sessions are its addresses; remove it.`;
      context.report('VALUE', [...at, key], message, 'key');
    }
  }
  return {
    requests: resolveDistribution(
      session?.requests,
      [...at, 'requests'],
      countQuantity,
      1,
      context,
    ),
    think: resolveDistribution(session?.think, [...at, 'think'], timeQuantity, 0, context),
    sticky: resolveStickiness(session?.sticky, [...at, 'sticky'], sticky, context),
  };
}

function resolveStickiness(
  raw: SessionSpec['sticky'] | undefined,
  path: Path,
  sticky: Stickiness,
  context: Context,
): SessionSpec['sticky'] {
  if (raw === undefined) return sticky.cookie ? 'cookie' : 'none';
  if (raw === 'none' || sticky.unknown || sticky[raw]) return raw;
  const why = sticky.cookie ? 'names no path parameter' : 'is not set';
  const message = `${pathText(path)} is ${raw}, but balancer.stickysession ${why}; expected a balancer with stickysession: COOKIE|path.`;
  context.report('REFERENCE', path, message);
  return raw;
}
