/** What a sweep varies: `PATH=V1,V2`, `PATH=A..B:STEP`, crossed or in step with one another. */
import { optionError } from '../../src/problems/errors.ts';
import { steps } from '../../src/scenario/quantity.ts';

/** One field and the values it takes, as YAML. */
export interface Axis {
  readonly path: string;
  readonly values: readonly string[];
}

/** Axes that go in step: the i-th value of each together. All have equally many values. */
export type AxisGroup = readonly Axis[];

/** `--vary TEXT` begins a group, `--zip TEXT` adds to the one before it. */
export interface AxisOption {
  readonly option: '--vary' | '--zip';
  readonly text: string;
}

/** In the order of the command line. @throws LabError with what is wrong with an option. */
export function axisGroups(options: readonly AxisOption[]): readonly AxisGroup[] {
  const groups: Axis[][] = [];
  const paths = new Set<string>();
  for (const { option, text } of options) {
    const fail = (message: string) => optionError(option, `${option} ${text}: ${message}`);
    const axis = axisOf(text, fail);
    if (paths.has(axis.path)) throw fail(`${axis.path} is varied twice; put all values into one.`);
    paths.add(axis.path);
    if (option === '--vary') {
      groups.push([axis]);
      continue;
    }
    const group = groups.at(-1);
    if (group === undefined) {
      throw fail(
        'it goes in step with the --vary before it, and there is none; write --vary first.',
      );
    }
    const [first] = group as [Axis];
    if (first.values.length !== axis.values.length) {
      throw fail(
        `it has ${count(axis)} and ${first.path}, with which it goes in step, has ${count(first)}; expected as many.`,
      );
    }
    group.push(axis);
  }
  return groups;
}

function count({ values }: Axis): string {
  return `${values.length} value${values.length === 1 ? '' : 's'}`;
}

function axisOf(text: string, fail: (message: string) => Error): Axis {
  const at = text.indexOf('=');
  const path = text.slice(0, at).trim();
  if (at < 0 || path === '') {
    throw fail(
      'expected PATH=V1,V2 or PATH=A..B:STEP, such as clients.0.arrival.poisson=20/s,40/s.',
    );
  }
  const values = splitValues(text.slice(at + 1)).flatMap((item) => valuesOf(item, fail));
  const twice = values.find((value, i) => values.indexOf(value) < i);
  if (twice !== undefined) throw fail(`${twice} stands twice; keep one.`);
  return { path, values };
}

function valuesOf(item: string, fail: (message: string) => Error): string[] {
  if (item === '') throw fail('a value is empty; expected values between the commas.');
  const [, from, to, , step] = /^(-?\d\S*?)\.\.(\d[^:\s]*)(:(\S+))?$/.exec(item) ?? [];
  if (from === undefined || to === undefined) return [item];
  if (step === undefined) throw fail(`${item} has no step; expected ${item}:STEP.`);
  const values = steps(from, to, step);
  if (typeof values === 'string') throw fail(`${values}.`);
  return values;
}

/** At commas outside of brackets and quotes. */
function splitValues(text: string): string[] {
  const items = [''];
  let depth = 0;
  let quote = '';
  for (const letter of text) {
    if (quote !== '') quote = letter === quote ? '' : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    else if ('[{'.includes(letter)) depth++;
    else if (']}'.includes(letter)) depth--;
    if (letter === ',' && depth === 0 && quote === '') items.push('');
    else items[items.length - 1] += letter;
  }
  return items.map((item) => item.trim());
}
