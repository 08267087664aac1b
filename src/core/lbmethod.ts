/** An lbmethod is a value: one file, one registry line, one test. */
import type { Columns, Table } from './columns.ts';
import type { KeyKind } from './key.ts';
import {
  defaultsOf,
  misfit,
  type Parameters,
  type ParameterValue,
  type Values,
} from './parameters.ts';
import type { Candidates, State } from './state.ts';

/** Tables beside the columns per worker, in the same buffer; zero at the start. */
export type Tables = Readonly<Record<string, Table>>;

/** What a backend says of itself. Drivers reuse one object; methods keep no reference to it. */
export interface BackendLoad {
  /** Requests at the backend, served and waiting. */
  jobs: number;
  /** Requests that it serves at once. */
  slots: number;
  /** Requests a second that it can serve, all slots together. */
  rate: number;
  /** Of the request that left just now: time in service, and at the backend in all; NaN when one came. */
  serviceNs: number;
  sojournNs: number;
}

/**
 * What load factors are to a method. `shares`: requests split by them whatever the load and whoever asks;
 * `weights`: they count, beside load, latency, bytes or keys; `ties`: only between workers that are equal otherwise;
 * `ignored`: they change nothing.
 */
export type Factors = 'shares' | 'weights' | 'ties' | 'ignored';

export interface LbMethod<
  C extends Columns = Columns,
  P extends Parameters = Parameters,
  T extends Tables = Tables,
> {
  /** As written in a scenario: `byrequests`. */
  readonly name: string;
  /** One line for `--help` and reports. */
  readonly summary: string;
  /** Where the rule comes from. */
  readonly source: string;
  /** Which of the rule's variants this is, in a sentence or two. */
  readonly variant?: string;
  /** Who is elected among equals. */
  readonly ties?: string;
  /** Of one election, for example `O(candidates)`. */
  readonly cost?: string;
  /** What may be set, and to what it is set when nothing is said. */
  readonly parameters?: P;
  /** What they are set to; see `withParameters`. Default: the defaults. */
  readonly values?: Values<P>;
  /** Default: `weights`. */
  readonly factors?: Factors;
  /** `load`: elects by what backends say of themselves (`Balancer.load`). */
  readonly needs?: 'load';
  /** Elects by a key of the request; a parameter named `key` says so, too. */
  readonly key?: KeyKind;
  /**
   * Hash methods: of the keys whose worker stays when another one is lost, the largest share that moves all the same.
   * Missing: nothing is promised.
   */
  readonly strays?: number;
  /** Further columns with one row per worker; typed inside the hooks by inference. Zero at the start. */
  readonly columns?: C;
  /** Further tables, as `state.NAME`, of a balancer with room for so many `workers`. */
  tables?(workers: number, parameters: Values<P>): T;
  /**
   * `every`: the method looks at all usable workers, whatever their set, standby, spare and draining flags
   * (httpd's heartbeat does). Default: the worker search of httpd's other methods.
   */
  readonly scope?: 'every';
  /** With `scope: 'every'`: workers to leave out before even their retry time is looked at. */
  considers?(state: State<C, P, T>, worker: number): boolean;
  /**
   * The candidates or their load factors may have changed, or a host was heard from: runs before the next `elect`, to
   * make ready what costs too much for each election. `rows` is the number of workers.
   */
  prepare?(state: State<C, P, T>, among: Candidates, rows: number, nowNs: number): void;
  /** One of `among`, which is never empty. Changes its own columns and `lbstatus` as it likes. */
  elect(state: State<C, P, T>, among: Candidates, nowNs: number, key: number): number;
  /** A try ended; `ok`: with an answer below 500. `latencyNs` counts from the pick. */
  complete?(
    state: State<C, P, T>,
    worker: number,
    ok: boolean,
    latencyNs: number,
    nowNs: number,
  ): void;
  /** A request came to a backend or left it. */
  load?(state: State<C, P, T>, worker: number, load: BackendLoad, nowNs: number): void;
  /**
   * A host reported its idle (`ready`) and `busy` slots at `seenNs`. `host` is the first row of that host. The next
   * election finds the candidates anew and runs `prepare`.
   */
  heartbeat?(
    state: State<C, P, T>,
    host: number,
    ready: number,
    busy: number,
    seenNs: number,
  ): void;
  /** The counters start again: after a change of lbmethod. `rows` is the number of workers. */
  reset?(state: State<C, P, T>, rows: number): void;
}

/** Infers the method's own columns, parameters and tables, so that hooks see them typed. */
export function defineLbMethod<
  const C extends Columns = Record<never, never>,
  const P extends Parameters = Record<never, never>,
  const T extends Tables = Record<never, never>,
>(method: LbMethod<C, P, T>): LbMethod<C, P, T> {
  return method;
}

/** What the parameters of `method` are set to. */
export function valuesOf(method: LbMethod): Readonly<Record<string, ParameterValue>> {
  return method.values ?? defaultsOf(method.parameters ?? {});
}

/** The key that `method` elects by; null when it needs none. */
export function keyKindOf(method: LbMethod): KeyKind | null {
  return method.key ?? (valuesOf(method)['key'] as KeyKind | undefined) ?? null;
}

/**
 * `method` with some of its parameters set. `name`: what results call it, as two of the same method may be compared.
 * @throws Error for a parameter that it does not have, or a value that does not fit.
 */
export function withParameters(
  method: LbMethod,
  set: Readonly<Record<string, unknown>>,
  name = method.name,
): LbMethod {
  const declared = method.parameters ?? {};
  for (const [parameter, value] of Object.entries(set)) {
    const of = Object.hasOwn(declared, parameter) ? declared[parameter] : undefined;
    if (of === undefined) {
      const known = Object.keys(declared).join(', ') || 'none';
      throw new Error(`${method.name} has no parameter ${parameter}; it has ${known}`);
    }
    const wrong = misfit(of, value);
    if (wrong !== null) throw new Error(`${parameter} of ${method.name} is ${wrong}`);
  }
  const values = { ...valuesOf(method), ...set };
  return Object.assign(Object.create(method), { name, values });
}
