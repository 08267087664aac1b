/** Where an lbmethod keeps what it knows: its columns and tables in the balancer's buffer, and how it sees them. */
import type { Columns, Table, Views } from './columns.ts';
import { type LbMethod, valuesOf } from './lbmethod.ts';
import type { State, WorkerViews } from './state.ts';

/** One table of columns per worker for each method, and behind it the method's further tables. */
export function methodTables(methods: readonly LbMethod[], rows: number): Table[] {
  return methods.flatMap((method) => {
    const { name, columns = {} } = method;
    const further = Object.entries(method.tables?.(rows, valuesOf(method)) ?? {});
    return [
      { name, columns, rows },
      ...further.map(([table, of]) => ({ ...of, name: `${name}.${table}` })),
    ];
  });
}

/** What each method is given. `views`: those of `methodTables`, in order. */
export function methodStates(
  methods: readonly LbMethod[],
  rows: number,
  common: WorkerViews & { readonly rng: Uint32Array },
  views: readonly Views<Columns>[],
): readonly State<never>[] {
  let at = 0;
  return methods.map((method) => {
    const parameters = valuesOf(method);
    const own = views[at++];
    const further = Object.keys(method.tables?.(rows, parameters) ?? {});
    const tables = Object.fromEntries(further.map((name) => [name, views[at++]]));
    return { ...common, ...own, ...tables, parameters } as never;
  });
}
