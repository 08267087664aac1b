/** What concerns balancing as a whole: inheritance, health checks, heartbeats, loaded modules. */
import { atoi } from '../c-numbers.ts';
import type { Word } from '../tree.ts';
import { healthRules } from './health.ts';
import type { Reading } from './reading.ts';
import { type Line, oneOf, onOff, type Rule, serverOnly } from './rule.ts';

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

/** Of one word, on the server. */
function ofServer(name: string, read: (reading: Reading, line: Line, word: Word) => void): Rule {
  return {
    name,
    where: serverOnly,
    words: [1, 1],
    read: (reading, _, line) => read(reading, line, line.words[0]!),
  };
}

const heartbeatRules: readonly Rule[] = [
  ofServer('HeartbeatListen', (reading, line, word) => {
    const [, host, port] = /^\[?([^\]]+?)\]?:(\d+)$/.exec(word.text) ?? [];
    if (host === undefined || Number(port) > 65_535) {
      line.refuse(word, `${word.text}: expected address:port.`);
    } else if (reading.heartbeat.listen !== null) {
      line.refuse(word, 'is written twice; httpd takes it once.');
    } else reading.heartbeat.listen = { host, port: Number(port), place: word.place };
  }),
  ofServer('HeartbeatMaxServers', (reading, line, word) => {
    const value = atoi(word.text);
    if (value === 0 || value >= 10) reading.heartbeat.maxServers = value;
    else line.refuse(word, `${word.text}: expected 0, or 10 or more.`);
  }),
  ofServer('HeartbeatStorage', (reading, _, word) => {
    reading.heartbeat.storage = word.text;
  }),
  ofServer('HeartbeatAddress', (reading, line, word) =>
    reading.warn(
      line.place,
      line.name,
      `HeartbeatAddress ${word.text} makes an httpd tell of itself; a proxy of ours listens only, and tells nobody.`,
    ),
  ),
  ofServer('ServerRoot', (reading, _, word) => {
    reading.heartbeat.serverRoot = word.text;
  }),
  ofServer('DefaultRuntimeDir', (reading, _, word) => {
    reading.heartbeat.runtimeDir = word.text;
  }),
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
  onOff('BalancerPersist', serverOnly, ({ server }, on) => {
    server.balancerPersist = on;
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
  ...healthRules,
  ...heartbeatRules,
];
