import type { Distribution } from './distribution.ts';

/** Always `value`. */
export function constant(value: number): Distribution {
  return { mean: value, scv: 0, sample: () => value };
}
