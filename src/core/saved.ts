/**
 * What httpd's BalancerPersist keeps over a stop and a start: of each worker what is known and counted, of the balancer
 * what a manager may have changed. Plain data. Nothing is under way then: `busy` is 0. What lbmethods beyond httpd's have
 * learnt is not in it; it would be old by then.
 */
import type { Balancer } from './balancer.ts';
import { readText, writeText } from './columns.ts';
import { NEVER_NS, NONE } from './state.ts';
import { EJECTED } from './status.ts';

const workerNumbers = [
  'lbfactor',
  'lbset',
  'status',
  'lbstatus',
  'elected',
  'transferred',
  'read',
  'retries',
] as const;
const healthNumbers = ['hcfails', 'hcpasses', 'fcount', 'pcount'] as const;
const workerTexts = ['route', 'redirect'] as const;
const balancerNumbers = [
  'needReset',
  'nofailover',
  'forcerecovery',
  'maxattempts',
  'maxattemptsSet',
] as const;
const balancerTexts = ['stickyCookie', 'stickyPath'] as const;

type Numbers<N extends string> = { readonly [K in N]: number };
type Texts<N extends string> = { readonly [K in N]: string };

export type SavedWorker = Numbers<(typeof workerNumbers)[number] | (typeof healthNumbers)[number]> &
  Texts<(typeof workerTexts)[number]> & {
    /** How long ago it was marked in error; null: never. */
    readonly errorAgeNs: number | null;
  };

export type SavedBalancer = Numbers<(typeof balancerNumbers)[number]> &
  Texts<(typeof balancerTexts)[number]> & {
    readonly lbmethod: string;
    readonly timeoutNs: number;
  };

const shapes = {
  worker: shapeOf([...workerNumbers, ...healthNumbers], workerTexts),
  balancer: shapeOf([...balancerNumbers, 'timeoutNs'], [...balancerTexts, 'lbmethod']),
};

export function saveBalancer({ views, lbmethod }: Balancer, timeoutNs: number): SavedBalancer {
  return {
    ...numbersOf(views, balancerNumbers, 0),
    ...textsOf(views, balancerTexts, 0),
    lbmethod: lbmethod.name,
    timeoutNs,
  };
}

export function saveWorker(balancer: Balancer, worker: number, nowNs: number): SavedWorker {
  const { workers, health } = balancer;
  const errorNs = workers.errorTimeNs[worker];
  return {
    ...numbersOf(workers, workerNumbers, worker),
    ...numbersOf(health, healthNumbers, worker),
    ...textsOf(workers, workerTexts, worker),
    errorAgeNs: errorNs === NEVER_NS ? null : nowNs - errorNs,
  };
}

/** Whether `value`, which somebody else may have written, is what `saveWorker` gives. */
export function isSavedWorker(value: unknown): value is SavedWorker {
  if (!shapes.worker(value)) return false;
  const { lbfactor, lbset, errorAgeNs } = value as unknown as SavedWorker;
  const inRange = lbfactor >= 100 && lbfactor <= 10_000 && lbset >= 0 && lbset <= 99;
  return inRange && (errorAgeNs === null || Number.isFinite(errorAgeNs));
}

export function isSavedBalancer(value: unknown): value is SavedBalancer {
  return shapes.balancer(value);
}

/** `balancer` is fresh, derives its routes afterwards, and has been stopped for `goneNs`. */
export function restoreBalancer({ views, methods }: Balancer, saved: SavedBalancer): void {
  for (const name of balancerNumbers) views[name][0] = saved[name];
  for (const name of balancerTexts) writeText(views[name], 0, saved[name]);
  views.timeoutNs[0] = saved.timeoutNs;
  const index = methods.findIndex(({ name }) => name === saved.lbmethod);
  if (index !== NONE) views.lbmethod[0] = index;
  views.pendingLbmethod[0] = views.lbmethod[0];
  views.pending[0] = views.needReset[0]; // as httpd adopts all at its start
  views.candidatesFresh[0] = 0;
}

/** `goneNs`: how long ago it was saved. */
export function restoreWorker(
  { workers, health }: Balancer,
  worker: number,
  saved: SavedWorker,
  nowNs: number,
  goneNs: number,
): void {
  for (const name of workerNumbers) workers[name][worker] = saved[name];
  for (const name of healthNumbers) health[name][worker] = saved[name];
  for (const name of workerTexts) writeText(workers[name], worker, saved[name]);
  workers.status[worker] &= EJECTED - 1; // who is ejected, and other bits that nobody knows, are not restored
  const { errorAgeNs } = saved;
  workers.errorTimeNs[worker] = errorAgeNs === null ? NEVER_NS : nowNs - goneNs - errorAgeNs;
}

function numbersOf<N extends string>(
  columns: { readonly [K in N]: Int32Array | Uint32Array | Float64Array },
  names: readonly N[],
  row: number,
): Numbers<N> {
  return Object.fromEntries(names.map((name) => [name, columns[name][row]])) as Numbers<N>;
}

function textsOf<N extends string>(
  columns: { readonly [K in N]: Uint8Array },
  names: readonly N[],
  row: number,
): Texts<N> {
  return Object.fromEntries(names.map((name) => [name, readText(columns[name], row)])) as Texts<N>;
}

function shapeOf(numbers: readonly string[], texts: readonly string[]) {
  return (value: unknown): value is Readonly<Record<string, unknown>> => {
    if (typeof value !== 'object' || value === null) return false;
    const of = value as Readonly<Record<string, unknown>>;
    return (
      numbers.every((name) => Number.isFinite(of[name])) &&
      texts.every((name) => typeof of[name] === 'string')
    );
  };
}
