import type { Context } from './context.ts';
import { type Path, pathText } from './document.ts';
import { meanOf } from './means.ts';
import type { DistributionSpec } from './scenario.ts';
import type { RawDistribution } from './schema-distributions.ts';
import type { Loose } from './shape.ts';
import { durationNs, durationPattern, shareOf, sizeBytes, sizePattern } from './units.ts';

/** How values of one kind are written in a file and read. */
export interface Quantity {
  read(value: string | number): number;
  readonly pattern: RegExp;
  readonly form: string;
}

/** Nanoseconds. */
export const timeQuantity: Quantity = {
  read: (value) => durationNs(String(value)),
  pattern: durationPattern,
  form: '12ms',
};

/** Bytes. */
export const sizeQuantity: Quantity = {
  read: (value) => (/^\d+$/.test(String(value)) ? Number(value) : sizeBytes(value)),
  pattern: new RegExp(`^\\d+$|${sizePattern.source}`),
  form: '2KiB',
};

/** Whole numbers from 1. */
export const countQuantity: Quantity = { read: Number, pattern: /^[1-9]\d{0,14}$/, form: '3' };

/** The distribution written at `path`, or the constant `missing` when nothing (usable) is written there. */
export function resolveDistribution(
  raw: Loose<RawDistribution> | undefined,
  path: Path,
  quantity: Quantity,
  missing: number,
  context: Context,
): DistributionSpec {
  if (raw === undefined || !isWhole(raw)) return { kind: 'constant', value: missing };
  const spec = parametersOf(raw as RawDistribution, path, quantity, context);
  if (spec === null) return { kind: 'constant', value: missing };
  const problem = contradiction(spec);
  if (problem !== null) context.report('VALUE', path, `${pathText(path)}: ${problem}`);
  return spec;
}

function parametersOf(
  raw: RawDistribution,
  path: Path,
  { read, ...quantity }: Quantity,
  context: Context,
): DistributionSpec | null {
  if (typeof raw !== 'object') return { kind: 'constant', value: read(raw) };
  if ('exponential' in raw) return { kind: 'exponential', mean: read(raw.exponential) };
  if ('uniform' in raw) {
    const [min, max] = raw.uniform;
    return { kind: 'uniform', min: read(min), max: read(max) };
  }
  if ('erlang' in raw) return { kind: 'erlang', k: raw.erlang.k, mean: read(raw.erlang.mean) };
  if ('gamma' in raw) {
    return { kind: 'gamma', shape: raw.gamma.shape, mean: read(raw.gamma.mean) };
  }
  if ('weibull' in raw) {
    return { kind: 'weibull', shape: raw.weibull.shape, mean: read(raw.weibull.mean) };
  }
  if ('lognormal' in raw) {
    return { kind: 'lognormal', mean: read(raw.lognormal.mean), cv: raw.lognormal.cv };
  }
  if ('pareto' in raw) {
    const { shape, min, max } = raw.pareto;
    return { kind: 'pareto', shape, min: read(min), max: read(max) };
  }
  if ('hyperexponential' in raw) {
    const branches = raw.hyperexponential.map(({ share, mean }) => ({
      share: shareOf(share),
      mean: read(mean),
    }));
    return { kind: 'hyperexponential', branches };
  }
  if ('geometric' in raw) return { kind: 'geometric', mean: raw.geometric };
  if ('poisson' in raw) return { kind: 'poisson', mean: raw.poisson };
  if ('zipf' in raw) return { kind: 'zipf', ...raw.zipf };
  const { samples } = raw;
  if (typeof samples !== 'string') {
    return { kind: 'samples', values: samples.map((value) => read(value)) };
  }
  const values = samplesFile(samples, [...path, 'samples'], { read, ...quantity }, context);
  return values === null ? null : { kind: 'samples', values };
}

/** What is wrong between the parameters, each of which is fine by itself. */
function contradiction(spec: DistributionSpec): string | null {
  if (spec.kind === 'uniform' && spec.min > spec.max) {
    return 'the first value is above the second; expected the smaller one first.';
  }
  if (spec.kind === 'pareto' && spec.min >= spec.max) {
    return 'min is not below max; expected min < max.';
  }
  if (spec.kind === 'hyperexponential') {
    const sum = spec.branches.reduce((total, { share }) => total + share, 0);
    if (Math.abs(sum - 1) > 1e-9) {
      return `the shares sum to ${Number((sum * 100).toFixed(6))}%; expected 100%.`;
    }
  }
  return null;
}

/** Values of a file: separated by line ends or commas; blank lines, `#` comments and a heading are skipped. */
function samplesFile(
  name: string,
  path: Path,
  { read, pattern, form }: Quantity,
  context: Context,
): number[] | null {
  const text = readReferred(name, path, context);
  if (text === null) return null;
  const values: number[] = [];
  const lines = text.split(/\r?\n/);
  for (const [i, line] of lines.entries()) {
    const cells = line
      .replace(/#.*/, '')
      .split(',')
      .map((cell) => cell.trim());
    const heading = values.length === 0 && /^[^\d]+$/.test(line);
    for (const cell of heading ? [] : cells) {
      if (cell === '') continue;
      if (pattern.test(cell)) values.push(read(cell));
      else {
        const message = `"${cell.slice(0, 40)}" is no value; expected values such as ${form}, one a line.`;
        const place = {
          file: context.files.shown(name),
          line: i + 1,
          column: line.indexOf(cell) + 1,
        };
        context.add([
          {
            ...place,
            path: pathText(path),
            message,
            code: 'VALUE',
            severity: 'error',
            source: line,
          },
        ]);
        return null;
      }
    }
  }
  if (values.length > 0) return values;
  const empty = `${pathText(path)}: ${name} holds no values; expected values such as ${form}, one a line.`;
  context.report('VALUE', path, empty);
  return null;
}

/** Text of a file that the scenario names at `path`; null, with a problem reported, when it cannot be read. */
export function readReferred(name: string, path: Path, context: Context): string | null {
  try {
    return context.files.read(name);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `${pathText(path)}: ${name} cannot be read: ${reason}; expected a path relative to the scenario file.`;
    context.report('UNREADABLE', path, message);
    return null;
  }
}

/** Whether nothing within was struck out by the shape check. */
export function isWhole(value: unknown): boolean {
  if (value === undefined) return false;
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(isWhole);
}

/** Mean above zero, as a service needs. */
export function requirePositiveMean(spec: DistributionSpec, path: Path, context: Context): void {
  if (meanOf(spec) > 0) return;
  context.report('VALUE', path, `${pathText(path)} has the mean 0; expected a mean above 0.`);
}
