/** Directives that are fine switched off, and not supported switched on. */
import { atoi, atol } from '../c-numbers.ts';
import { anywhere, oneOf, onOff, type Rule, serverOnly } from './rule.ts';

function offOnly(name: string, where: Rule['where'], does: string): Rule {
  return onOff(name, where, (_, on, __, line) => {
    if (on) line.refuse(line.words[0], `On is not supported: ${does}`, 'NOT_SUPPORTED');
  });
}

/** 0, or at least 512 bytes; nothing here has such a buffer. */
function buffer(name: string, read: (text: string) => number): Rule {
  return {
    name,
    where: serverOnly,
    words: [1, 1],
    read(_, __, line) {
      const word = line.words[0]!;
      const value = read(word.text);
      if (value < 512 && value !== 0) {
        line.refuse(word, `${word.text}: expected 0, or 512 bytes or more.`);
      }
    },
  };
}

const defaultCharset: Rule = {
  name: 'AddDefaultCharset',
  where: anywhere,
  words: [1, 1],
  read(_, __, line) {
    const word = line.words[0]!;
    if (word.text.toLowerCase() === 'off') return;
    const does = 'it changes the headers of answers; write Off, or leave it to a backend.';
    line.refuse(word, `${word.text} is not supported: ${does}`, 'NOT_SUPPORTED');
  },
};

export const switchRules: readonly Rule[] = [
  offOnly(
    'ProxyRequests',
    serverOnly,
    'this is a reverse proxy only; write Off, or leave the line out.',
  ),
  offOnly(
    'RewriteEngine',
    anywhere,
    'rewriting would change where requests go; express it with ProxyPass and ProxyPassMatch.',
  ),
  offOnly(
    'ProxyPassInterpolateEnv',
    anywhere,
    'variables in URLs of ProxyPass are not replaced; write the URLs out.',
  ),
  offOnly(
    'ExpiresActive',
    anywhere,
    'it changes the headers of answers; write Cache-Control with Header.',
  ),
  offOnly('CookieTracking', anywhere, 'no cookies are made up; write one with Header.'),
  offOnly(
    'ProxyExpressEnable',
    serverOnly,
    'backends are not looked up in a database; write ProxyPass.',
  ),
  offOnly(
    'UseCanonicalPhysicalPort',
    anywhere,
    'ports in URLs come from ServerName or the request; leave it out.',
  ),
  offOnly(
    'StrictHostCheck',
    serverOnly,
    'requests for unknown hosts go to the first server; leave it out.',
  ),
  offOnly('MergeTrailers', serverOnly, 'trailers are never merged into headers; leave it out.'),
  offOnly('Session', anywhere, 'no sessions are kept; leave them to a backend.'),
  oneOf('TraceEnable', serverOnly, ['on', 'off', 'extended'], ({ server }, value) => {
    server.traceEnable = value !== 'off';
  }),
  buffer('ProxyReceiveBufferSize', atoi),
  buffer('ProxyIOBufferSize', atol),
  defaultCharset,
  {
    name: 'Error',
    where: anywhere,
    words: [0, Number.POSITIVE_INFINITY],
    read: (_, __, line) =>
      line.refuse(line.words[0], `says: ${line.words.map(({ text }) => text).join(' ')}`),
  },
];
