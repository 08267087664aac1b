/** Values that several parameters share. Each helper gives back the refusal, or what was read. */
import { atoi, atol, isInteger, type TimeUnit, timeMs } from '../c-numbers.ts';
import type { Parameter, Verdict } from '../parameters.ts';

/** On or Off in any case. */
export function flag<Draft>(set: (draft: Draft, on: boolean) => void): Parameter<Draft> {
  return (draft, value) => {
    const word = value.toLowerCase();
    if (word !== 'on' && word !== 'off') return { refused: 'must be On or Off.' };
    set(draft, word === 'on');
    return null;
  };
}

/** An integer from `min` to `max`; `unit` is named when text behind it is ignored. */
export function integer<Draft>(
  { min, max = Number.POSITIVE_INFINITY, unit = '', wide = false, or }: IntegerRange,
  set: (draft: Draft, value: number) => void,
): Parameter<Draft> {
  return (draft, value) => {
    const number = wide ? atol(value) : atoi(value);
    if ((number < min || number > max) && number !== or) {
      const also = or === undefined ? '' : `${or} or `;
      const range = max === Number.POSITIVE_INFINITY ? `${min} or more` : `${min} to ${max}`;
      const read =
        isInteger(value) && String(number) === value.replace('+', '')
          ? ''
          : ` It is read as ${number}.`;
      return { refused: `must be ${also}${range}${unit && ` ${unit}`}.${read}` };
    }
    set(draft, number);
    return asWritten(value, number, unit);
  };
}

export interface IntegerRange {
  readonly min: number;
  readonly max?: number;
  readonly unit?: string;
  /** C's `long` instead of `int`. */
  readonly wide?: boolean;
  /** Accepted outside the range. */
  readonly or?: number;
}

function asWritten(value: string, number: number, unit: string): Verdict {
  if (isInteger(value) && Number(value) === number) return null;
  return { readAs: `${number}${unit && ` ${unit}`}` };
}

/** A time from one millisecond. */
export function time<Draft>(
  unitWithout: TimeUnit,
  set: (draft: Draft, ns: number) => void,
): Parameter<Draft> {
  return (draft, value) => {
    const ms = timeMs(value, unitWithout);
    if (ms === null) {
      return { refused: 'is no time; expected a whole number and perhaps a unit: ms, s, mi or h.' };
    }
    if (ms < 1) return { refused: 'must be at least one millisecond.' };
    set(draft, ms * 1_000_000);
    return /^\+?\d*(ms|mi|min|s|h)?$/.test(value) ? null : { readAs: `${ms} ms` };
  };
}

/** A text shorter than `limit` bytes. */
export function text<Draft>(
  limit: number,
  set: (draft: Draft, value: string) => void,
): Parameter<Draft> {
  return (draft, value) => {
    const { length } = Buffer.from(value);
    if (length >= limit)
      return { refused: `has ${length} characters; expected at most ${limit - 1}.` };
    set(draft, value);
    return null;
  };
}
