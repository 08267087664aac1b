import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import { type ErrorCode, LabError, type Problem, problemsMax } from '../problems/errors.ts';
import { type Applied, applyOverride, type Override, overrideText } from './override.ts';
import { begins, type Path, pathText } from './path.ts';

export { type Path, pathText };

/** A parsed file: its data, and where everything stands. */
export interface ScenarioDocument {
  readonly data: unknown;
  /** A problem at the value under `path`, or at its key; at the nearest enclosing value when absent. */
  problem(code: ErrorCode, path: Path, message: string, at?: 'key' | 'value'): Problem;
  /** The scalar under `path` as its author typed it, without quotes. */
  textOf(path: Path): string | undefined;
  /** Keys of the map under `path`, in order; none when it is no map. */
  keysOf(path: Path): readonly string[];
  /** Whether something stands under `path`. */
  has(path: Path): boolean;
  /** Line of the value under `path`. */
  lineOf(path: Path): number;
}

/**
 * Reads YAML, refusing what is not one map, and puts `overrides` in. A problem with one of them names it.
 * @throws LabError SYNTAX, or REFERENCE for an override that has no place
 */
export function readDocument(
  text: string,
  file: string,
  overrides: readonly Override[] = [],
): ScenarioDocument {
  const lines = new LineCounter();
  const at = (offset: number, code: ErrorCode, path: Path, message: string): Problem => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    const start = lines.lineStarts[line - 1] ?? 0;
    const source = text.slice(start, start + 10_000).split(/\r?\n/, 1)[0] ?? '';
    const place = { file, line, column: col, path: path.length === 0 ? '' : pathText(path) };
    return { ...place, message, code, severity: 'error', source };
  };
  const syntax = (offset: number, message: string) => at(offset, 'SYNTAX', [], message);

  const document = guard(
    () => parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' }),
    (cause) => new LabError([syntax(0, unreadable(cause))], { cause }),
  );
  const found = [...document.errors, ...document.warnings].slice(0, problemsMax);
  if (found.length > 0) {
    throw new LabError(
      found.map(({ code, message, pos }) => syntax(pos[0], advice(code, message))),
    );
  }
  if (
    document.contents === null ||
    (isScalar(document.contents) && document.contents.value === null)
  ) {
    const empty = 'the file is empty; expected a map with run, balancer, backends and clients.';
    throw new LabError([syntax(0, empty)]);
  }
  if (!isMap(document.contents)) {
    const what = isSeq(document.contents) ? 'a list' : 'not a map';
    const message = `the file is ${what}; expected a map with run, balancer, backends and clients.`;
    throw new LabError([syntax(document.contents.range?.[0] ?? 0, message)]);
  }
  const applied = overrides.map((override) =>
    applyOverride(document, override, (offset, path, message) => {
      throw new LabError([withoutSource(at(offset, 'REFERENCE', path, message))]);
    }),
  );
  const data: unknown = guard(
    () => document.toJS({ maxAliasCount: 100 }),
    (cause) => new LabError([syntax(firstAlias(document), unreadable(cause))], { cause }),
  );

  const locate = (path: Path) => nodeAt(document.contents, path, (node) => resolved(node));
  const resolved = (node: Node | null) => (isAlias(node) ? (node.resolve(document) ?? null) : node);
  return {
    data,
    problem: (code, path, message, where = 'value') => {
      const by = applied.find((one) => concerns(one, path));
      if (by !== undefined) {
        const text = `${overrideText(by.override)}: ${message}`;
        return withoutSource(at(by.offset, code, path, text));
      }
      const { node, key } = locate(path);
      const target = where === 'key' ? (key ?? node) : node;
      return at(target?.range?.[0] ?? 0, code, path, message);
    },
    textOf: (path) => {
      const { node, found } = locate(path);
      const scalar = resolved(node);
      return found && isScalar(scalar) ? (scalar.source ?? String(scalar.value)) : undefined;
    },
    keysOf: (path) => {
      const { node, found } = locate(path);
      const value = resolved(node);
      return found && isMap(value) ? value.items.map(({ key }) => String(key)) : [];
    },
    has: (path) => locate(path).found,
    lineOf: (path) => {
      const by = applied.find((one) => concerns(one, path));
      return lines.linePos(by?.offset ?? locate(path).node?.range?.[0] ?? 0).line;
    },
  };
}

/** Whether what stands under `path` came by this override. */
function concerns({ path: to, depth }: Applied, path: Path): boolean {
  return begins(path, to) || (begins(to, path) && path.length > depth);
}

/** The line in the file does not hold what an override put there. */
function withoutSource({ source: _, ...problem }: Problem): Problem {
  return problem;
}

/** The node under `path` and its key; with `found` false, the nearest node above. */
function nodeAt(top: Node | null, path: Path, resolved: (node: Node | null) => Node | null) {
  let node = top;
  let key: Node | null = null;
  for (const part of path) {
    const parent = resolved(node);
    if (isMap<Node, Node | null>(parent)) {
      const pair = parent.items.find((item) => String(item.key) === String(part));
      if (pair === undefined) return { node, key: null, found: false };
      key = pair.key;
      node = pair.value ?? pair.key;
    } else if (isSeq<Node>(parent)) {
      key = null;
      node = parent.items[Number(part)] ?? null;
    } else return { node, key: null, found: false };
  }
  return { node, key, found: true };
}

function firstAlias(document: Document.Parsed): number {
  let offset = 0;
  visit(document, {
    Alias: (_, alias) => {
      offset = alias.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return offset;
}

function guard<T>(work: () => T, refuse: (cause: unknown) => LabError): T {
  try {
    return work();
  } catch (cause) {
    throw refuse(cause);
  }
}

const tooDeep = 'lists or maps are nested too deeply.';

function unreadable(cause: unknown): string {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (/alias count/i.test(reason)) return 'aliases repeat too much; write the values out.';
  if (cause instanceof RangeError) return tooDeep;
  return `not readable as YAML: ${reason}.`;
}

function advice(code: string, message: string): string {
  const texts: Record<string, string> = {
    DUPLICATE_KEY: 'this key stands twice in the same map; keep one of the two.',
    TAB_AS_INDENT: 'a tab indents this line; YAML wants blanks. Replace the tab.',
    MULTIPLE_DOCS:
      'a second document begins here; a scenario is one document. Remove the --- line.',
  };
  if (/call stack/.test(message)) return tooDeep;
  return texts[code] ?? `not YAML: ${message.split('\n', 1)[0]?.replace(/\.$/, '')}.`;
}
