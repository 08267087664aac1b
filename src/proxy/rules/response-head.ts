/**
 * A backend's response head as the client gets it (spec: httpd 10.2, 10.4). Date and Server come first and are the
 * backend's where it sent them; then `Header always` fields, then the backend's in their order with cookies at the
 * end, then what the proxy adds. Connection, Keep-Alive and chunk framing are the front's to add.
 *
 * Stricter than httpd on purpose: `Connection` does not delete end-to-end fields (`isProtected`).
 */
import type { ProxyConfig } from '../../config/config.ts';
import { FieldNames, isNamed } from '../field-names.ts';
import * as fields from './fields.ts';
import { applyEdits } from './header-edit.ts';
import { namedByConnection } from './hop-by-hop.ts';
import { canonicalDate, httpDate } from './http-date.ts';
import { reverseCookie, reverseLocation } from './reverse.ts';
import { origin } from './server-name.ts';
import type { Settings } from './settings.ts';
import type { ValueContext } from './value-format.ts';
import { type ViaContext, viaValue } from './via.ts';

export interface ResponseHeadOptions extends ViaContext {
  readonly config: ProxyConfig;
  readonly settings: Settings;
  readonly values: ValueContext;
  /** Of the request, for `echo`. */
  readonly requestHeaders: readonly string[];
  /** Of the request. */
  readonly method: string;
  readonly status: number;
  /** Of the backend, as received. */
  readonly rawHeaders: readonly string[];
  /** The proxy's own Date, RFC 1123. */
  readonly date: string;
  /** The proxy's own Server; empty: none is added. */
  readonly serverToken: string;
}

/** Name, value, name, value, …: everything but Connection, Keep-Alive and Transfer-Encoding. */
export function responseHeaders(options: ResponseHeadOptions): string[] {
  const { settings, values, status } = options;
  const list = passedOn(options);
  if (settings.headers.length === 0) return finished(list, [], options);
  const always: string[] = [];
  applyEdits(always, settings.headers, values, options.requestHeaders, true);
  applyEdits(list, settings.headers, values, options.requestHeaders);
  if (status === 204 || status === 304) fields.unset(list, 'content-length');
  return finished(list, always, options);
}

/** An interim head: neither `Header` lines nor the proxy's own Date and Server. */
export function interimHeaders(options: ResponseHeadOptions): string[] {
  return passedOn(options);
}

/**
 * Fields of an answer that the proxy makes itself: `rawHeaders` and what `Header always` says; other `Header`
 * lines only when the answer is no error.
 */
export function ownHeaders(options: ResponseHeadOptions): string[] {
  const { settings, values, status } = options;
  const list = [...options.rawHeaders];
  const always: string[] = [];
  applyEdits(always, settings.headers, values, options.requestHeaders, true);
  if (status < 400) applyEdits(list, settings.headers, values, options.requestHeaders);
  return finished(list, always, options);
}

/**
 * Whether an interim head goes to the client (spec: httpd 10.3): a 100 only if the client waits for it or the
 * variable `proxy-interim-response` says `RFC`; nothing to HTTP/1.0 or under `Suppress`.
 */
export function passesInterim(
  status: number,
  version: string,
  expectContinue: boolean,
  env: ReadonlyMap<string, string>,
): boolean {
  if (version === '1.0') return false;
  const policy = env.get('proxy-interim-response')?.toLowerCase();
  if (policy !== undefined && policy !== 'rfc') return false;
  return status !== 100 || expectContinue || policy === 'rfc';
}

/** All that `passedOn` does not pass on as they are. */
const treated = new FieldNames([
  'connection',
  'proxy-connection',
  'keep-alive',
  'proxy-authenticate',
  'te',
  'trailer',
  'upgrade',
  'transfer-encoding',
  'content-length',
  'date',
  'expires',
  'last-modified',
  'location',
  'content-location',
  'uri',
  'destination',
  'set-cookie',
  'warning',
]);

