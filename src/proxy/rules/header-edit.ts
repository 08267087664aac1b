/**
 * `Header` and `RequestHeader` lines at work on a list of fields, in order of the lines, with httpd's surprises:
 * `edit` moves the fields it looks at to the end, `append` joins to the first of several, `merge` compares whole
 * list elements with case.
 */
import type { HeaderEdit } from '../../config/config.ts';
import * as fields from './fields.ts';
import { regexOf, substitute } from './substitute.ts';
import { type ValueContext, type ValueOf, valueFormat } from './value-format.ts';

interface CompiledEdit {
  readonly lower: string;
  readonly value: ValueOf;
  /** `edit`: matches values; `echo`: matches names. */
  readonly regex: RegExp | null;
  readonly replacement: ValueOf | null;
}

const compiledEdits = new WeakMap<HeaderEdit, CompiledEdit>();

function compile(edit: HeaderEdit): CompiledEdit {
  const edits = edit.action === 'edit' || edit.action === 'edit*';
  const echo = edit.action === 'echo';
  const compiled = {
    lower: edit.name.toLowerCase(),
    value: valueFormat(edits ? '' : edit.value),
    regex: edits ? regexOf(edit.value) : echo ? regexOf(edit.name) : null,
    replacement: edits ? valueFormat(edit.replacement ?? '') : null,
  };
  compiledEdits.set(edit, compiled);
  return compiled;
}

/** Changes `list` as those lines say whose `always` is `always`. `request`: the client's fields, for `echo`. */
export function applyEdits(
  list: fields.Fields,
  edits: readonly HeaderEdit[],
  context: ValueContext,
  request: readonly string[],
  always = false,
): void {
  for (const edit of edits) {
    if (edit.always === always && holds(edit, context.env)) apply(list, edit, context, request);
  }
}

function holds({ env }: HeaderEdit, variables: ReadonlyMap<string, string>): boolean {
  return env === null || variables.has(env.name) !== env.negated;
}

function apply(
  list: fields.Fields,
  edit: HeaderEdit,
  context: ValueContext,
  request: readonly string[],
): void {
  const { lower, value, regex, replacement } = compiledEdits.get(edit) ?? compile(edit);
  switch (edit.action) {
    case 'set':
      fields.set(list, edit.name, value(context));
      return;
    case 'setifempty':
      if (fields.find(list, lower) < 0) list.push(edit.name, value(context));
      return;
    case 'add':
      list.push(edit.name, value(context));
      return;
    case 'append':
      fields.merge(list, edit.name, value(context));
      return;
    case 'merge':
      mergeOnce(list, edit.name, lower, value(context));
      return;
    case 'unset':
      fields.unset(list, lower);
      return;
    case 'edit':
    case 'edit*':
      if (regex !== null && replacement !== null) {
        editValues(list, lower, regex, replacement(context), edit.action === 'edit*');
      }
      return;
    case 'echo':
      echo(list, regex, fields.folded(request));
      return;
    case 'note': // notes are for other modules of httpd
      return;
  }
}

function echo(list: fields.Fields, names: RegExp | null, request: readonly string[]): void {
  for (let i = 0; i < request.length; i += 2) {
    if (names?.test(request[i])) list.push(request[i], request[i + 1]);
  }
}

function mergeOnce(list: fields.Fields, name: string, lower: string, value: string): void {
  const old = fields.get(list, lower);
  if (old === null) list.push(name, value);
  else if (!listHas(old, value)) fields.merge(list, name, value);
}

/** Whether `value` is an element of a comma-separated list; commas in quotes separate nothing. */
function listHas(list: string, value: string): boolean {
  for (let at = 0; at < list.length; ) {
    while (isBlank(list[at])) at++;
    const start = at;
    while (at < list.length && list[at] !== ',') {
      if (list[at++] !== '"') continue;
      while (at < list.length && list[at++] !== '"');
    }
    if (list.slice(start, at) === value) return true;
    at++;
  }
  return false;
}

function isBlank(c: string | undefined): boolean {
  return c === ' ' || c === '\t';
}

function editValues(
  list: fields.Fields,
  lower: string,
  regex: RegExp,
  template: string,
  all: boolean,
): void {
  const edited: string[] = [];
  for (let at = fields.find(list, lower); at >= 0; at = fields.find(list, lower, at + 2)) {
    edited.push(list[at], editValue(list[at + 1], regex, template, all));
  }
  if (edited.length === 0) return;
  fields.unset(list, lower);
  list.push(...edited);
}

function editValue(value: string, regex: RegExp, template: string, all: boolean): string {
  const match = regex.exec(value);
  if (match === null) return value;
  const before = value.slice(0, match.index) + substitute(template, match);
  const after = value.slice(match.index + match[0].length);
  const again = all && after !== '' && match[0] !== '';
  return before + (again ? editValue(after, regex, template, all) : after);
}
