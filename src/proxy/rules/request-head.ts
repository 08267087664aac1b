/**
 * The head of a request as it goes to a member (spec: httpd 10.1, 3.3: under bytraffic every byte counts). Host
 * comes first, then the client's fields in their order, then what the proxy adds, Connection and framing.
 *
 * Stricter than httpd on purpose: `Connection` does not delete end-to-end and trust fields (`isProtected`), nor those
 * that `RequestHeader` gives.
 */
import type { MemberConf, ServerConf } from '../../config/config.ts';
import { FieldNames } from '../field-names.ts';
import type { HeadLines } from '../head-lines.ts';
import { Derived } from './derived.ts';
import * as fields from './fields.ts';
import type { Framing } from './framing.ts';
import { applyEdits } from './header-edit.ts';
import { namedByConnection } from './hop-by-hop.ts';
import { inOnePiece, isSame, isUsual, keep, type Passed } from './said-again.ts';
import { serverName } from './server-name.ts';
import type { Settings } from './settings.ts';
import type { ValueContext } from './value-format.ts';
import { type ViaContext, viaValue } from './via.ts';

export interface RequestHeadOptions extends ViaContext {
  readonly method: string;
  /** Path and query (`memberTarget`). */
  readonly uri: string;
  /** The client's fields, as received. */
  readonly rawHeaders: readonly string[];
  /** Of these fields; of others, or null: they are put together anew. */
  readonly lines: HeadLines | null;
  readonly remoteAddress: string;
  readonly member: MemberConf;
  readonly server: ServerConf;
  readonly settings: Settings;
  readonly values: ValueContext;
  /** Value of Max-Forwards that goes out (`maxForwards`); null: none. */
  readonly maxForwards: string | null;
  readonly framing: Framing;
  /** The backend connection may be used again. */
  readonly keepAlive: boolean;
  /** The protocol to upgrade to; null: none, the field is dropped. */
  readonly upgrade: string | null;
  /** `Expect: 100-continue` goes out: the client's is passed on, or the member has `ping`. */
  readonly expect: boolean;
}

/** What is added to the client's fields, where one of them stands or at the end. */
interface Additions {
  via: string | null;
  forwardedFor: string | null;
  forwardedHost: string | null;
  forwardedServer: string | null;
  maxForwards: string | null;
  expect: boolean;
}

/** The whole head with its blank line. One character is one byte (latin1). */
export function requestHead(options: RequestHeadOptions): string {
  const { method, uri, lines } = options;
  const known = lines === null ? null : lines.passed;
  if (known !== null && isSame(known, options)) return `${method} ${uri}${behind(known, options)}`;
  return newHead(options);
}

/** All behind the target; in one piece for the member that was told last, too. */
function behind(known: Passed, options: RequestHeadOptions): string {
  const { member } = options;
  if (known.member !== member) {
    known.member = member;
    known.behind = '';
    return told(known, options);
  }
  if (known.behind === '') known.behind = inOnePiece(told(known, options));
  return known.behind;
}

function told(known: Passed, { settings, member }: RequestHeadOptions): string {
  return settings.preserveHost
    ? ` HTTP/1.1\r\nHost: ${known.host}\r\n${known.text}`
    : hostLines.of(member) + known.text;
}

function newHead(options: RequestHeadOptions): string {
  const { settings, values, server, lines } = options;
  const list = clientFields(options);
  const clientHost = fields.get(list, 'host');
  const one = values.env.size > 0 && values.env.has('force-proxy-request-1.0');
  const adds: Additions = {
    via: viaValue(options),
    forwardedFor: settings.addHeaders ? options.remoteAddress : null,
    forwardedHost: settings.addHeaders ? clientHost : null,
    forwardedServer: settings.addHeaders ? serverName(server, options) : null,
    maxForwards: options.maxForwards,
    expect: options.expect,
  };
  const preserved = clientHost ?? serverName(server, options);
  const host = settings.preserveHost ? preserved : hostFields.of(options.member);
  const first = `${options.method} ${options.uri} HTTP/${one ? '1.0' : '1.1'}\r\nHost: ${host}\r\n`;
  const text = passedOn(list, options, adds) + added(adds, options, one);
  if (lines?.repeated && list === options.rawHeaders && isUsual(options)) {
    lines.passed = keep(options, preserved, text);
  }
  return first + text;
}

/** The client's fields, each name once, as the proxy's own lines change them. */
function clientFields(options: RequestHeadOptions): readonly string[] {
  const { rawHeaders, settings, values } = options;
  // An absolute target only replaces a Host field; without one (HTTP/1.0) there stays none.
  const host = options.absolute && fields.find(rawHeaders, 'host') >= 0 ? options.authority : null;
  const edits = settings.requestHeaders;
  if (host === null && edits.length === 0 && !fields.repeat(rawHeaders)) return rawHeaders;
  const list = fields.folded(rawHeaders);
  if (host !== null) fields.set(list, 'Host', host);
  if (edits.length > 0) applyEdits(list, edits, values, rawHeaders);
  return list;
}

