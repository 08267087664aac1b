/** Which cells of a grid are wanted: comparisons such as `balancer.workers.a.max <= balancer.workers.b.max`. */
import { optionError } from '../../src/problems/errors.ts';
import { suggestion } from '../../src/problems/suggest.ts';
import { quantityOf } from '../../src/scenario/quantity.ts';

/** Values of a cell by path. */
type Values = Readonly<Record<string, string>>;

/** Whether a cell is wanted. @throws LabError when its values cannot be compared. */
export type Where = (cell: Values) => boolean;

const compare: Record<string, (a: number, b: number) => boolean> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

/** `text` compares varied paths with each other or with amounts; names only with == and !=. */
export function whereOf(text: string, paths: readonly string[]): Where {
  const fail = (message: string) => optionError('--where', `--where ${text}: ${message}`);
  const [, left, operator, right] = /^\s*(\S+?)\s*(<=|>=|==|!=|<|>)\s*(\S+)\s*$/.exec(text) ?? [];
  if (left === undefined || operator === undefined || right === undefined) {
    throw fail('expected A OP B with OP one of < <= > >= == !=, such as backends.app.slots <= 8.');
  }
  const sides = [left, right];
  if (!sides.some((side) => paths.includes(side))) {
    const unknown = quantityOf(left) === null ? left : right;
    throw fail(`${unknown} is not varied; ${suggestion(unknown, paths)}`);
  }
  const stray = sides.find((side) => side.includes('.') && isPath(side) && !paths.includes(side));
  if (stray !== undefined) throw fail(`${stray} is not varied; ${suggestion(stray, paths)}`);
  return (cell) => {
    const [a, b] = sides.map((side) => cell[side] ?? side) as [string, string];
    const [x, y] = [quantityOf(a), quantityOf(b)];
    if (x !== null && y !== null && x.kind === y.kind) return compare[operator]!(x.value, y.value);
    if (operator === '==') return a === b;
    if (operator === '!=') return a !== b;
    throw fail(`${a} ${operator} ${b} cannot be told; expected two amounts of the same kind.`);
  };
}

function isPath(text: string): boolean {
  return quantityOf(text) === null;
}
