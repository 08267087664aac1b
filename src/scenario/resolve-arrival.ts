/** Arrivals as written to arrivals as simulated. */
import { LabError } from '../problems/errors.ts';
import type { Context } from './context.ts';
import { type Path, pathText } from './path.ts';
import {
  isWhole,
  readReferred,
  resolveDistribution,
  timeQuantity,
} from './resolve-distribution.ts';
import { fasterTrace } from './scaled.ts';
import type { ArrivalSpec, TraceSpec } from './scenario.ts';
import type { RawScenario } from './schema.ts';
import type { Loose } from './shape.ts';
import { parseTrace } from './trace.ts';
import { durationNs, ratePerSecond } from './units.ts';

type RawClient = Loose<RawScenario['clients'][number]>;

/** Stands for what could not be read. */
const unusable: ArrivalSpec = { kind: 'poisson', perSecond: 1 };

/** When requests or sessions begin. */
export function resolveArrival(
  raw: RawClient['arrival'],
  path: Path,
  context: Context,
): ArrivalSpec {
  if (raw === undefined || !isWhole(raw)) return unusable;
  const arrival = read(raw as RawScenario['clients'][number]['arrival'], path, context);
  const problem = contradiction(arrival);
  if (problem === null) return arrival;
  context.report(
    'VALUE',
    [...path, arrival.kind],
    `${pathText([...path, arrival.kind])}: ${problem}`,
  );
  return unusable;
}

function read(
  arrival: RawScenario['clients'][number]['arrival'],
  path: Path,
  context: Context,
): ArrivalSpec {
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
  if ('mmpp' in arrival) {
    const states = arrival.mmpp.map(({ rate, mean }) => ({
      perSecond: ratePerSecond(rate),
      meanNs: durationNs(mean),
    }));
    return { kind: 'mmpp', states };
  }
  if ('profile' in arrival) {
    const { profile, repeat = false } = arrival;
    const atNs = profile.map(([at]) => durationNs(at));
    const perSecond = profile.map(([, rate]) => ratePerSecond(rate));
    return { kind: 'profile', atNs, perSecond, repeat };
  }
  const trace = resolveTrace(arrival.trace, [...path, 'trace'], context);
  if (trace === null) return unusable;
  return { kind: 'trace', trace: fasterTrace(trace, arrival.speed ?? 1) };
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

/** What is wrong between the parameters, each of which is fine by itself. */
function contradiction(arrival: ArrivalSpec): string | null {
  if (arrival.kind === 'mmpp') {
    const never = arrival.states.every(({ perSecond }) => perSecond === 0);
    return never ? 'every rate is 0; expected one above 0.' : null;
  }
  if (arrival.kind !== 'profile') return null;
  const { atNs, perSecond, repeat } = arrival;
  if (atNs[0] !== 0) return 'the first point is not at 0s; expected [0s, RATE] first.';
  if (atNs.some((ns, i) => ns < atNs[i - 1]!))
    return 'a point lies before the one before it; expected rising times.';
  if (perSecond.every((rate) => rate === 0)) return 'every rate is 0; expected one above 0.';
  if (repeat && atNs.at(-1) === 0) return 'repeat needs a last point after 0s.';
  return null;
}