/** Lines of the fields in `list` that go on. Those that stand next to each other as the client wrote them stay so. */
function passedOn(
  list: readonly string[],
  { lines, settings, server }: RequestHeadOptions,
  adds: Additions,
): string {
  const named = deletable(namedByConnection(fields.get(list, 'connection')), settings);
  const kept = lines !== null && lines.fields === list && named.length === 0 ? lines : null;
  const blockVia = server.proxyVia === 'block';
  let text = '';
  let run = 0;
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i];
    const lower = treated.lower(name);
    if (lower === '' && kept !== null && kept.isPlain(i)) continue;
    if (kept !== null && run < i) text += kept.between(run, i);
    run = i + 2;
    if (named.length > 0 && named.includes(name.toLowerCase())) continue;
    const value = lower === '' ? list[i + 1] : forwarded(lower, list[i + 1], adds, blockVia);
    if (value !== null) text += `${name}: ${value}\r\n`;
  }
  return kept !== null && run < list.length ? text + kept.between(run, list.length) : text;
}

/** What the proxy adds behind the client's fields, and the blank line. */
function added(adds: Additions, { upgrade, keepAlive, framing }: RequestHeadOptions, one: boolean) {
  let text = '';
  if (adds.maxForwards !== null) text += `Max-Forwards: ${adds.maxForwards}\r\n`;
  if (adds.via !== null) text += `Via: ${adds.via}\r\n`;
  if (adds.expect) text += 'Expect: 100-Continue\r\n';
  if (adds.forwardedFor !== null) text += `X-Forwarded-For: ${adds.forwardedFor}\r\n`;
  if (adds.forwardedHost !== null) text += `X-Forwarded-Host: ${adds.forwardedHost}\r\n`;
  if (adds.forwardedServer !== null) text += `X-Forwarded-Server: ${adds.forwardedServer}\r\n`;
  if (upgrade !== null) text += `Connection: Upgrade\r\nUpgrade: ${upgrade}\r\n`;
  else if (!one) text += keepAlive ? 'Connection: Keep-Alive\r\n' : 'Connection: close\r\n';
  if (framing.chunked) text += 'Transfer-Encoding: chunked\r\n';
  else if (framing.contentLength !== null) text += `Content-Length: ${framing.contentLength}\r\n`;
  return `${text}\r\n`;
}

/** Without what `RequestHeader` lines gave the request: a worker relies on it, and the client must not take it away. */
function deletable(named: readonly string[], { requestHeaders }: Settings): readonly string[] {
  if (named.length === 0 || requestHeaders.length === 0) return named;
  const given = requestHeaders.filter(
    ({ action }) => action !== 'unset' && !action.startsWith('edit'),
  );
  return named.filter((name) => !given.some((edit) => edit.name.toLowerCase() === name));
}

/** All that `forwarded` does not pass on as they are. */
const treated = new FieldNames([
  'host',
  'connection',
  'proxy-connection',
  'keep-alive',
  'te',
  'trailer',
  'upgrade',
  'transfer-encoding',
  'content-length',
  'http2-settings',
  'expect',
  'max-forwards',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-server',
]);

/** What becomes of one field: its value, joined with what is to be added there (once); null: dropped. */
function forwarded(
  lower: string,
  value: string,
  adds: Additions,
  blockVia: boolean,
): string | null {
  switch (lower) {
    case 'host':
    case 'connection':
    case 'proxy-connection':
    case 'keep-alive':
    case 'te':
    case 'trailer':
    case 'upgrade':
    case 'transfer-encoding':
    case 'content-length':
    case 'http2-settings':
      return null;
    case 'expect': {
      const kept = adds.expect;
      adds.expect = false;
      return kept ? expectation(value) : null;
    }
    case 'max-forwards': {
      const hops = adds.maxForwards;
      adds.maxForwards = null;
      return hops;
    }
    case 'via': {
      const own = adds.via;
      adds.via = null;
      return blockVia ? null : joined(value, own);
    }
    case 'x-forwarded-for': {
      const own = adds.forwardedFor;
      adds.forwardedFor = null;
      return joined(value, own);
    }
    case 'x-forwarded-host': {
      const own = adds.forwardedHost;
      adds.forwardedHost = null;
      return joined(value, own);
    }
    case 'x-forwarded-server': {
      const own = adds.forwardedServer;
      adds.forwardedServer = null;
      return joined(value, own);
    }
    default:
      return value;
  }
}

function joined(value: string, more: string | null): string {
  return more === null ? value : `${value}, ${more}`;
}

function expectation(value: string): string {
  return value.toLowerCase().includes('100-continue') ? value : `${value}, 100-Continue`;
}

/** The member's host, its port unless the URL gives none or it is 80. */
const hostFields = new Derived(({ url: { scheme, host, port } }: MemberConf): string => {
  const standard = scheme === 'https' || scheme === 'wss' ? 443 : 80;
  const name = host.includes(':') ? `[${host}]` : host;
  return port === 80 || port === standard ? name : `${name}:${port}`;
});

/** The same as it stands in a head. */
const hostLines = new Derived(
  (member: MemberConf) => ` HTTP/1.1\r\nHost: ${hostFields.of(member)}\r\n`,
);
