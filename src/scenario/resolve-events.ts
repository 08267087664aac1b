import { stickyNames } from '../core/stickysession.ts';
import { suggestion } from '../problems/suggest.ts';
import type { Context } from './context.ts';
import { type Path, pathText } from './document.ts';
import { resolveLbMethod } from './resolve-lbmethod.ts';
import type { BalancerChange, EventSpec, WorkerChange } from './scenario.ts';
import type { RawScenario } from './schema.ts';
import type { Loose } from './shape.ts';
import { statusChanges } from './status-letters.ts';
import { durationNs, shareOf } from './units.ts';
import { isOn, wholeSecondsOf } from './values.ts';

type RawEvent = Loose<NonNullable<RawScenario['events']>[number]>;
type RawManager = NonNullable<RawEvent['manager']>;

const actions = [
  'crash',
  'hang',
  'pause',
  'blackhole',
  'slow',
  'errors',
  'reset',
  'partition',
  'manager',
] as const;
type Action = (typeof actions)[number];

/** What goes with each action; `optional` may. */
const company: Readonly<
  Record<Action, Partial<Record<'worker' | 'for' | 'proxy', 'needed' | 'optional'>>>
> = {
  crash: { worker: 'needed' },
  hang: { worker: 'needed' },
  pause: { worker: 'needed' },
  blackhole: { worker: 'needed' },
  slow: { worker: 'needed', for: 'needed' },
  errors: { worker: 'needed', for: 'needed' },
  reset: { worker: 'needed', for: 'needed' },
  partition: { proxy: 'needed', for: 'needed' },
  manager: { proxy: 'optional' },
};
const examples = { worker: 'worker: NAME', for: 'for: 60s', proxy: 'proxy: 1' };
const workerFields = ['status', 'loadfactor', 'lbset', 'route', 'redirect'] as const;
const balancerFields = [
  'lbmethod',
  'timeout',
  'maxattempts',
  'nofailover',
  'stickysession',
] as const;

/** Worker names of the file; `complete` is false when some could not be read. */
export interface WorkerNames {
  readonly names: readonly string[];
  readonly complete: boolean;
}

/** The events by time; equal times in the order of the file. */
export function resolveEvents(
  raw: Loose<RawScenario['events']>,
  workers: WorkerNames,
  proxies: number,
  durationNsOfRun: number | null,
  context: Context,
): readonly EventSpec[] {
  const events = (raw ?? []).flatMap((event, i) => {
    if (event === undefined) return [];
    const path = ['events', i];
    const atNs = durationNs(event.at ?? '0s');
    if (durationNsOfRun !== null && atNs > durationNsOfRun) {
      const at = [...path, 'at'];
      const message = `${pathText(at)} is ${event.at}, after the end of the run; expected at most run.duration.`;
      context.report('VALUE', at, message);
    }
    return resolveEvent(event, atNs, path, { workers, proxies }, context) ?? [];
  });
  return events.sort((a, b) => a.atNs - b.atNs);
}

/** What events may be about. */
interface Cast {
  readonly workers: WorkerNames;
  readonly proxies: number;
}

function resolveEvent(
  event: RawEvent,
  atNs: number,
  path: Path,
  cast: Cast,
  context: Context,
): EventSpec | null {
  const written = actions.filter((action) => action in event);
  const action = written[0];
  if (action === undefined || written.length > 1) {
    const found = action === undefined ? 'has no action' : `has ${written.length} actions`;
    const message = `${pathText(path)} ${found}; expected one of ${actions.join(', ')}.`;
    context.report(action === undefined ? 'MISSING' : 'VALUE', path, message);
    return null;
  }
  checkCompany(event, action, path, context);
  if (action === 'manager' && 'worker' in event) return null;
  const proxies = proxiesOf(event.proxy, cast.proxies, [...path, 'proxy'], context);
  if (action === 'manager') {
    return resolveManager(event.manager ?? {}, atNs, proxies, path, cast.workers, context);
  }
  const key = action === 'partition' ? 'partition' : 'worker';
  const workers = workerIndices(event[key], [...path, key], cast.workers, context);
  const forNs = durationNs(event.for ?? '1s');
  switch (action) {
    case 'slow':
      return { kind: action, atNs, workers, forNs, factor: event.slow ?? 1 };
    case 'errors':
    case 'reset':
      return { kind: action, atNs, workers, forNs, share: shareOf(event[action] ?? 0) };
    case 'partition':
      return { kind: action, atNs, workers, forNs, proxies };
    default:
      return { kind: action, atNs, workers, forNs: durationNs(event[action] ?? '1s') };
  }
}

