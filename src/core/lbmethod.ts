/** An lbmethod is a value: one file, one registry line, one test. */
import type { Columns } from './columns.ts';
import type { Candidates, State } from './state.ts';

export interface LbMethod<C extends Columns = Columns> {
  /** As written in a scenario: `byrequests`. */
  readonly name: string;
  /** One line for `--help` and reports. */
  readonly summary: string;
  /** Where the rule comes from, and its variant and tie rule. */
  readonly source: string;
  /** Further columns with one row per worker; typed inside the hooks by inference. Zero at the start. */
  readonly columns?: C;
  /**
   * `every`: the method looks at all usable workers, whatever their set, standby, spare and draining flags
   * (httpd's heartbeat does). Default: the worker search of httpd's other methods.
   */
  readonly scope?: 'every';
  /** With `scope: 'every'`: workers to leave out before even their retry time is looked at. */
  considers?(state: State<C>, worker: number): boolean;
  /** One of `among`, which is never empty. Changes its own columns and `lbstatus` as it likes. */
  elect(state: State<C>, among: Candidates, nowNs: number): number;
  /** A try ended. `latencyNs` counts from the pick. */
  complete?(state: State<C>, worker: number, ok: boolean, latencyNs: number, nowNs: number): void;
  /** A host reported its idle (`ready`) and `busy` slots at `seenNs`. `host` is the first row of that host. */
  heartbeat?(state: State<C>, host: number, ready: number, busy: number, seenNs: number): void;
  /** The counters start again: after a change of lbmethod. `rows` is the number of workers. */
  reset?(state: State<C>, rows: number): void;
}

/** Infers the method's own columns, so that hooks see them typed. */
export function defineLbMethod<const C extends Columns = Record<never, never>>(
  method: LbMethod<C>,
): LbMethod<C> {
  return method;
}
