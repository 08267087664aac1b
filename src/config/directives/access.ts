/** Require: who may ask; and SetHandler: who answers. */
import type { Require } from '../config.ts';
import { isNetwork } from '../networks.ts';
import type { Word } from '../tree.ts';
import { anywhere, inside, isAside, type Line, oneOf, type Rule } from './rule.ts';

const providers: Readonly<Record<string, (line: Line, words: readonly Word[]) => Require | null>> =
  {
    all: requireAll,
    ip: requireIp,
    local: () => ({ kind: 'local', negated: false }),
    host: (_, words) => ({ kind: 'host', names: words.map(({ text }) => text), negated: false }),
  };

/** Providers of httpd that would change who gets an answer. */
const laterProviders =
  /^(env|method|expr|user|group|valid-user|forward-dns|file-owner|file-group|ldap-.*|dbm-.*|dbd-.*)$/;

const require: Rule = {
  name: 'Require',
  where: inside,
  words: [0, Number.POSITIVE_INFINITY],
  read(reading, scope, line) {
    const [first, ...rest] = line.words;
    const name = first?.text ?? '';
    if (name.toLowerCase() === 'not') {
      return line.refuse(first, 'not: has no effect outside <RequireAll>, which is not supported.');
    }
    if (!Object.hasOwn(providers, name)) {
      const later = laterProviders.test(name);
      const why = later ? ' is not supported; this version knows' : ': expected';
      return line.refuse(
        first,
        `${name}${why} ${Object.keys(providers).join(', ')}.`,
        later ? 'NOT_SUPPORTED' : 'VALUE',
      );
    }
    const read = providers[name]!(line, rest);
    if (!read) return;
    scope.dir.require = [...(scope.dir.require ?? []), read];
    if (!isAside(scope)) reading.requires ??= line.place;
  },
};

function requireAll(line: Line, words: readonly Word[]): Require | null {
  const said = words[0]?.text.toLowerCase();
  if (words.length === 1 && (said === 'granted' || said === 'denied')) {
    return { kind: 'all', granted: said === 'granted' };
  }
  line.refuse(words[0], 'all: expected granted or denied.');
  return null;
}

function requireIp(line: Line, words: readonly Word[]): Require | null {
  if (words.length === 0) {
    line.refuse(undefined, 'ip: needs an address.', 'MISSING');
    return null;
  }
  const wrong = words.find(({ text }) => !isNetwork(text));
  if (wrong) {
    line.refuse(
      wrong,
      `ip: ${wrong.text} is no address or network; expected for example 10.1, 10.0.0.0/8 or ::1.`,
    );
    return null;
  }
  return { kind: 'ip', networks: words.map(({ text }) => text), negated: false };
}

const handlers = [
  'balancer-manager',
  'heartbeat',
  'server-status',
  'fairlead-metrics',
  'fairlead-ready',
  'fairlead-live',
  'fairlead-status',
  'none',
];
const laterHandlers = ['server-info', 'default-handler', 'ldap-status', 'http2-status'];

const setHandler: Rule = {
  name: 'SetHandler',
  where: anywhere,
  words: [1, 1],
  read(reading, scope, line) {
    const word = line.words[0]!;
    const said = word.text.toLowerCase();
    if (scope.where === 'directory' || scope.where === 'files') return;
    if (handlers.includes(said)) {
      scope.dir.handler = said;
      if (said === 'server-status')
        reading.warn(
          word.place,
          'SetHandler',
          `${word.text} shows the balancers' counters, as ProxyStatus On does in httpd, and nothing else.`,
        );
      return;
    }
    const why = laterHandlers.includes(said)
      ? 'is not supported by this version'
      : 'is no handler that this version knows';
    line.refuse(
      word,
      `${word.text} ${why}; expected one of ${handlers.join(', ')}.`,
      'NOT_SUPPORTED',
    );
  },
};

export const accessRules: readonly Rule[] = [
  require,
  oneOf('AuthMerging', inside, ['off', 'and', 'or'], (_, value, __, line) => {
    if (value !== 'off')
      line.refuse(
        line.words[0],
        `${value} is not supported; write all Require lines in one section.`,
        'NOT_SUPPORTED',
      );
  }),
  setHandler,
];
