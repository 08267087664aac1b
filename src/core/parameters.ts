/**
 * The parameters that an lbmethod declares, as data: help, schema and checks are made from it. Values are plain:
 * durations in nanoseconds, shares as fractions of 1.
 */
interface Says<V> {
  readonly default: V;
  /** One phrase: what it is. */
  readonly says: string;
}

interface Ranged extends Says<number> {
  readonly kind: 'whole' | 'number' | 'share' | 'duration';
  /** Inclusive. */
  readonly min: number;
  readonly max: number;
}

interface Flag extends Says<boolean> {
  readonly kind: 'flag';
}

interface OneOf extends Says<string> {
  readonly kind: 'choice';
  readonly values: readonly string[];
}

export type Parameter = Ranged | Flag | OneOf;
export type Parameters = Readonly<Record<string, Parameter>>;
export type ParameterValue = number | boolean | string;

type ValueOf<D> = D extends { readonly kind: 'flag' }
  ? boolean
  : D extends { readonly kind: 'choice'; readonly values: readonly (infer V)[] }
    ? V
    : D extends Parameter
      ? number
      : never;

/** What a method reads: one value for each parameter that it declares. */
export type Values<P extends Parameters> = { readonly [K in keyof P]: ValueOf<P[K]> };

export function defaultsOf(parameters: Parameters): Record<string, ParameterValue> {
  return Object.fromEntries(Object.entries(parameters).map(([name, of]) => [name, of.default]));
}

/** What is wrong with `value`, as `3; expected …`, or null. */
export function misfit(parameter: Parameter, value: unknown): string | null {
  if (parameter.kind === 'flag') {
    return typeof value === 'boolean' ? null : `${String(value)}; expected true or false`;
  }
  if (parameter.kind === 'choice') {
    const known = parameter.values.some((one) => one === value);
    return known ? null : `${String(value)}; expected ${parameter.values.join(', ')}`;
  }
  const { kind, min, max } = parameter;
  const isNumber = typeof value === 'number' && value >= min && value <= max;
  if (isNumber && (kind !== 'whole' || Number.isInteger(value))) return null;
  const what = kind === 'whole' ? 'a whole number' : 'a number';
  return `${String(value)}; expected ${what} from ${min} to ${max}`;
}
