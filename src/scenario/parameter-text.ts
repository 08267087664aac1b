/** Values of lbmethod parameters as a scenario writes them: for help, the schema and error messages. */
import type { Parameter, ParameterValue } from '../core/index.ts';

const units = [
  ['h', 3600e9],
  ['m', 60e9],
  ['s', 1e9],
  ['ms', 1e6],
  ['us', 1e3],
] as const;

/** `10s`, `84%`, `true`, or the value itself. */
export function writtenValue({ kind }: Parameter, value: ParameterValue): string {
  if (typeof value !== 'number' || kind === 'whole' || kind === 'number') return String(value);
  if (kind === 'share') return `${Number((value * 100).toPrecision(12))}%`;
  if (value === 0) return '0s';
  const [unit, ns] = units.find(([, size]) => value >= size && value % size === 0) ?? ['ns', 1];
  return `${value / ns}${unit}`;
}

/** `1 to 16`, `true or false`, or the words to choose from. */
export function rangeOf(parameter: Parameter): string {
  if (parameter.kind === 'flag') return 'true or false';
  if (parameter.kind === 'choice') return parameter.values.join(', ');
  const [min, max] = [parameter.min, parameter.max].map((end) => writtenValue(parameter, end));
  return `${min} to ${max}`;
}

const nouns = {
  whole: 'a whole number',
  number: 'a number',
  share: 'a share',
  duration: 'a duration',
};

/** What an error message asks for. */
export function expectedOf(parameter: Parameter): string {
  const { kind } = parameter;
  if (kind === 'flag') return rangeOf(parameter);
  if (kind === 'choice') return `one of ${rangeOf(parameter)}`;
  return `${nouns[kind]} from ${rangeOf(parameter)}`;
}
