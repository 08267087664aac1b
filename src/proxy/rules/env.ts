/**
 * Environment variables of a request. SetEnvIf and its kin run first and see headers and each other's variables;
 * SetEnv comes later and gives way to a variable that is there already, whatever the order of the lines.
 */
import type { EnvEdit, ServerConf } from '../../config/config.ts';
import { wireText } from './bytes.ts';
import { joined } from './fields.ts';
import { regexOf, substitute } from './substitute.ts';

export interface EnvRequest {
  readonly method: string;
  /** `1.1` or `1.0`. */
  readonly version: string;
  /** For lines of the server `rawPath`, for those of sections the decoded path. */
  readonly path: string;
  readonly rawPath: string;
  readonly rawHeaders: readonly string[];
  readonly remoteAddress: string;
  readonly localAddress: string;
}

const NONE: ReadonlyMap<string, string> = new Map();

/**
 * Variables that `edits` (those of the settings) set. `serverEdits` says how many of them, from the front, are the
 * server's own.
 */
export function environment(
  edits: readonly EnvEdit[],
  request: EnvRequest,
  serverEdits = 0,
): Map<string, string> {
  const env = new Map<string, string>();
  if (edits.length === 0) return env;
  edits.forEach((edit, index) => {
    if (edit.when !== null) condition(edit, edit.when, request, index < serverEdits, env);
  });
  const said = new Map<string, string>();
  for (const edit of edits) {
    if (edit.when !== null) continue;
    if (edit.value === null) said.delete(edit.name);
    else said.set(edit.name, wireText(edit.value));
  }
  for (const [name, value] of said) if (!env.has(name)) env.set(name, value);
  return env;
}

/** What is known when mappings are looked up: the server's SetEnvIf lines. The usual case has none and is free. */
export function earlyEnvironment(
  server: ServerConf,
  request: EnvRequest,
): ReadonlyMap<string, string> {
  if (!server.env.some((edit) => edit.when !== null)) return NONE;
  const edits = server.env.filter((edit) => edit.when !== null);
  return environment(edits, request, edits.length);
}

const regexes = new WeakMap<NonNullable<EnvEdit['when']>, RegExp>();

function condition(
  edit: EnvEdit,
  when: NonNullable<EnvEdit['when']>,
  request: EnvRequest,
  ofServer: boolean,
  env: Map<string, string>,
): void {
  let regex = regexes.get(when);
  if (regex === undefined) {
    regex = regexOf(when.regex, when.ignoreCase ? 'i' : '');
    regexes.set(when, regex);
  }
  const match = regex.exec(attribute(when.attribute, request, ofServer, env));
  if (match === null) return;
  if (edit.value === null) env.delete(edit.name);
  else env.set(edit.name, substitute(wireText(edit.value), match));
}

/** A request's attribute, header or variable; empty when there is none. */
function attribute(
  name: string,
  request: EnvRequest,
  ofServer: boolean,
  env: ReadonlyMap<string, string>,
): string {
  switch (name.toLowerCase()) {
    case 'remote_addr':
    case 'remote_host':
      return request.remoteAddress;
    case 'server_addr':
      return request.localAddress;
    case 'request_method':
      return request.method;
    case 'request_protocol':
      return `HTTP/${request.version}`;
    case 'request_uri':
      return ofServer ? request.rawPath : request.path;
  }
  if (!/^[\w-]+$/.test(name)) return headerMatching(name, request.rawHeaders);
  return joined(request.rawHeaders, name.toLowerCase()) ?? env.get(name) ?? '';
}

/** The first header whose name the expression matches. */
function headerMatching(source: string, rawHeaders: readonly string[]): string {
  const regex = regexOf(source, 'i');
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (regex.test(rawHeaders[i])) return joined(rawHeaders, rawHeaders[i].toLowerCase()) ?? '';
  }
  return '';
}
