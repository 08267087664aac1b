/**
 * Header fields as node and the front give them (name, value, name, value, …) and httpd's operations on them.
 * Names compare without case; every `name` argument named `lower` is in lower case already. O(fields) each, no
 * allocation but the result.
 */
import { areNamesEqual, isNamed } from '../field-names.ts';

export type Fields = string[];

/** Index of the first field called `lower` from index `from` on; -1 without one. */
export function find(fields: readonly string[], lower: string, from = 0): number {
  for (let i = from; i < fields.length; i += 2) if (isNamed(fields[i], lower)) return i;
  return -1;
}

/** Value of the first field called `lower`; null without one. */
export function get(fields: readonly string[], lower: string): string | null {
  const at = find(fields, lower);
  return at < 0 ? null : fields[at + 1];
}

export function unset(fields: Fields, lower: string, from = 0): void {
  let at = find(fields, lower, from);
  if (at < 0) return;
  let to = at;
  for (; at < fields.length; at += 2) {
    if (isNamed(fields[at], lower)) continue;
    fields[to++] = fields[at];
    fields[to++] = fields[at + 1];
  }
  fields.length = to;
}

/** Replaces the first one, which keeps its place and the spelling of its name, and removes the others. */
export function set(fields: Fields, name: string, value: string): void {
  const lower = name.toLowerCase();
  const at = find(fields, lower);
  if (at < 0) {
    fields.push(name, value);
    return;
  }
  fields[at + 1] = value;
  unset(fields, lower, at + 2);
}

/** Joins `value` to the first one with `, `, or adds it. */
export function merge(fields: Fields, name: string, value: string): void {
  const at = find(fields, name.toLowerCase());
  if (at < 0) fields.push(name, value);
  else fields[at + 1] += `, ${value}`;
}

/** Whether two fields have the same name. */
export function repeat(raw: readonly string[]): boolean {
  for (let i = 2; i < raw.length; i += 2) {
    for (let j = 0; j < i; j += 2) if (areNamesEqual(raw[i], raw[j])) return true;
  }
  return false;
}

/** A request's fields as httpd keeps them: repeated ones joined with `, ` where the first one stood. */
export function folded(raw: readonly string[]): Fields {
  const fields: Fields = [];
  for (let i = 0; i < raw.length; i += 2) {
    const first = earlier(fields, raw[i]);
    if (first < 0) fields.push(raw[i], raw[i + 1]);
    else fields[first + 1] += `, ${raw[i + 1]}`;
  }
  return fields;
}

function earlier(fields: readonly string[], name: string): number {
  for (let i = 0; i < fields.length; i += 2) if (areNamesEqual(fields[i], name)) return i;
  return -1;
}

/** All values of the fields called `lower`, joined with `, `; null without one. Allocates only for repeats. */
export function joined(raw: readonly string[], lower: string): string | null {
  let value: string | null = null;
  for (let i = 0; i < raw.length; i += 2) {
    if (isNamed(raw[i], lower)) value = value === null ? raw[i + 1] : `${value}, ${raw[i + 1]}`;
  }
  return value;
}
