/** Listen, ServerName and the limits and timeouts of a server. */
import { isIP } from 'node:net';
import { atoi, isInteger, timeMs } from '../c-numbers.ts';
import { type ClientProtocol, clientProtocols } from '../tls.ts';
import type { Word } from '../tree.ts';
import type { ServerDraft } from './drafts.ts';
import type { Reading, Scope } from './reading.ts';
import { anywhere, type Line, oneOf, onOff, type Rule, serverOnly } from './rule.ts';

const second = 1_000_000_000;

const listen: Rule = {
  name: 'Listen',
  where: serverOnly,
  words: [1, 2],
  read(reading, scope, line) {
    const [word, protocol] = line.words;
    if (scope.inVirtualHost) return line.refuse(undefined, 'cannot stand in <VirtualHost>.');
    const address = listenAddress(word!.text);
    if (typeof address === 'string') return line.refuse(word, `${word!.text}: ${address}`);
    // As in httpd the word says what is meant; SSLEngine decides.
    if (protocol && !/^https?$/i.test(protocol.text)) {
      return line.refuse(
        protocol,
        `${protocol.text}: only http and https are supported.`,
        'NOT_SUPPORTED',
      );
    }
    const twice = reading.listen.find(
      ({ host, port }) => host === address.host && port === address.port,
    );
    if (twice) {
      reading.warn(
        word!.place,
        line.name,
        `Listen ${word!.text} is written twice (line ${twice.place.line}); once is enough.`,
        'DUPLICATE',
      );
      return;
    }
    reading.listen.push({ place: line.place, ...address });
  },
};

function listenAddress(text: string): { host: string | null; port: number } | string {
  const match = /^(?:(?:\[([^\]]+)\]|([^:]*)):)?(\d+)$/.exec(text);
  if (!match) return 'expected a port, or address:port.';
  const [, literal, name, digits] = match;
  const port = Number(digits);
  if (port < 1 || port > 65_535) return 'expected a port from 1 to 65535.';
  if (literal !== undefined && isIP(literal) !== 6)
    return 'expected an IPv6 address in the brackets.';
  const host = literal ?? name ?? '*';
  return { host: host === '*' || host === '' ? null : host, port };
}

const serverName: Rule = {
  name: 'ServerName',
  where: serverOnly,
  words: [1, 1],
  read(_, { server }, line) {
    const word = line.words[0]!;
    const match = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^:/[\]]+)(?::([^/]*))?$/i.exec(word.text);
    if (!match) return line.refuse(word, `${word.text}: expected [scheme://]name[:port].`);
    const [, scheme, host, digits] = match;
    const port = digits === undefined ? null : Number(digits);
    if (port !== null && !(isInteger(digits!) && port >= 1 && port <= 65_535)) {
      return line.refuse(word, `${word.text}: expected a port from 1 to 65535.`);
    }
    server.serverName = { scheme: scheme?.toLowerCase() ?? null, host: host!, port };
  },
};

const serverAlias: Rule = {
  name: 'ServerAlias',
  where: serverOnly,
  words: [0, Number.POSITIVE_INFINITY],
  read(_, { server, inVirtualHost }, line) {
    if (!inVirtualHost) return line.refuse(undefined, 'stands only in <VirtualHost>.');
    server.aliases.push(...line.words.map(({ text }) => text));
  },
};

interface Count {
  readonly least: number;
  /** Said with the refusal. */
  readonly unit: string;
}

/** A whole number as `atoi` reads it; text that it skips is warned about. */
function count(
  name: string,
  where: Rule['where'],
  { least, unit }: Count,
  set: (scope: Scope, value: number, reading: Reading, line: Line) => void,
): Rule {
  return {
    name,
    where,
    words: [1, 1],
    read(reading, scope, line) {
      const word = line.words[0]!;
      const value = atoi(word.text);
      if (value < least)
        return line.refuse(word, `${word.text}: expected ${least} or more ${unit}.`);
      lenient(reading, line, word, `${value} ${unit}`);
      set(scope, value, reading, line);
    },
  };
}

function lenient(reading: Reading, line: Line, word: Word, read: string): void {
  if (isInteger(word.text)) return;
  reading.warn(word.place, line.name, `${line.name} ${word.text} is read as ${read}.`);
}

const keepAliveTimeout: Rule = {
  name: 'KeepAliveTimeout',
  where: serverOnly,
  words: [1, 1],
  read(_, { server }, line) {
    const word = line.words[0]!;
    const ms = timeMs(word.text, 's');
    if (ms === null)
      return line.refuse(word, `${word.text}: expected seconds, or a number with ms, s, mi or h.`);
    server.keepAliveTimeoutNs = ms * 1_000_000;
  },
};

