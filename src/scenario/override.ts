/** One value in place of a file's own, put into the YAML document before anything looks at it. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  Pair,
  parseDocument,
} from 'yaml';
import { suggestion } from '../problems/suggest.ts';
import { type Path, pathText } from './path.ts';

/** As `--vary PATH=VALUE` says it. */
export interface Override {
  /** Keys, numbers of list entries (from 0) or their names, joined by dots: `clients.shoppers.arrival.poisson`. */
  readonly path: string;
  /** YAML: `40/s`, `bybusyness`, `{ exponential: 20ms }`. */
  readonly value: string;
  /** What messages call it, when it came by another option than `--vary`. */
  readonly label?: string;
}

/** How messages name an override. */
export function overrideText({ path, value, label }: Override): string {
  return label ?? `--vary ${path}=${value}`;
}

/** For a digest: nothing without overrides, else the same bytes in whatever order they come. */
export function overrideBytes(overrides: readonly Override[]): Buffer[] {
  if (overrides.length === 0) return [];
  return [Buffer.from(JSON.stringify(overrides.map(({ path, value }) => [path, value]).sort()))];
}

/** Where an override went. */
export interface Applied {
  readonly override: Override;
  readonly path: Path;
  /** How many parts of `path` the file itself has. */
  readonly depth: number;
  /** Where in the file stood what was replaced, or else what encloses it. */
  readonly offset: number;
}

/** Called with a place in the file and what is wrong; does not return. */
export type Refuse = (offset: number, path: Path, message: string) => never;

type Container = { node: Node | null | undefined; set(node: Node): void };

/** Changes `document`. A list entry goes by its number or its `name`; missing maps are made. */
export function applyOverride(
  document: Document.Parsed,
  override: Override,
  refuse: Refuse,
): Applied {
  const label = overrideText(override);
  let rest = partsOf(override.path);
  let place: Container = { node: document.contents, set: () => {} };
  let offset = 0;
  let depth = 0;
  const path: (string | number)[] = [];
  const fail = (message: string) => refuse(offset, path, `${label}: ${message}`);
  if (rest.some((part) => part === ''))
    fail('the path has an empty part; expected keys joined by dots.');
  while (rest.length > 0) {
    const parent = containerAt(document, place);
    offset = parent?.range?.[0] ?? offset;
    const step = isSeq<Node>(parent)
      ? intoList(parent, rest, path, fail)
      : isMap<Node, Node | null>(parent)
        ? intoMap(document, parent, rest)
        : fail(`${pathText(path)} holds nothing that has a name; remove .${rest.join('.')}.`);
    rest = rest.slice(step.taken);
    path.push(step.key);
    place = step.place;
    if (place.node !== undefined && depth === path.length - 1) depth = path.length;
  }
  offset = place.node?.range?.[0] ?? offset;
  place.set(valueNode(override.value, fail));
  return { override, path, depth, offset };
}

/** `a.b[2].c` is a, b, 2, c. */
function partsOf(path: string): string[] {
  return path.replace(/\[(\d+)\]/g, '.$1').split('.');
}

function valueNode(text: string, fail: (message: string) => never): Node {
  const document = parseDocument(text, { logLevel: 'silent', prettyErrors: false });
  const [error] = document.errors;
  if (error) fail(`${text} is not YAML: ${error.message.split('\n', 1)[0]?.replace(/\.$/, '')}.`);
  if (document.contents === null) fail('the value is empty; expected what the field should hold.');
  return document.contents!;
}

/** The map or list at `place`: a copy of what an alias stands for, a new map where nothing is. */
function containerAt(document: Document.Parsed, place: Container): Node | null {
  const { node } = place;
  if (isAlias(node)) {
    const copy = node.resolve(document)?.clone() as (Node & { anchor?: string }) | undefined;
    if (copy === undefined) return null;
    delete copy.anchor;
    place.set(copy);
    return copy;
  }
  const isEmpty = node === undefined || node === null || (isScalar(node) && node.value === null);
  if (!isEmpty) return node;
  const made = document.createNode({});
  place.set(made);
  return made;
}

interface Step {
  readonly key: string | number;
  readonly taken: number;
  readonly place: Container;
}

/** Keys may hold dots, so the longest that is there counts. */
function intoMap(document: Document.Parsed, map: MapNode, rest: readonly string[]): Step {
  for (let taken = rest.length; taken > 0; taken--) {
    const key = rest.slice(0, taken).join('.');
    const pair = map.items.find((item) => String(item.key) === key);
    if (pair === undefined) continue;
    const set = (node: Node) => {
      pair.value = node;
    };
    return { key, taken, place: { node: pair.value, set } };
  }
  const key = rest[0]!;
  const set = (node: Node) => {
    const there = map.items.find((item) => String(item.key) === key);
    if (there) there.value = node;
    else map.items.push(new Pair<Node, Node | null>(document.createNode(key), node));
  };
  return { key, taken: 1, place: { node: undefined, set } };
}

type MapNode = { items: Pair<Node, Node | null>[] };
type ListNode = { items: Node[] };

function intoList(
  list: ListNode,
  rest: readonly string[],
  path: Path,
  fail: (message: string) => never,
): Step {
  const at = (index: number, taken: number): Step => {
    const set = (node: Node) => {
      list.items[index] = node;
    };
    return { key: index, taken, place: { node: list.items[index], set } };
  };
  const names = list.items.map(nameOf);
  for (let taken = rest.length; taken > 0; taken--) {
    const index = names.indexOf(rest.slice(0, taken).join('.'));
    if (index >= 0) return at(index, taken);
  }
  const [first] = rest as [string];
  if (/^\d+$/.test(first) && Number(first) < names.length) return at(Number(first), 1);
  const known = names.filter((name) => name !== undefined);
  const numbers = names.length === 0 ? 'is empty' : `has entries 0 to ${names.length - 1}`;
  return fail(
    /^\d+$/.test(first) || known.length === 0
      ? `${pathText(path)} ${numbers}; there is no ${first}.`
      : `${pathText(path)} has no entry named ${first}; ${suggestion(first, known)}`,
  );
}

function nameOf(entry: Node): string | undefined {
  if (!isMap(entry)) return undefined;
  const name = entry.get('name');
  return name === undefined ? undefined : String(name);
}
