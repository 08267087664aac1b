/** Holds the data against the schema and says in plain words what does not fit. */
import type { z } from 'zod';
import { LabError, type Problem, problemsMax } from '../problems/errors.ts';
import { nearest, suggestion } from '../problems/suggest.ts';
import type { ScenarioDocument } from './document.ts';
import { begins, type Path, pathText } from './path.ts';
import { places, wholeFile } from './schema-parts.ts';

type Issue = z.core.$ZodIssue;

/** A value of the schema in which anything that did not fit is undefined. */
export type Loose<T> = T extends readonly (infer U)[]
  ? readonly (Loose<U> | undefined)[]
  : T extends object
    ? { readonly [K in keyof T]?: Loose<T[K]> | undefined }
    : T;

export interface Shaped<T> {
  readonly raw: Loose<T>;
  readonly problems: readonly Problem[];
  /** Whether the shape has a problem at, below or above `path`, which makes further problems there doubtful. */
  touched(path: Path): boolean;
}

/**
 * Checks the shape against `schema`. What does not fit is reported and becomes undefined in `raw` (the data is changed).
 * @throws LabError with the first `problemsMax` problems when there are more.
 */
export function shapeOf<T>(document: ScenarioDocument, schema: z.ZodType<T>): Shaped<T> {
  const parsed = schema.safeParse(document.data);
  if (parsed.success) return { raw: parsed.data as Loose<T>, problems: [], touched: () => false };
  const found: Found[] = [];
  for (const issue of parsed.error.issues) {
    found.push(...explain(issue, [], document));
    if (found.length > problemsMax) {
      throw new LabError(found.slice(0, problemsMax).map(({ problem }) => problem));
    }
  }
  const later = found.filter(({ problem }) => problem.code === 'NOT_SUPPORTED');
  // `balancer: { httpd: … }` also lacks workers; one of the two is enough to say.
  const kept = found.filter(
    ({ problem, path }) => problem.code !== 'MISSING' || !later.some((l) => siblings(l.path, path)),
  );
  for (const { path } of found) erase(document.data, path);
  return {
    raw: document.data as Loose<T>,
    problems: kept.map(({ problem }) => problem),
    touched: (path) => found.some((f) => begins(f.path, path) || begins(path, f.path)),
  };
}

interface Found {
  readonly path: Path;
  readonly problem: Problem;
}

/** One zod issue, found at `base`, as the problems a reader should see. */
function explain(issue: Issue, base: Path, document: ScenarioDocument): Found[] {
  const path = [...base, ...issue.path] as Path;
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.slice(0, problemsMax + 1);
    return keys.map((key) => unknownKey(path, key, issue.message, document));
  }
  if (issue.code === 'invalid_key') {
    const expected = issue.issues[0]?.message ?? 'a name';
    const message = `${pathText(path)} is no name; expected ${expected}.`;
    return [{ path, problem: document.problem('VALUE', path, message, 'key') }];
  }
  if (issue.code === 'invalid_union') return explainUnion(issue, path, document);
  return [misfit(path, issue.message, document)];
}

/** Reports the form the author meant, not every form that did not fit. */
function explainUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: Path,
  document: ScenarioDocument,
): Found[] {
  const value = valueAt(document.data, path);
  const place = places.get(issue.message);
  if (place?.choice === true && isRecord(value)) {
    const kinds = Object.keys(value).filter((key) => place.known.includes(key));
    const fits = [...kinds, ...kinds.flatMap((kind) => place.beside[kind] ?? [])];
    const strange = Object.keys(value).filter((key) => !fits.includes(key));
    if (strange.length > 0) {
      return strange.map((key) => unknownKey(path, key, issue.message, document));
    }
    if (kinds.length !== 1) return [misfit(path, issue.message, document)];
  }
  const inside = issue.errors.find((issues) => issues.every((inner) => inner.path.length > 0));
  const sameKind = issue.errors.find((issues) =>
    issues.every((inner) => inner.code !== 'invalid_type' || inner.path.length > 0),
  );
  const meant = inside ?? (isRecord(value) && place === undefined ? sameKind : undefined);
  if (meant !== undefined) return meant.flatMap((inner) => explain(inner, path, document));
  return [misfit(path, issue.message, document)];
}

function unknownKey(path: Path, key: string, expected: string, document: ScenarioDocument): Found {
  const place = places.get(expected);
  const at = [...path, key];
  if (place?.later.includes(key) === true) {
    const message = `${pathText(at)} is not supported yet; remove it.`;
    return { path: at, problem: document.problem('NOT_SUPPORTED', at, message, 'key') };
  }
  const value = valueAt(document.data, path);
  const kind = place?.choice === true && isRecord(value) ? knownKey(value, place.known) : undefined;
  if (kind !== undefined) {
    const message = `${pathText(at)} does not go with ${kind}; expected one kind alone.`;
    return { path: at, problem: document.problem('UNKNOWN_KEY', at, message, 'key') };
  }
  const what = place?.choice === true ? 'not a known kind' : 'not a known key';
  const message = `${pathText(at)} is ${what}; ${whereTo(path, key, place?.known ?? [])}`;
  return { path: at, problem: document.problem('UNKNOWN_KEY', at, message, 'key') };
}

/** `run.seed` is meant to be `seed`: what is like no key here may be one of the whole file. */
function whereTo(path: Path, key: string, known: readonly string[]): string {
  const isOfFile = path.length > 0 && places.get(wholeFile)?.known.includes(key) === true;
  if (!isOfFile || nearest(key, known) !== undefined) return suggestion(key, known);
  return `${key} stands at the top of the file: expected ${key}, not ${pathText([...path, key])}.`;
}

function knownKey(value: Record<string, unknown>, known: readonly string[]): string | undefined {
  return Object.keys(value).find((key) => known.includes(key));
}

function misfit(path: Path, expected: string, document: ScenarioDocument): Found {
  const value = valueAt(document.data, path);
  if (value === undefined) {
    const message = `${pathText(path)} is missing; expected ${expected}.`;
    return { path, problem: document.problem('MISSING', path, message) };
  }
  const message = `${pathText(path)} is ${describe(value)}; expected ${expected}.`;
  return { path, problem: document.problem('VALUE', path, message) };
}

/** A value in a few words. */
export function describe(value: unknown): string {
  if (value === null || value === '') return 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') {
    const keys = Object.keys(value);
    return keys.length === 0 ? 'an empty map' : `a map of ${keys.slice(0, 5).join(', ')}`;
  }
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(data: unknown, path: Path): unknown {
  let value = data as Record<string | number, unknown> | null | undefined;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part))
      return undefined;
    value = value[part] as typeof value;
  }
  return value;
}

/** Sets the value under `path` to undefined, a missing key included. */
function erase(data: unknown, path: Path): void {
  const parent = valueAt(data, path.slice(0, -1));
  const last = path.at(-1);
  if (typeof parent === 'object' && parent !== null && last !== undefined) {
    (parent as Record<string | number, unknown>)[last] = undefined;
  }
}

function siblings(a: Path, b: Path): boolean {
  return a.length === b.length && begins(a, b.slice(0, -1));
}
