/** Rows of columns that are taken and given back: what a simulation holds of things that come and go. */
import { bytesOf, type Columns, type Views, viewsOver } from '../src/core/columns.ts';

export class Slab<C extends Columns> {
  /** The columns. They move when the slab grows: read them anew after `take` and `ensure`. */
  rows: Views<C>;
  capacity: number;
  private readonly columns: C;
  /** Rows that were given back, to be taken again last in, first out. */
  private free: number[] = [];
  /** Rows that were ever taken. */
  used = 0;

  constructor(columns: C, capacity = 256) {
    this.columns = columns;
    this.capacity = capacity;
    this.rows = allocate(columns, capacity);
  }

  /** A row; its columns hold what the last user left. */
  take(): number {
    const row = this.free.pop();
    if (row !== undefined) return row;
    this.ensure(this.used + 1);
    return this.used++;
  }

  give(row: number): void {
    this.free.push(row);
  }

  /** Makes room for rows 0 to `count` - 1. */
  ensure(count: number): void {
    if (count <= this.capacity) return;
    while (this.capacity < count) this.capacity *= 2;
    const rows = allocate(this.columns, this.capacity);
    for (const name of Object.keys(this.columns)) rows[name].set(this.rows[name]);
    this.rows = rows;
  }
}

function allocate<C extends Columns>(columns: C, rows: number): Views<C> {
  const tables = [{ columns, rows }] as const;
  return viewsOver(new ArrayBuffer(bytesOf(tables)), tables)[0] as Views<C>;
}