/** `worker`, `for` and `proxy` where the action needs them, and nowhere else. */
function checkCompany(event: RawEvent, action: Action, path: Path, context: Context): void {
  for (const key of ['worker', 'for', 'proxy'] as const) {
    const goes = company[action][key];
    if (goes === 'needed' && !(key in event)) {
      const message = `${pathText(path)} has ${action} without ${key}; expected ${examples[key]} beside it.`;
      context.report('MISSING', path, message);
    }
    if (goes === undefined && key in event) {
      const message = `${pathText([...path, key])} does not go with ${action}; ${instead(key, action)}`;
      context.report('VALUE', [...path, key], message, 'key');
    }
  }
}

function instead(key: 'worker' | 'for' | 'proxy', action: Action): string {
  if (key === 'proxy') return 'it is the same for all of them; remove it.';
  if (key === 'for')
    return action === 'manager' ? 'it stays; remove it.' : `${action} says itself how long.`;
  return action === 'manager' ? 'put it inside manager.' : 'name the workers in partition.';
}

/** Indices of the proxies that an event is about: those it names, else all. */
function proxiesOf(
  raw: RawEvent['proxy'],
  count: number,
  path: Path,
  context: Context,
): readonly number[] {
  if (raw === undefined) return Array.from({ length: count }, (_, i) => i);
  const numbers = [raw].flat().filter((number) => number !== undefined);
  const wrong = numbers.find((number) => number > count);
  if (wrong !== undefined) {
    const message = `${pathText(path)} is ${wrong}; expected ${count === 1 ? '1, as there is one proxy; balancer.proxies says how many' : `1 to ${count}`}.`;
    context.report('REFERENCE', path, message);
  }
  return [...new Set(numbers.map((number) => number - 1))];
}

function resolveManager(
  raw: RawManager,
  atNs: number,
  proxies: readonly number[],
  eventPath: Path,
  workers: WorkerNames,
  context: Context,
): EventSpec {
  const path = [...eventPath, 'manager'];
  const [fields, others, what] =
    'worker' in raw
      ? ([workerFields, balancerFields, 'a worker'] as const)
      : ([balancerFields, workerFields, 'the balancer; name a worker to change it'] as const);
  for (const key of others.filter((field) => field in raw)) {
    const message = `${pathText([...path, key])} is no field of ${what}; expected ${fields.join(', ')}.`;
    context.report('VALUE', [...path, key], message, 'key');
  }
  if (!Object.keys(raw).some((key) => key !== 'worker')) {
    const message = `${pathText(path)} changes nothing; expected ${fields.join(', ')}.`;
    context.report('MISSING', path, message);
  }
  if (!('worker' in raw)) {
    const change = balancerChange(raw, path, context);
    return { kind: 'manager', atNs, proxies, worker: null, change };
  }
  const worker = workerIndex(raw.worker, [...path, 'worker'], workers, context);
  return { kind: 'manager', atNs, proxies, worker, change: workerChange(raw) };
}

function workerChange(raw: RawManager): WorkerChange {
  const { status, loadfactor, lbset, route, redirect } = raw;
  return {
    ...(status !== undefined && { status: Object.fromEntries(statusChanges(status)) }),
    ...(loadfactor !== undefined && { loadfactor }),
    ...(lbset !== undefined && { lbset }),
    ...(route !== undefined && { route }),
    ...(redirect !== undefined && { redirect }),
  };
}

function balancerChange(raw: RawManager, path: Path, context: Context): BalancerChange {
  const { lbmethod, timeout, maxattempts, nofailover, stickysession: sticky } = raw;
  return {
    ...(lbmethod !== undefined && {
      lbmethod: resolveLbMethod(lbmethod, [...path, 'lbmethod'], context),
    }),
    ...(timeout !== undefined && { timeoutSeconds: wholeSecondsOf(timeout) }),
    ...(maxattempts !== undefined && { maxattempts }),
    ...(nofailover !== undefined && { nofailover: isOn(nofailover, false) }),
    ...(sticky !== undefined && {
      stickysession: sticky === '' || sticky === '-' ? null : stickyNames(sticky),
    }),
  };
}

/** Indices of the workers named under `path`, each once. */
export function workerIndices(
  raw: string | readonly (string | undefined)[] | undefined,
  path: Path,
  workers: WorkerNames,
  context: Context,
): readonly number[] {
  const isList = Array.isArray(raw);
  const names: readonly (string | undefined)[] = raw === undefined ? [] : [raw].flat();
  const indices = names.map((name, i) =>
    workerIndex(name, isList ? [...path, i] : path, workers, context),
  );
  return [...new Set(indices)];
}

/** Index of the worker called `name`; -1, with a problem reported, when there is none. */
export function workerIndex(
  name: string | undefined,
  path: Path,
  { names, complete }: WorkerNames,
  context: Context,
): number {
  const index = name === undefined ? -1 : names.indexOf(name);
  if (index < 0 && name !== undefined && complete) {
    const message = `${pathText(path)}: "${name}" is no worker; ${suggestion(name, names)}`;
    context.report('REFERENCE', path, message);
  }
  return index;
}
