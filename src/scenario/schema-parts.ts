/**
 * Building blocks of the schema. The error text of every part is the phrase that says what was expected
 * there; zod's issues do not carry the schema they come from, so the phrase is also the key under which
 * the known keys of a map or choice are found again.
 */
import { z } from 'zod';
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

/** Keys of a map, or kinds of a choice: those known, and those of the format that are not built yet. */
export interface Place {
  readonly known: readonly string[];
  readonly later: readonly string[];
  /** A choice is a map with exactly one of the known keys. */
  readonly choice: boolean;
  /** Of a choice: further keys that may stand beside a kind. */
  readonly beside: Readonly<Record<string, readonly string[]>>;
}

/** Every map and choice of the schema by its phrase. */
export const places = new Map<string, Place>();

/** The phrase of a scenario as a whole. */
export const wholeFile = 'a scenario: a map with run, balancer, backends and clients';

/** A map with these keys and no others. */
export function map<S extends z.ZodRawShape>(
  expected: string,
  shape: S,
  later: readonly string[] = [],
) {
  places.set(expected, { known: Object.keys(shape), later, choice: false, beside: {} });
  return z.strictObject(shape, expected);
}

type Beside<K> = { readonly [N in keyof K]?: z.ZodRawShape };
type Kinds<K extends Record<string, z.ZodType>, B extends Beside<K>> = {
  [N in keyof K]: { [M in N]: z.infer<K[N]> } & {
    [F in keyof B[N]]?: B[N][F] extends z.ZodType ? z.infer<B[N][F]> : never;
  };
}[keyof K];

type Plain<P> = P extends z.ZodType ? z.infer<P> : never;

/** One of `kinds`, written `{ kind: … }`, some with optional keys `beside` it, or one of the plain forms. */
export function choice<
  K extends Record<string, z.ZodType>,
  P extends z.ZodType | undefined = undefined,
  B extends Beside<K> = Record<never, never>,
>(
  expected: string,
  kinds: K,
  later: readonly string[] = [],
  plain?: P,
  beside?: B,
): z.ZodType<Kinds<K, B> | Plain<P>> {
  const further: Readonly<Record<string, z.ZodRawShape | undefined>> = beside ?? {};
  const keys = Object.fromEntries(
    Object.entries(further).map(([kind, shape]) => [kind, Object.keys(shape ?? {})]),
  );
  places.set(expected, { known: Object.keys(kinds), later, choice: true, beside: keys });
  const maps = Object.entries(kinds).map(([kind, body]) => {
    const optional = z.strictObject(further[kind] ?? {}).partial().shape;
    return z.strictObject({ [kind]: body, ...optional }, expected);
  });
  const options = plain === undefined ? maps : [plain, ...maps];
  return z.union(options as unknown as [z.ZodType<Kinds<K, B> | Plain<P>>], expected);
}

/** A list of at least one. */
export function list<T extends z.ZodType>(expected: string, item: T) {
  return z.array(item, expected).min(1, expected);
}

/** A duration for which `fits` holds, of at most 104 days (what nanoseconds can count). */
export function durationOf(expected: string, fits: (ns: number) => boolean = () => true) {
  return z
    .string(expected)
    .regex(durationPattern, expected)
    .refine((text) => {
      const ns = durationPattern.test(text) ? durationNs(text) : Number.NaN;
      return Number.isNaN(ns) || (ns <= Number.MAX_SAFE_INTEGER && fits(ns));
    }, expected);
}

export const duration = durationOf(
  'a duration with a unit, such as 20ms or 4m30s (at most 104 days)',
);

export const positiveDuration = durationOf(
  'a duration above 0 with a unit, such as 20ms or 4m30s (at most 104 days)',
  (ns) => ns > 0,
);

export const millisecondOrMore = durationOf(
  'a duration of at least 1ms, such as 500ms',
  (ns) => ns >= 1e6,
);

/** A duration in whole seconds, as httpd keeps it, between two limits. */
export function wholeSeconds(expected: string, min: number, max: number) {
  return durationOf(expected, (ns) => ns % 1e9 === 0 && ns >= min * 1e9 && ns <= max * 1e9);
}

const ratePhrase = 'a rate above 0, such as 400/s (also /m and /h)';
export const rate = z
  .string(ratePhrase)
  .regex(ratePattern, ratePhrase)
  .refine((text) => !ratePattern.test(text) || ratePerSecond(text) > 0, ratePhrase);

const rateOrNonePhrase = 'a rate such as 400/s, or 0/s (also /m and /h)';
export const rateOrNone = z.string(rateOrNonePhrase).regex(ratePattern, rateOrNonePhrase);

const sizePhrase = 'a size such as 512, 10KiB or 2MiB';
export const size = z.union(
  [z.number(sizePhrase).min(0, sizePhrase), z.string(sizePhrase).regex(sizePattern, sizePhrase)],
  sizePhrase,
);

const positiveSizePhrase = 'a size above 0, such as 512, 10KiB or 2MiB';
export const positiveSize = z.union(
  [
    z.number(positiveSizePhrase).positive(positiveSizePhrase),
    z
      .string(positiveSizePhrase)
      .regex(sizePattern, positiveSizePhrase)
      .refine((text) => !sizePattern.test(text) || sizeBytes(text) > 0, positiveSizePhrase),
  ],
  positiveSizePhrase,
);

const sharePhrase = 'a share such as 0.1%, or a fraction from 0 to 1';
export const share = z.union(
  [
    z.number(sharePhrase).min(0, sharePhrase).max(1, sharePhrase),
    z
      .string(sharePhrase)
      .regex(percentPattern, sharePhrase)
      .refine((text) => !percentPattern.test(text) || shareOf(text) <= 1, sharePhrase),
  ],
  sharePhrase,
);

/** A whole number from `min` to `max`. */
export function whole(expected: string, min: number, max = Number.MAX_SAFE_INTEGER) {
  return z.int(expected).min(min, expected).max(max, expected);
}

export const positive = z.number('a number above 0').positive('a number above 0');

const onOffPhrase = 'On or Off';
export const onOff = z.union(
  [z.boolean(), z.string().regex(/^[Oo](?:[Nn]|[Ff][Ff])$/, onOffPhrase)],
  onOffPhrase,
);

const namePhrase =
  'a name of at most 63 letters, digits and . _ - + : / @ ~ (a name that is a number goes in quotes)';
export const namePattern = /^[\w.:/@~+-]{1,63}$/;
export const name = z.string(namePhrase).regex(namePattern, namePhrase);

const workerNamePhrase = 'the name of a worker (a name that is a number goes in quotes)';
/** A worker where it is referred to: those of an httpd.conf may go by their URLs. */
export const workerName = z.string(workerNamePhrase).regex(/^\S{1,400}$/, workerNamePhrase);

/** Text of fewer than 64 characters, httpd's limit for routes. */
export const shortText = z
  .string('text of fewer than 64 characters (put numbers in quotes)')
  .max(63, 'text of fewer than 64 characters');
