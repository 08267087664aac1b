import type { Distribution } from './distribution.ts';

/** Uniform on [min, max). */
export function uniform(min: number, max: number): Distribution {
  const width = max - min;
  const mean = min + width / 2;
  return {
    mean,
    scv: mean === 0 ? 0 : (width * width) / (12 * mean * mean),
    sample: (u) => min + width * u,
  };
}
