import { LabError } from '../problems/errors.ts';
import type { Context } from './context.ts';
import { type Path, pathText } from './document.ts';
import {
  countQuantity,
  isWhole,
  readReferred,
  resolveDistribution,
  timeQuantity,
} from './resolve-distribution.ts';
import type { ArrivalSpec, ClientSpec, SessionSpec, TraceSpec } from './scenario.ts';
import type { RawScenario } from './schema.ts';
import type { Loose } from './shape.ts';
import { parseTrace } from './trace.ts';
import { durationNs, ratePerSecond } from './units.ts';
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

function resolveArrival(raw: RawClient['arrival'], path: Path, context: Context): ArrivalSpec {
  const unusable: ArrivalSpec = { kind: 'poisson', perSecond: 1 };
  if (raw === undefined || !isWhole(raw)) return unusable;
  const arrival = raw as RawScenario['clients'][number]['arrival'];
  if ('poisson' in arrival) return { kind: 'poisson', perSecond: ratePerSecond(arrival.poisson) };
  if ('constant' in arrival)
    return { kind: 'constant', perSecond: ratePerSecond(arrival.constant) };
  if ('closed' in arrival) {
    const { users, think } = arrival.closed;
    const at = [...path, 'closed', 'think'];
    return {
      kind: 'closed',
      users,
      think: resolveDistribution(think, at, timeQuantity, 0, context),
    };
  }
  const trace = resolveTrace(arrival.trace, [...path, 'trace'], context);
  return trace === null ? unusable : { kind: 'trace', trace };
}

function resolveTrace(name: string, path: Path, context: Context): TraceSpec | null {
  const text = readReferred(name, path, context);
  if (text === null) return null;
  try {
    return parseTrace(text, context.files.shown(name), pathText(path));
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    context.add(error.problems);
    return null;
  }
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
