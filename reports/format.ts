/**
 * Numbers as people read them, the same in the terminal, on the page and in sentences. Three significant
 * digits unless a narrow interval needs more; whole digits are never dropped; an ASCII minus, so that what is
 * seen can be searched for; `-` for what is absent or not a number. Shares print as percent.
 */
import type { MetricValue } from '../sim/result.ts';
import type { Unit } from '../src/scenario/metrics.ts';

/** What is printed where there is no value. */
export const ABSENT = '-';

const suffixes: Record<Unit, string> = { ms: ' ms', s: ' s', '1/s': '/s', share: ' %', '1': '' };

/** Unit as a column head or an axis shows it; empty for plain numbers. */
export const unitLabels: Record<Unit, string> = {
  ms: 'ms',
  s: 's',
  '1/s': '1/s',
  share: '%',
  '1': '',
};

/** Factor from the stored unit to the printed one. */
export function printScale(unit: Unit): number {
  return unit === 'share' ? 100 : 1;
}

/** Decimals that show `significant` digits of `x`; 0 to 6. */
export function decimalsFor(x: number, significant = 3): number {
  if (!Number.isFinite(x) || x === 0) return 0;
  const exponent = Math.floor(Math.log10(Math.abs(x)));
  return Math.min(6, Math.max(0, significant - 1 - exponent));
}

/** `x` with a fixed number of decimals, thousands grouped; `signed` writes a plus too. */
export function formatFixed(x: number, decimals: number, signed = false): string {
  if (!Number.isFinite(x)) return ABSENT;
  return x.toLocaleString('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    signDisplay: signed ? 'exceptZero' : 'negative',
  });
}

/** A plain number: three significant digits, `12,345` whole. */
export function formatNumber(x: number): string {
  return formatFixed(x, decimalsFor(x));
}

/** A number in `unit` (shares as fractions): `312 ms`, `12.5 %`, `400/s`, `0.993`. */
export function formatValue(x: number | null | undefined, unit: Unit): string {
  if (x === null || x === undefined || !Number.isFinite(x)) return ABSENT;
  return formatNumber(x * printScale(unit)) + suffixes[unit];
}

/** An interval with its unit written once: `303 to 322 ms`. */
export function formatInterval(ci95: MetricValue['ci95'], unit: Unit): string {
  if (ci95 === null) return ABSENT;
  const [low, high] = ci95.map((x) => x * printScale(unit)) as [number, number];
  const decimals = Math.max(
    decimalsFor(Math.max(Math.abs(low), Math.abs(high))),
    decimalsFor((high - low) / 2, 1),
  );
  return `${formatFixed(low, decimals)} to ${formatFixed(high, decimals)}${suffixes[unit]}`;
}

/** A mean with as many digits as its interval supports: `312 ms`, `1.0024`. */
export function formatMean(value: MetricValue | null | undefined): string {
  if (!value || !Number.isFinite(value.mean)) return ABSENT;
  return formatFixed(value.mean * printScale(value.unit), decimalsOf(value)) + suffixes[value.unit];
}

/** A value and its interval: `312 ms (303 to 322 ms)`. */
export function formatMetric(value: MetricValue | null | undefined): string {
  if (!value) return ABSENT;
  const mean = formatMean(value);
  return value.ci95 === null ? mean : `${mean} (${formatInterval(value.ci95, value.unit)})`;
}

/** A value for a column whose head names the unit: `312 ±9`, half of the interval after the sign. */
export function formatCell(value: MetricValue | null | undefined): string {
  if (!value || !Number.isFinite(value.mean)) return ABSENT;
  const mean = formatFixed(value.mean * printScale(value.unit), decimalsOf(value));
  const half = halfWidth(value);
  return half === 0 ? mean : `${mean} ±${formatFixed(half, decimalsOf(value))}`;
}

/** Half of the interval in printed units; 0 without an interval. */
function halfWidth({ ci95, unit }: MetricValue): number {
  return ci95 === null ? 0 : ((ci95[1] - ci95[0]) / 2) * printScale(unit);
}

function decimalsOf(value: MetricValue): number {
  const mean = value.mean * printScale(value.unit);
  return Math.max(decimalsFor(mean), decimalsFor(halfWidth(value), 1));
}

/** `1 request`, `12 requests`. */
export function formatCount(count: number, noun: string): string {
  return `${formatFixed(count, 0)} ${noun}${count === 1 ? '' : 's'}`;
}
