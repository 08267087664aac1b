import type { Context } from './context.ts';
import { type Path, pathText } from './document.ts';
import { resolveArrival } from './resolve-arrival.ts';
import {
  countQuantity,
  isWhole,
  resolveDistribution,
  timeQuantity,
} from './resolve-distribution.ts';
import type {
  ArrivalSpec,
  ClientSpec,
  DistributionSpec,
  PopularitySpec,
  RetrySpec,
  SessionSpec,
} from './scenario.ts';
import type { RawScenario } from './schema.ts';
import type { Loose } from './shape.ts';
import { durationNs, shareOf } from './units.ts';
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
  mode: 'http' | 'tcp',
  context: Context,
): readonly ClientSpec[] {
  const clients = (raw ?? []).map((client, i) => {
    const path = ['clients', i];
    const arrival = resolveArrival(client?.arrival, [...path, 'arrival'], context);
    return {
      name: client?.name ?? '',
      arrival,
      addresses: resolvePopularity(client, arrival, 'addresses', path, context),
      paths: resolvePopularity(client, arrival, 'paths', path, context),
      session: resolveSession(client ?? {}, arrival, path, sticky, context),
      timeoutNs: client?.timeout === undefined ? null : durationNs(client.timeout),
      retry: resolveRetry(client?.retry),
      spread: client?.spread ?? 'session',
      connection: resolveConnection(client ?? {}, path, mode, context),
    };
  });
  refuseDuplicates(clients, ['clients'], context);
  return clients;
}

function resolveRetry(raw: RawClient['retry']): RetrySpec {
  const { attempts = 0, backoff = '0s', factor = 1, max, jitter = 0, budget } = raw ?? {};
  return {
    attempts,
    backoffNs: durationNs(backoff),
    factor,
    maxNs: max === undefined ? Number.POSITIVE_INFINITY : durationNs(max),
    jitter: shareOf(jitter),
    budget:
      budget === undefined
        ? null
        : { ratio: shareOf(budget.ratio ?? 0), burst: budget.burst ?? 10 },
  };
}

function resolveConnection(
  { connection, session }: RawClient,
  path: Path,
  mode: 'http' | 'tcp',
  context: Context,
): DistributionSpec | null {
  if (connection === undefined) return null;
  const at = [...path, 'connection'];
  if (mode === 'http') {
    const message = `${pathText(at)} goes with mode: tcp of the balancer, which decides once a connection; remove it, or set mode: tcp.`;
    context.report('VALUE', at, message, 'key');
  } else if (session === undefined) {
    const message = `${pathText(at)} needs a session, whose requests share the connection; expected session: beside it.`;
    context.report('MISSING', at, message, 'key');
  }
  return resolveDistribution(connection.requests, [...at, 'requests'], countQuantity, 1, context);
}

/** null also for a trace, which has its own. */
function resolvePopularity(
  client: RawClient | undefined,
  { kind }: ArrivalSpec,
  key: 'addresses' | 'paths',
  path: Path,
  context: Context,
): PopularitySpec | null {
  const raw = client?.[key];
  if (raw === undefined || !isWhole(raw)) return null;
  if (kind === 'trace') {
    const at = [...path, key];
    const message = `${pathText(at)} does not go with a trace, which has its own; remove it.`;
    context.report('VALUE', at, message, 'key');
  }
  if (typeof raw === 'number') return { exponent: 0, max: raw };
  const { exponent = 0, max = 1 } = raw.zipf ?? {};
  return { exponent, max };
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
