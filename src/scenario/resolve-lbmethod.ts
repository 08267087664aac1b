/** An lbmethod as written, by name or path, alone or with parameters, to a reference that can be loaded. */
import type { LbMethodRef, LbMethodSettings } from '../config/spec.ts';
import { lbmethods, type Parameter, type ParameterValue } from '../core/index.ts';
import { suggestion } from '../problems/suggest.ts';
import type { Context } from './context.ts';
import { type Path, pathText } from './document.ts';
import { moduleFiles } from './module-files.ts';
import { readReferred } from './resolve-distribution.ts';
import { modulePath, type RawLbMethod } from './schema-lbmethod.ts';
import type { Loose } from './shape.ts';
import { durationNs, durationPattern, percentPattern, shareOf } from './units.ts';

type Written = Readonly<Record<string, ParameterValue | undefined>>;

/** A name of the registry, or the path of an existing file. */
export function resolveLbMethod(
  raw: Loose<RawLbMethod>,
  path: Path,
  context: Context,
): LbMethodRef {
  if (typeof raw === 'string') return named(raw, path, context);
  const [name = 'byrequests', parameters = {}] = Object.entries(raw)[0] ?? [];
  const ref = named(name, [...path, name], context);
  const set = settings(name, parameters as Written);
  return set === null ? ref : { ...ref, name: `${name} ${set.text}`, set };
}

function named(name: string, path: Path, context: Context): LbMethodRef {
  if (modulePath.test(name)) {
    const file = context.files.absolute(name);
    const isThere = readReferred(name, path, context) !== null;
    if (isThere) moduleFiles(file).forEach(context.files.addToDigest); // with what it imports
    return { name, file };
  }
  if (!context.lbmethods.includes(name)) {
    const message = `${pathText(path)} is "${name}", which is no lbmethod; ${suggestion(name, context.lbmethods)}`;
    context.report('REFERENCE', path, message);
  }
  return { name, file: null };
}

/** What differs from the defaults; null when nothing does. */
function settings(method: string, written: Written): LbMethodSettings | null {
  const declared = lbmethods.find(({ name }) => name === method)?.parameters ?? {};
  const set = Object.entries(written).flatMap(([parameter, text]) => {
    if (text === undefined) return [];
    const of = declared[parameter];
    const value = valueFrom(of, text);
    return value === of?.default ? [] : [{ parameter, value, text }];
  });
  if (set.length === 0) return null;
  const values = Object.fromEntries(set.map(({ parameter, value }) => [parameter, value]));
  const text = set.map(({ parameter, text }) => `${parameter} ${text}`).join(', ');
  return { method, values, text: `(${text})` };
}

/** `declared` is not known of a method of the user's own: durations and shares are then told by their units. */
function valueFrom(declared: Parameter | undefined, text: ParameterValue): ParameterValue {
  if (typeof text !== 'string' || declared?.kind === 'choice') return text;
  if (durationPattern.test(text)) return durationNs(text);
  return percentPattern.test(text) ? shareOf(text) : text;
}
