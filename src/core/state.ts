/** The columns every balancer has. An lbmethod adds its own (`LbMethod.columns`). */
import type { Columns, Table, Views } from './columns.ts';
import { healthColumns } from './health.ts';
import type { Parameters, Values } from './parameters.ts';
import { UNUSABLE } from './status.ts';

/** An instant before all others: an error nobody timed, whose retry time is over at once. */
export const NEVER_NS = Number.NEGATIVE_INFINITY;

/** No worker, no exchange, no row. */
export const NONE = -1;

/** One row per worker, in configuration order: the final tie-break everywhere. */
export const workerColumns = {
  /** Share of the work in hundredths: 100 is 1.0. 100 to 10 000. */
  lbfactor: 'i32',
  /** Lower sets are tried first. 0 to 99. */
  lbset: 'i32',
  /** Bits of `status.ts`. */
  status: 'u32',
  /** How urgently this worker must work to fill its quota; wraps as httpd's int does. */
  lbstatus: 'i32',
  /** Requests charged to this worker, tries that failed included until their request ends. */
  busy: 'i32',
  /** Picks, failed tries included. */
  elected: 'u32',
  /** Bytes sent to and read from the worker. */
  transferred: 'f64',
  read: 'f64',
  /** How often an error was lifted since the last new connection. */
  retries: 'i32',
  errorTimeNs: 'f64',
  retryNs: 'f64',
  /** Connections at once; 0 is unlimited. */
  max: 'i32',
  /** How long a request waits for a connection; negative waits for ever. */
  acquireNs: 'f64',
  route: 'text',
  redirect: 'text',
  /** First row with the same route; NONE without a route. Derived from `route`. */
  routeId: 'i32',
  /** First row whose route is this worker's redirect; NONE when there is none. Derived. */
  redirectId: 'i32',
  /** First row with the same host name: heartbeats come per host. */
  host: 'i32',
  /** Hash of the worker's name: where hash methods place it. */
  identity: 'u32',
  /** Rows `0 .. candidateCount - 1`: who may be elected, in the order of offering. Derived from status. */
  candidate: 'i32',
} as const satisfies Columns;

/** One row. */
export const balancerColumns = {
  workers: 'i32',
  /** Index into the methods the balancer was made with; `pendingLbmethod` takes its place at the next sync. */
  lbmethod: 'i32',
  pendingLbmethod: 'i32',
  /** A change that `sync` still has to adopt. */
  pending: 'i32',
  needReset: 'i32',
  nofailover: 'i32',
  forcerecovery: 'i32',
  failontimeout: 'i32',
  maxattempts: 'i32',
  maxattemptsSet: 'i32',
  /** How long a request waits for a usable worker; 0 while one is waiting (spec: httpd 5.6). */
  timeoutNs: 'f64',
  stickyCookie: 'text',
  stickyPath: 'text',
  /** Moves with every change of a route. */
  routesVersion: 'u32',
  candidateCount: 'i32',
  /** Sum of the candidates' load factors, and 1 if they are the workers 0 .. `candidateCount` - 1 in that order. */
  candidateTotal: 'i32',
  candidatesInRow: 'i32',
  candidatesFresh: 'i32',
  /** The candidates change by themselves after this instant: a retry time ends. */
  candidatesUntilNs: 'f64',
  lastNs: 'f64',
} as const satisfies Columns;

/** Four rows: the random words of the lbmethods. */
export const rngColumns = { words: 'u32' } as const satisfies Columns;

/** 19 rows of 32 bits: status codes 0 to 607 of `failonstatus`. */
export const failColumns = { codes: 'u32' } as const satisfies Columns;

export type WorkerViews = Views<typeof workerColumns>;
export type BalancerViews = Views<typeof balancerColumns>;

/** What an lbmethod sees: the common columns, its own, its tables, its parameters, and the random words. */
export type State<
  C extends Columns,
  P extends Parameters = Record<never, never>,
  T extends Readonly<Record<string, { readonly columns: Columns }>> = Record<never, never>,
> = WorkerViews &
  Views<C> & { readonly [N in keyof T]: Views<T[N]['columns']> } & {
    readonly rng: Uint32Array;
    readonly parameters: Values<P>;
  };

/** Who may be elected: the first `count` of `ids`, in the order of offering. */
export interface Candidates {
  readonly ids: Int32Array;
  readonly count: number;
  /** Sum of their load factors. */
  readonly total: number;
  /** 1 if they are the workers 0 to `count` - 1 in that order: loops need not look at `ids`. */
  readonly inRow: number;
}

export function balancerTables(rows: number) {
  return [
    { columns: balancerColumns, rows: 1 },
    { columns: rngColumns, rows: 4 },
    { columns: failColumns, rows: 19 },
    { columns: workerColumns, rows },
    { columns: healthColumns, rows },
  ] as const satisfies readonly Table[];
}

export function usable(workers: WorkerViews, worker: number): boolean {
  return (workers.status[worker] & UNUSABLE) === 0;
}

/** Assertions stay on in production: a broken invariant must stop the show, not skew it. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`fairlead core: ${message}`);
}
