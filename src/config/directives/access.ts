/** Require: who may ask; and SetHandler: who answers. */
import type { Place, Require } from '../config.ts';
import { isNetwork } from '../networks.ts';
import { userNames } from '../password-file.ts';
import type { Word } from '../tree.ts';
import type { Reading, Scope } from './reading.ts';
import { anywhere, inside, isAside, type Line, oneOf, type Rule } from './rule.ts';

type Provider = (line: Line, words: readonly Word[], negated: boolean) => Require | null;

const providers: Readonly<Record<string, Provider>> = {
  all: requireAll,
  ip: requireIp,
  local: (_, __, negated) => ({ kind: 'local', negated }),
  host: (_, words, negated) => ({ kind: 'host', names: words.map(({ text }) => text), negated }),
  user: requireUser,
  'valid-user': (_, __, negated) => ({ kind: 'user', names: null, negated }),
};

/** Providers of httpd that would change who gets an answer. */
const laterProviders =
  /^(env|method|expr|group|forward-dns|file-owner|file-group|ldap-.*|dbm-.*|dbd-.*)$/;

const require: Rule = {
  name: 'Require',
  where: inside,
  words: [0, Number.POSITIVE_INFINITY],
  read(reading, scope, line) {
    const negated = line.words[0]?.text.toLowerCase() === 'not';
    const [first, ...rest] = negated ? line.words.slice(1) : line.words;
    const name = first?.text ?? '';
    if (negated && scope.require?.kind !== 'every') {
      return line.refuse(line.words[0], 'not: has no effect outside <RequireAll>.');
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
    const read = providers[name]!(line, rest, negated);
    if (read) addRequire(reading, scope, read, line.place);
  },
};

/** To the section around it. */
export function addRequire(reading: Reading, scope: Scope, line: Require, place: Place): void {
  if (scope.require === undefined) scope.dir.require = [...(scope.dir.require ?? []), line];
  else scope.require.of.push(line);
  if (!isAside(scope)) reading.requires ??= place;
}

function requireAll(line: Line, words: readonly Word[], negated: boolean): Require | null {
  const said = words[0]?.text.toLowerCase();
  if (words.length === 1 && (said === 'granted' || said === 'denied')) {
    return { kind: 'all', granted: said === 'granted', negated };
  }
  line.refuse(words[0], 'all: expected granted or denied.');
  return null;
}

function requireIp(line: Line, words: readonly Word[], negated: boolean): Require | null {
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
  return { kind: 'ip', networks: words.map(({ text }) => text), negated };
}

function requireUser(line: Line, words: readonly Word[], negated: boolean): Require | null {
  if (words.length === 0) line.refuse(undefined, 'user: needs a name.', 'MISSING');
  return { kind: 'user', names: userNames(words.map(({ text }) => text)), negated };
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
