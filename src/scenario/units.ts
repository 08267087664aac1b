/**
 * Quantities as people write them: durations `4m30s`, rates `400/s`, sizes `10KiB`, shares `0.1%`.
 * Each has a pattern, which the JSON Schema carries too, and a reader that trusts the pattern.
 */

const number = '\\d+(?:\\.\\d+)?';
const durationUnits = { h: 3600e9, m: 60e9, s: 1e9, ms: 1e6, us: 1e3, ns: 1 } as const;
const rateSeconds = { s: 1, m: 60, h: 3600 } as const;
const sizeUnits = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 * 1024,
  GiB: 1024 * 1024 * 1024,
} as const;

/** Units from large to small, each at most once. */
export const durationPattern = new RegExp(
  `^(?=\\d)${Object.keys(durationUnits)
    .map((unit) => `(?:${number}${unit})?`)
    .join('')}$`,
);
export const ratePattern = new RegExp(`^${number}/[smh]$`);
export const sizePattern = new RegExp(`^${number}(?:${Object.keys(sizeUnits).join('|')})$`);
export const percentPattern = new RegExp(`^${number}%$`);

/** Nanoseconds, rounded to an integer. */
export function durationNs(text: string): number {
  let total = 0;
  for (const [, digits, unit] of text.matchAll(/([\d.]+)([a-z]+)/g)) {
    total += Number(digits) * durationUnits[unit as keyof typeof durationUnits];
  }
  return Math.round(total);
}

/** Per second. */
export function ratePerSecond(text: string): number {
  return Number.parseFloat(text) / rateSeconds[text.at(-1) as keyof typeof rateSeconds];
}

/** Bytes, rounded to an integer. A bare number is bytes already. */
export function sizeBytes(value: string | number): number {
  if (typeof value === 'number') return Math.round(value);
  const unit = value.replace(/^[\d.]+/, '') as keyof typeof sizeUnits;
  return Math.round(Number.parseFloat(value) * sizeUnits[unit]);
}

/** A fraction of 1. A bare number is a fraction already. */
export function shareOf(value: string | number): number {
  return typeof value === 'number' ? value : Number.parseFloat(value) / 100;
}