const errorOverride: Rule = {
  name: 'ProxyErrorOverride',
  where: anywhere,
  words: [1, Number.POSITIVE_INFINITY],
  read(_, { dir }, line) {
    for (const word of line.words) {
      const said = word.text.toLowerCase();
      const before = dir.errorOverride;
      if (said === 'on' || said === 'off') {
        dir.errorOverride = { on: said === 'on', codes: before?.codes ?? [] };
        continue;
      }
      const code = atoi(word.text);
      if (!before) return line.refuse(word, `${word.text}: expected On or Off first.`);
      if (!before.on) return line.refuse(word, `${word.text}: status codes follow only On.`);
      if (!/^\d/.test(word.text) || code < 400 || code > 599) {
        return line.refuse(word, `${word.text}: expected status codes from 400 to 599.`);
      }
      dir.errorOverride = { on: true, codes: [...before.codes, code].sort((a, b) => a - b) };
    }
  },
};

const requestBody: Rule = {
  name: 'LimitRequestBody',
  where: anywhere,
  words: [1, 1],
  read(_, { dir }, line) {
    const word = line.words[0]!;
    const digits = /^\+?(\d+)$/.exec(word.text)?.[1];
    if (digits === undefined || BigInt(digits) >= 2n ** 63n) {
      return line.refuse(word, `${word.text}: expected bytes, 0 or more.`);
    }
    dir.requestBodyLimit = Number(digits);
  },
};

function limit(name: string, key: keyof ServerDraft['limits'], unit: string): Rule {
  return count(name, serverOnly, { least: 0, unit }, ({ server }, value) => {
    server.limits[key] = value;
  });
}

const seconds: Count = { least: 1, unit: 'seconds' };

/** HTTP/2 is spoken over TLS alone; in the clear every virtual host speaks HTTP/1.1, named or not. */
const protocols: Rule = {
  name: 'Protocols',
  where: serverOnly,
  words: [1, Number.POSITIVE_INFINITY],
  read(_, { server }, line) {
    const spoken: ClientProtocol[] = [];
    for (const word of line.words) {
      const found = clientProtocols.find((one) => one === word.text.toLowerCase());
      if (found !== undefined) spoken.push(found);
      else if (word.text.toLowerCase() === 'h2c') {
        const why = 'is not supported yet: HTTP/2 is spoken over TLS alone; leave it out.';
        line.refuse(word, `${word.text} ${why}`, 'NOT_SUPPORTED');
      } else line.refuse(word, `${word.text}: expected ${clientProtocols.join(' or ')}.`);
    }
    server.protocols = spoken;
  },
};

export const serverRules: readonly Rule[] = [
  listen,
  protocols,
  serverName,
  serverAlias,
  count('Timeout', serverOnly, seconds, ({ server }, value) => {
    server.timeoutNs = value * second;
  }),
  count('ProxyTimeout', serverOnly, seconds, ({ server }, value) => {
    server.proxyTimeoutSeconds = value;
  }),
  count(
    'GracefulShutdownTimeout',
    serverOnly,
    { least: 0, unit: 'seconds' },
    (scope, value, reading, line) => {
      if (scope.inVirtualHost) line.refuse(undefined, 'cannot stand in <VirtualHost>.');
      else reading.gracefulShutdownSeconds = value;
    },
  ),
  onOff('KeepAlive', serverOnly, ({ server }, on) => {
    server.keepAlive = on;
  }),
  keepAliveTimeout,
  count('MaxKeepAliveRequests', serverOnly, { least: 0, unit: 'requests' }, ({ server }, value) => {
    server.maxKeepAliveRequests = value;
  }),
  limit('LimitRequestLine', 'line', 'bytes'),
  limit('LimitRequestFieldSize', 'fieldSize', 'bytes'),
  limit('LimitRequestFields', 'fields', 'fields'),
  requestBody,
  oneOf('ProxyVia', serverOnly, ['off', 'on', 'full', 'block'], ({ server }, value) => {
    server.proxyVia = value;
  }),
  {
    name: 'ProxyMaxForwards',
    where: serverOnly,
    words: [1, 1],
    read(reading, { server }, line) {
      const word = line.words[0]!;
      server.proxyMaxForwards = atoi(word.text);
      lenient(reading, line, word, String(server.proxyMaxForwards));
    },
  },
  oneOf('UseCanonicalName', anywhere, ['on', 'off', 'dns'], (scope, value, _, line) => {
    if (value === 'dns')
      line.refuse(line.words[0], 'DNS is not supported; use On or Off.', 'NOT_SUPPORTED');
    else if (scope.where === 'server') scope.server.useCanonicalName = value === 'on';
    else
      line.refuse(
        undefined,
        'in a section is not supported; write it for the server.',
        'NOT_SUPPORTED',
      );
  }),
  oneOf('AllowEncodedSlashes', serverOnly, ['off', 'on', 'nodecode'], ({ server }, value) => {
    server.allowEncodedSlashes = value;
  }),
  onOff('MergeSlashes', serverOnly, ({ server }, on) => {
    server.mergeSlashes = on;
  }),
  onOff('ProxyPreserveHost', anywhere, ({ dir }, on) => {
    dir.preserveHost = on;
  }),
  onOff('ProxyAddHeaders', anywhere, ({ dir }, on) => {
    dir.addHeaders = on;
  }),
  onOff('Proxy100Continue', anywhere, ({ dir }, on) => {
    dir.proxy100Continue = on;
  }),
  errorOverride,
];
