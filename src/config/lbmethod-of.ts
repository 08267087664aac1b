/** From what a file or a command line names to the method itself: the registry's, or the user's module. */
import { pathToFileURL } from 'node:url';
import {
  type Factors,
  type KeyKind,
  keyKindOf,
  type LbMethod,
  lbmethods,
  NONE,
  withParameters,
} from '../core/index.ts';
import { LabError } from '../problems/errors.ts';
import type { LbMethodRef } from './spec.ts';

/**
 * Loads the method that `ref` names, its parameters set.
 * @throws LabError when there is none, its module cannot be loaded or exports no lbmethod, or a parameter is wrong.
 */
export async function lbmethodOf({ name, file, set }: LbMethodRef): Promise<LbMethod> {
  const method = file === null ? registered(set?.method ?? name) : await fromModule(file);
  if (set === undefined) return method;
  try {
    return withParameters(method, set.values, `${method.name} ${set.text}`);
  } catch (error) {
    throw problem(file ?? name, (error as Error).message);
  }
}

/** What load factors are to the method that `ref` names; null for a user's module, of which nothing is known here. */
export function factorsOf({ name, file, set }: LbMethodRef): Factors | null {
  return file === null ? (registered(set?.method ?? name).factors ?? 'weights') : null;
}

/** The key that the method `ref` names elects by; null for none, and for a user's module. */
export function keyKindFor({ name, file, set }: LbMethodRef): KeyKind | null {
  if (file !== null) return null;
  const method = registered(set?.method ?? name);
  return keyKindOf(set === undefined ? method : withParameters(method, set.values));
}

function registered(name: string): LbMethod {
  const method = lbmethods.find((one) => one.name === name);
  if (method) return method;
  const known = lbmethods.map((one) => one.name).join(', ');
  throw problem(name, `no lbmethod of this name; expected ${known}, or a path to a module`);
}

async function fromModule(file: string): Promise<LbMethod> {
  const module = await import(pathToFileURL(file).href).catch((error: Error) => {
    throw problem(file, `cannot be loaded: ${error.message}`);
  });
  const method = [module.default, ...Object.values(module)].find(isLbMethod);
  if (method) return checked(method, file);
  throw problem(
    file,
    'exports no lbmethod; expected an object { name, elect(state, among, nowNs) }, exported as default or by name',
  );
}

/** The method with every election checked: a fault of the user's code must not look like one of the engine. */
function checked(method: LbMethod, file: string): LbMethod {
  const elect: LbMethod['elect'] = (state, among, nowNs, key) => {
    let elected: number;
    try {
      elected = method.elect(state, among, nowNs, key);
    } catch (cause) {
      throw problem(file, `elect of ${method.name} threw: ${String(cause)}`);
    }
    if (elected === NONE) return NONE;
    for (let i = 0; i < among.count; i++) if (among.ids[i] === elected) return elected;
    throw problem(
      file,
      `elect of ${method.name} returned ${String(elected)}; expected one of among.ids[0] to among.ids[among.count - 1], or ${NONE} for nobody`,
    );
  };
  return Object.assign(Object.create(method), { elect });
}

function isLbMethod(value: unknown): value is LbMethod {
  const candidate = value as Partial<LbMethod> | null | undefined;
  return typeof candidate?.name === 'string' && typeof candidate.elect === 'function';
}

function problem(file: string, message: string): LabError {
  const place = { file, line: 0, column: 0, path: 'lbmethod' };
  return new LabError([{ ...place, message, code: 'VALUE', severity: 'error' }]);
}
