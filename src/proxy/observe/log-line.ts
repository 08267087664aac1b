/** A LogFormat made into a function, once: what httpd's mod_log_config would write about a request. */
import { threadId } from 'node:worker_threads';
import { type LogItem, readLogFormat } from '../../config/log-format.ts';
import { authorityOf } from '../passage.ts';
import { wireText } from '../rules/bytes.ts';
import { joined } from '../rules/fields.ts';
import { hostOf } from '../rules/server.ts';
import { serverName } from '../rules/server-name.ts';
import type { ValueContext } from '../rules/value-format.ts';
import { firstLine, isTooLong, protocolOf } from './first-line.ts';
import { cookieOf, escaped } from './log-text.ts';
import { clfTime, strftime } from './log-time.ts';
import { microsecondsAt, type Sight } from './sight.ts';

/** The text of one item; null reads `-`. One character is one byte. */
type ValueOf = (sight: Sight) => string | null;

/** A line with its end. `format` was checked when the configuration was read. */
export function logLine(format: string): (sight: Sight) => string {
  const items = readLogFormat(wireText(format));
  if ('problem' in items) throw new Error(items.problem);
  const parts = items.map((item) => (typeof item === 'string' ? item : conditional(item)));
  return (sight) => {
    let line = '';
    for (const part of parts) line += typeof part === 'string' ? part : (part(sight) ?? '-');
    return `${line}\n`;
  };
}

function conditional(item: LogItem): ValueOf {
  const { statuses, negated } = item;
  const value = itemValue(item);
  if (statuses.length === 0) return value;
  return (sight) => (statuses.includes(sight.status) === negated ? null : value(sight));
}

function itemValue({ letter, argument }: LogItem): ValueOf {
  switch (letter) {
    case 'h':
    case 'a':
      if (argument === 'c') return ({ request: { peer } }) => peer.toldBy ?? peer.remoteAddress;
      return ({ request }) => request.remoteAddress;
    case 'A':
      return ({ request }) => request.localAddress;
    case 'b':
      return ({ bodyBytes }) => (bodyBytes === 0 ? null : `${bodyBytes}`);
    case 'B':
      return ({ bodyBytes }) => `${bodyBytes}`;
    case 'I':
      return ({ bytesIn }) => `${bytesIn}`;
    case 'O':
      return ({ bytesOut }) => `${bytesOut}`;
    case 'S':
      return ({ bytesIn, bytesOut }) => `${bytesIn + bytesOut}`;
    case 'C':
      return ({ request }) => escaped(cookieOf(joined(request.rawHeaders, 'cookie'), argument));
    case 'D':
      return (sight) => `${microseconds(sight)}`;
    case 'T':
      return duration(argument);
    case '^FB':
      return ({ headNs, startNs }) =>
        headNs === 0 ? null : `${Math.trunc((headNs - startNs) / 1000)}`;
    case 'e':
      return (sight) => escaped(sight.variable(argument) ?? null);
    case 'H':
      return (sight) => (isTooLong(sight) ? 'HTTP/1.0' : protocolOf(sight.request));
    case 'i':
      return requestHeader(argument.toLowerCase());
    case 'o':
      return responseHeader(argument.toLowerCase());
    case 'k':
      return keptAlive;
    case 'm':
      return (sight) => escaped(isTooLong(sight) ? null : sight.request.method || null);
    case 'p':
      return port(argument.toLowerCase());
    case 'P':
      return () => processOrThread(argument.toLowerCase());
    case 'q':
      return (sight) => escaped(queryOf(sight));
    case 'r':
      return (sight) => escaped(firstLine(sight));
    case 'R':
      return handler;
    case 's':
      return ({ status }) => (status === 0 ? null : `${status}`);
    case 't':
      return time(argument);
    case 'u':
      return ({ asked }) => escaped(asked?.user ?? null);
    case 'U':
      return (sight) => escaped(pathOf(sight));
    case 'v':
      return (sight) => ownName(sight);
    case 'V':
      return (sight) => askedName(sight);
    case 'X':
      return ({ complete, persists }) => (complete ? (persists ? '+' : '-') : 'X');
    case 'x':
      return ({ asked }) =>
        asked === null ? null : ((asked.values as ValueContext).tls?.(argument) ?? null);
    default:
      return () => null; // notes, trailers, log ids: there are none
  }
}

