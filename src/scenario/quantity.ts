/** Amounts as the command line gives them: numbers with or without a unit, their order and their steps. */
import {
  durationNs,
  durationPattern,
  percentPattern,
  ratePattern,
  ratePerSecond,
  shareOf,
  sizeBytes,
  sizePattern,
} from './units.ts';

/** `value` in nanoseconds, per second, bytes, or as a plain number (shares as fractions). */
export interface Quantity {
  readonly kind: 'number' | 'duration' | 'rate' | 'size';
  readonly value: number;
}

/** null when `text` is no amount. */
export function quantityOf(text: string): Quantity | null {
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return { kind: 'number', value: Number(text) };
  if (percentPattern.test(text)) return { kind: 'number', value: shareOf(text) };
  if (durationPattern.test(text)) return { kind: 'duration', value: durationNs(text) };
  if (ratePattern.test(text)) return { kind: 'rate', value: ratePerSecond(text) };
  if (sizePattern.test(text)) return { kind: 'size', value: sizeBytes(text) };
  return null;
}

/** More values than this are a slip of the step. */
export const stepsMax = 10_000;

/**
 * The amounts from `from` up to `to` in steps, both included, in the unit of `step`: `10ms`, `20ms`, `30ms`.
 * A text instead says what is wrong.
 */
export function steps(from: string, to: string, step: string): string[] | string {
  const [low, high, by] = [from, to, step].map(quantityOf);
  const unit = /^\d+(?:\.\d+)?(\D*)$/.exec(step)?.[1];
  if (!low || !high) return `${low ? to : from} is no amount; expected one such as 10ms or 20/s`;
  if (!by || unit === undefined) return `the step ${step} is no amount; expected one such as 10ms`;
  if (low.kind !== high.kind || low.kind !== by.kind) {
    return `${from}, ${to} and ${step} do not have the same kind of unit`;
  }
  if (by.value <= 0) return `the step is ${step}; expected more than 0`;
  if (low.value > high.value) return `${from} is more than ${to}; write ${to}..${from}:${step}`;
  const last = Math.floor((high.value - low.value) / by.value + 1e-9);
  if (last >= stepsMax) return `it has ${last + 1} values; expected at most ${stepsMax}`;
  const unitValue = quantityOf(`1${unit}`)!.value;
  return Array.from({ length: last + 1 }, (_, i) => {
    const amount = (low.value + i * by.value) / unitValue;
    return `${Number(amount.toPrecision(12))}${unit}`;
  });
}

/** Texts as numbers of one unit, for an axis of a chart; null when they are not amounts of one kind. */
export function amountsOf(
  texts: readonly string[],
): { readonly amounts: readonly number[]; readonly unit: string } | null {
  const quantities = texts.map(quantityOf).filter((quantity) => quantity !== null);
  const kinds = new Set(quantities.map(({ kind }) => kind));
  if (quantities.length < texts.length || kinds.size !== 1) return null;
  const unit = /^-?[\d.]+(\D*)$/.exec(texts[0]!)?.[1] ?? 's';
  const unitValue = quantityOf(`1${unit}`)!.value;
  const amounts = quantities.map(({ value }) => Number((value / unitValue).toPrecision(12)));
  return { amounts, unit };
}
