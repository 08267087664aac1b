/** What concerns balancing as a whole: inheritance, health-check templates, heartbeats, loaded modules. */
import { atoi } from '../c-numbers.ts';
import type { Word } from '../tree.ts';
import { pairOf } from './balancers.ts';
import { type HealthDraft, healthParameters, noChecks } from './health-parameters.ts';
import type { Reading } from './reading.ts';
import { anywhere, type Line, oneOf, onOff, type Rule, serverOnly } from './rule.ts';

const loadModule: Rule = {
  name: 'LoadModule',
  where: serverOnly,
  words: [2, 2],
  read(reading, _, { words }) {
    reading.modules.add(words[0]!.text);
  },
};

const growth: Rule = {
  name: 'BalancerGrowth',
  where: serverOnly,
  words: [1, 1],
  read(_, __, line) {
    const word = line.words[0]!;
    const value = atoi(word.text);
    if (value < 0 || value > 1000) line.refuse(word, `${word.text}: expected 0 to 1000.`);
  },
};

const template: Rule = {
  name: 'ProxyHCTemplate',
  where: anywhere,
  words: [0, Number.POSITIVE_INFINITY],
  read(reading, _, line) {
    const [name, ...words] = line.words;
    if (!name) return line.refuse(undefined, 'needs a name.', 'MISSING');
    const health: { health: HealthDraft } = { health: { ...noChecks(), method: 'TCP' } };
    for (const word of words) templateWord(reading, health, word, line);
    reading.healthTemplates.set(name.text.toLowerCase(), health.health);
    later(reading, line);
  },
};

function templateWord(
  reading: Reading,
  carrier: { health: HealthDraft },
  word: Word,
  line: Line,
): void {
  const pair = pairOf(word);
  if (!pair) {
    line.refuse(word, `${word.text}: expected key=value.`);
    return;
  }
  const key = pair.key.toLowerCase();
  if (!Object.hasOwn(healthParameters, key)) {
    line.refuse(word, `${pair.key}: expected one of ${Object.keys(healthParameters).join(', ')}.`);
    return;
  }
  const verdict = healthParameters[key]!(carrier, pair.value, reading.known);
  reading.verdict(verdict, line.name, pair.key, pair.value, word.place);
}

const expression: Rule = {
  name: 'ProxyHCExpr',
  where: anywhere,
  words: [0, Number.POSITIVE_INFINITY],
  read(reading, _, line) {
    const [name, expr] = line.words;
    if (!name) return line.refuse(undefined, 'needs a name and an expression.', 'MISSING');
    if (name.text.length > 15)
      return line.refuse(name, `${name.text}: expected at most 15 characters.`);
    if (!expr) return line.refuse(name, `${name.text}: needs an expression.`, 'MISSING');
    reading.healthExpressions.add(name.text.toLowerCase());
    later(reading, line);
  },
};

function later(reading: Reading, line: Line): void {
  reading.warnOnce(
    'health',
    line.place,
    line.name,
    `${line.name} is read, but health checks are not run by this version; members fail and recover by traffic alone.`,
  );
}

const poolSize: Rule = {
  name: 'ProxyHCTPsize',
  where: serverOnly,
  words: [1, 1],
  read(_, __, line) {
    const word = line.words[0]!;
    if (atoi(word.text) < 0) line.refuse(word, `${word.text}: expected 0 or more.`);
  },
};

function heartbeat(
  name: string,
  check: (reading: Reading, line: Line, word: Word) => boolean,
): Rule {
  return {
    name,
    where: serverOnly,
    words: [1, 1],
    read(reading, _, line) {
      if (!check(reading, line, line.words[0]!)) return;
      reading.warnOnce(
        'heartbeat',
        line.place,
        line.name,
        `${line.name} is read, but heartbeats are not received by this version; lbmethod heartbeat elects nobody without them.`,
      );
    },
  };
}

const heartbeatRules: readonly Rule[] = [
  heartbeat('HeartbeatListen', (reading, line, word) => {
    if (!/^(.+):\d+$/.test(word.text)) {
      line.refuse(word, `${word.text}: expected address:port.`);
      return false;
    }
    if (reading.heartbeat.listening) {
      line.refuse(word, 'is written twice; httpd takes it once.');
      return false;
    }
    reading.heartbeat.listening = true;
    return true;
  }),
  heartbeat('HeartbeatMaxServers', (_, line, word) => {
    const value = atoi(word.text);
    if (value === 0 || value >= 10) return true;
    line.refuse(word, `${word.text}: expected 0, or 10 or more.`);
    return false;
  }),
  heartbeat('HeartbeatStorage', () => true),
  heartbeat('HeartbeatAddress', () => true),
];

export const balancingRules: readonly Rule[] = [
  loadModule,
  growth,
  onOff('BalancerInherit', serverOnly, ({ server }, on) => {
    server.balancerInherit = on;
  }),
  onOff('ProxyPassInherit', serverOnly, ({ server }, on, reading, line) => {
    server.proxyPassInherit = on;
    if (on) return;
    const message =
      'ProxyPassInherit Off keeps nothing out: as in httpd 2.4, ProxyPass lines of the main server apply all the same.';
    reading.warn(line.place, line.name, message);
  }),
  onOff('BalancerPersist', serverOnly, (_, on, reading, line) => {
    if (!on) return;
    reading.warn(
      line.place,
      line.name,
      'BalancerPersist On: this version keeps no state over restarts; every start begins with what is written.',
      'NOT_SUPPORTED',
    );
  }),
  oneOf('ProxyStatus', serverOnly, ['off', 'on', 'full'], () => {}),
  oneOf('ProxyBadHeader', serverOnly, ['iserror', 'ignore', 'startbody'], (_, value, __, line) => {
    if (value !== 'iserror')
      line.refuse(
        line.words[0],
        `${value} is not supported: a malformed response header is always answered 502; write IsError.`,
        'NOT_SUPPORTED',
      );
  }),
  template,
  expression,
  poolSize,
  ...heartbeatRules,
];
