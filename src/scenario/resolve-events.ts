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

const actions = ['crash', 'hang', 'slow', 'errors', 'manager'] as const;
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
    return resolveEvent(event, atNs, path, workers, context) ?? [];
  });
  return events.sort((a, b) => a.atNs - b.atNs);
}

function resolveEvent(
  event: RawEvent,
  atNs: number,
  path: Path,
  workers: WorkerNames,
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
  if (action === 'manager')
    return resolveManager(event.manager ?? {}, atNs, path, workers, context);
  const names = event.worker === undefined ? [] : [event.worker].flat();
  const indices = names.map((name, i) => {
    const at = [...path, 'worker'];
    return workerIndex(name, Array.isArray(event.worker) ? [...at, i] : at, workers, context);
  });
  const base = { atNs, workers: [...new Set(indices)] };
  const forNs = durationNs(event.for ?? '1s');
  switch (action) {
    case 'slow':
      return { kind: action, ...base, forNs, factor: event.slow ?? 1 };
    case 'errors':
      return { kind: action, ...base, forNs, share: shareOf(event.errors ?? 0) };
    default:
      return { kind: action, ...base, forNs: durationNs(event[action] ?? '1s') };
  }
}

/** `worker` and `for` where the action needs them, and nowhere else. */
function checkCompany(
  event: RawEvent,
  action: (typeof actions)[number],
  path: Path,
  context: Context,
): void {
  const lasts = action === 'slow' || action === 'errors';
  const needs = { worker: action !== 'manager', for: lasts };
  for (const key of ['worker', 'for'] as const) {
    if (needs[key] && !(key in event)) {
      const example = key === 'for' ? 'for: 60s' : 'worker: NAME';
      const message = `${pathText(path)} has ${action} without ${key}; expected ${example} beside it.`;
      context.report('MISSING', path, message);
    }
    if (!needs[key] && key in event) {
      const how = key === 'worker' ? 'put it inside manager.' : `${action} says itself how long.`;
      const message = `${pathText([...path, key])} does not go with ${action}; ${how}`;
      context.report('VALUE', [...path, key], message, 'key');
    }
  }
}

function resolveManager(
  raw: RawManager,
  atNs: number,
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
    return { kind: 'manager', atNs, worker: null, change: balancerChange(raw, path, context) };
  }
  const worker = workerIndex(raw.worker, [...path, 'worker'], workers, context);
  return { kind: 'manager', atNs, worker, change: workerChange(raw) };
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
