/** A value with its interval, and words beside it: how every chart of changes draws a row. */

/** Told apart without colour, too. */
const shapes = ['circle', 'square', 'diamond', 'cross', 'triangle-up'];

/** Encodings of a row, whose data have `value`, `low`, `high`, `verdict` and `words`. */
interface Row<X, Y, Colour> {
  readonly x: X;
  readonly y: Y;
  readonly color: Colour;
  /** In the order of their shapes. */
  readonly verdicts: readonly string[];
  readonly fontSize: number;
}

export function intervalMarks<X extends object, Y, Colour>(row: Row<X, Y, Colour>) {
  const { x, y, color, verdicts, fontSize } = row;
  const scale = { domain: [...verdicts], range: shapes.slice(0, verdicts.length) };
  const shape = { field: 'verdict', scale, legend: null };
  return [
    {
      mark: { type: 'rule', strokeWidth: 2 },
      encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y, color },
    },
    {
      mark: { type: 'point', filled: true, size: 70, opacity: 1 },
      encoding: { x: { ...x, field: 'value' }, y, color, shape },
    },
    {
      mark: { type: 'text', align: 'left', dx: 10, fontSize },
      encoding: { x: { value: 'width' }, y, text: { field: 'words' }, color },
    },
  ] as const;
}