/** The backend's fields without hop-by-hop ones, addresses reversed, dates normalised, Via added. */
function passedOn(options: ResponseHeadOptions): fields.Fields {
  const { rawHeaders } = options;
  const named = namedByConnection(fields.joined(rawHeaders, 'connection'));
  const hasEncoding = fields.find(rawHeaders, 'transfer-encoding') >= 0;
  const list: fields.Fields = [];
  let cookies: string[] | null = null;
  let warnings: string[] | null = null;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    const value = rawHeaders[i + 1];
    if (named.length > 0 && named.includes(name.toLowerCase())) continue;
    switch (treated.lower(name)) {
      case 'connection':
      case 'proxy-connection':
      case 'keep-alive':
      case 'proxy-authenticate':
      case 'te':
      case 'trailer':
      case 'upgrade':
      case 'transfer-encoding':
        break;
      case 'content-length':
        if (!hasEncoding && hasLength(options, value)) list.push(name, value);
        break;
      case 'date':
      case 'expires':
      case 'last-modified':
        list.push(name, canonicalDate(value));
        break;
      case 'location':
      case 'content-location':
      case 'uri':
      case 'destination':
        list.push(name, location(value, options));
        break;
      case 'set-cookie':
        cookies ??= [];
        cookies.push(name, cookie(value, options.settings));
        break;
      case 'warning':
        warnings ??= [];
        warnings.push(name, value);
        break;
      default:
        list.push(name, value);
    }
  }
  if (cookies !== null) list.push(...cookies);
  if (warnings !== null) addWarnings(list, warnings);
  const via = viaValue(options);
  if (via !== null) list.push('Via', via);
  return list;
}

/** No length where no body may follow; httpd also drops a 0 in answers to HEAD, which often is a guess. */
function hasLength({ method, status }: ResponseHeadOptions, value: string): boolean {
  if (status < 200 || status === 204 || status === 304) return false;
  return method !== 'HEAD' || value !== '0';
}

function location(value: string, options: ResponseHeadOptions): string {
  const { reverse } = options.settings;
  if (reverse.length === 0) return value;
  return reverseLocation(value, reverse, options.config, () => origin(options.server, options));
}

function cookie(value: string, { reverseCookiePath, reverseCookieDomain }: Settings): string {
  return reverseCookie(value, reverseCookiePath, reverseCookieDomain);
}

const WARNING = /\d{3}[ \t]+[^ \t]+[ \t]+"[^"]*"([ \t]+"([^"]+)")?/g;

/** Each warning as a field of its own, without those that name another date than the response's. */
function addWarnings(list: fields.Fields, warnings: readonly string[]): void {
  const now = httpDate(fields.get(list, 'date') ?? '');
  for (let i = 0; i < warnings.length; i += 2) {
    for (const [warning, , date = ''] of warnings[i + 1].matchAll(WARNING)) {
      const warned = httpDate(date);
      if (warned === null || warned === now) list.push(warnings[i], warning);
    }
  }
}

/** Date and Server in front, `Header always` fields, the rest. */
function finished(
  list: fields.Fields,
  always: readonly string[],
  options: ResponseHeadOptions,
): string[] {
  const date = fields.get(list, 'date') ?? options.date;
  const server = fields.get(list, 'server') ?? options.serverToken;
  if (options.status !== 204 && options.status !== 304) firstOnly(list, 'content-type');
  mergeVary(list);
  const out = ['Date', date];
  if (server !== '') out.push('Server', server);
  for (let i = 0; i < always.length; i++) out.push(always[i]);
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i];
    if (!isNamed(name, 'date') && !isNamed(name, 'server')) out.push(name, list[i + 1]);
  }
  return out;
}

function firstOnly(list: fields.Fields, lower: string): void {
  const at = fields.find(list, lower);
  if (at >= 0) fields.unset(list, lower, at + 2);
}

/** All Vary fields become one that has each name once, joined by `,`. */
function mergeVary(list: fields.Fields): void {
  const vary = fields.joined(list, 'vary');
  if (vary === null) return;
  const names = new Map<string, string>();
  for (const part of vary.split(',')) {
    const name = part.trim();
    const lower = name.toLowerCase();
    if (name !== '' && !names.has(lower)) names.set(lower, name);
  }
  if (names.size > 0) fields.set(list, 'Vary', [...names.values()].join(','));
}