function pathOf(sight: Sight): string | null {
  const { asked, request } = sight;
  if (asked !== null) return asked.target.path;
  if (isTooLong(sight)) return null;
  return request.target.split('?')[0] || (request.method === '' ? null : '/');
}

/** With its question mark. */
function queryOf(sight: Sight): string {
  const { asked, request } = sight;
  if (asked === null) return isTooLong(sight) ? '' : (/\?.*$/.exec(request.target)?.[0] ?? '');
  return asked.target.query === null ? '' : `?${asked.target.query}`;
}

function microseconds({ startNs, endNs }: Sight): number {
  return Math.trunc((endNs - startNs) / 1000);
}

function duration(unit: string): ValueOf {
  const divisor = { '': 1e6, s: 1e6, ms: 1e3, us: 1 }[unit.toLowerCase()];
  if (divisor === undefined) return () => unit;
  return (sight) => `${Math.trunc(microseconds(sight) / divisor)}`;
}

/** Requests before this one; for the last one of a connection httpd leaves one out. */
function keptAlive({ request, persists }: Sight): string {
  return `${Math.max(0, request.ordinal - (persists ? 1 : 2))}`;
}

function requestHeader(lower: string): ValueOf {
  // An absolute target takes the place of Host.
  if (lower === 'host') {
    return ({ asked, request }) => escaped(asked === null ? request.host : authorityOf(asked));
  }
  return ({ request }) => escaped(joined(request.rawHeaders, lower));
}

/** Of Content-Type httpd tells the type alone, unless there is no content. */
function responseHeader(lower: string): ValueOf {
  return ({ headers, status }) => {
    const value = joined(headers, lower);
    const typeAlone =
      lower === 'content-type' && value !== null && status !== 204 && status !== 304;
    return escaped(typeAlone ? value.split(/[ \t]*;/)[0]! : value);
  };
}

function port(which: string): ValueOf {
  switch (which) {
    case 'remote':
      return ({ request }) => `${request.remotePort}`;
    case 'local':
      return ({ request }) => `${request.localPort}`;
    case '':
    case 'canonical':
      return ({ conf, request }) => {
        const said = conf?.serverName == null ? conf?.addresses[0]?.port : conf.serverName.port;
        if (said) return `${said}`;
        return request.version === '' ? `${request.localPort}` : request.secure ? '443' : '80';
      };
    default:
      return () => which;
  }
}

function processOrThread(which: string): string {
  if (which === 'tid') return `${threadId}`;
  return which === 'hextid' ? threadId.toString(16) : `${process.pid}`;
}

function handler({ asked, group }: Sight): string | null {
  return group === null ? asked?.settings.handler || null : 'proxy-server';
}

function ownName({ conf, request }: Sight): string {
  const { localAddress, secure } = request;
  const reached = { secure, authority: null, localAddress };
  return conf === null ? localAddress : serverName(conf, reached);
}

function askedName(sight: Sight): string {
  const { asked } = sight;
  const authority = asked === null || asked.server.useCanonicalName ? null : authorityOf(asked);
  return authority === null ? ownName(sight) : hostOf(authority);
}

/** `%t`, `%{begin:…}t`, `%{end:…}t` with strftime's conversions, or seconds and parts of them. */
function time(argument: string): ValueOf {
  const [, which, format = ''] = /^(?:(begin|end)(?::|$))?([\s\S]*)$/.exec(argument)!;
  const at =
    which === 'end'
      ? ({ endNs }: Sight) => microsecondsAt(endNs)
      : ({ startNs }: Sight) => microsecondsAt(startNs);
  switch (format) {
    case '':
      return (sight) => clfTime(at(sight));
    case 'sec':
      return (sight) => `${Math.floor(at(sight) / 1e6)}`;
    case 'msec':
      return (sight) => `${Math.floor(at(sight) / 1e3)}`;
    case 'usec':
      return (sight) => `${at(sight)}`;
    case 'msec_frac':
      return (sight) => `${Math.floor((at(sight) % 1e6) / 1e3)}`.padStart(3, '0');
    case 'usec_frac':
      return (sight) => `${at(sight) % 1e6}`.padStart(6, '0');
    default:
      return (sight) => strftime(format, at(sight));
  }
}
