import { expect, test } from 'vitest';
import { mappedUrl, mapRequest, mayHold, memberTarget } from '../../../src/proxy/rules/mapping.ts';
import { refused } from '../../../src/proxy/rules/refusal.ts';
import { settingsFor } from '../../../src/proxy/rules/settings.ts';
import { readTarget } from '../../../src/proxy/rules/target.ts';
import { balancer, configOf } from './config.ts';

/** What the first member is asked for, and what the sticky lookup searches. */
function asked(conf: string, target: string, env = new Map<string, string>()) {
  const config = configOf(balancer + conf);
  const server = config.servers[0];
  const read = readTarget('GET', target, server);
  if (refused(read)) return read.status;
  const mapped = mapRequest(config, server, settingsFor(server, read.path), read, env, []);
  if (mapped === null) return 'not proxied';
  const { target: to } = mapped;
  if (to.kind === 'undefined') return `nowhere: ${to.name}`;
  const member =
    to.kind === 'worker' ? config.workers[to.worker]! : config.balancers[0]!.workers[0]!;
  const url = mappedUrl(mapped);
  for (let from = 0; from < url.length; from++) {
    for (let to = from + 1; to <= url.length; to++) {
      expect(mayHold(mapped, url.slice(from, to)), url.slice(from, to)).toBe(true);
    }
  }
  return [memberTarget(member, mapped), url];
}

// Spec: httpd 9.1.
test.each([
  ['ProxyPass /c/ balancer://c/', '/c/x?y', '/app/x?y', 'balancer://c/x?y'],
  ['ProxyPass /c balancer://c/', '/c/x', '/app//x', 'balancer://c//x'],
  ['ProxyPass /c balancer://c', '/c', '/app/', 'balancer://c/'],
  ['ProxyPass /c balancer://c', '//c//x', '/app/x', 'balancer://c/x'],
  [
    'ProxyPass / balancer://c/',
    '/a%20b;SID=x%3By%7e',
    '/app/a%20b;SID=x;y~',
    'balancer://c/a b;SID=x;y~',
  ],
  ['ProxyPass / balancer://c/ nocanon', '/a%3bb?q', '/app/a%3bb?q', 'balancer://c/a%3bb?q'],
  [
    'ProxyPassMatch ^/(.*)\\.gif$ balancer://c/$1.png',
    '/a.gif',
    '/app/a.png',
    'balancer://c/a.png',
  ],
  ['ProxyPassMatch \\.gif$ balancer://c', '/a.gif', '/app/a.gif', 'balancer://c/a.gif'],
  ['ProxyPass /w http://o:82/b', '/w/x', '/b/x', 'http://o:82/b/x'],
  [
    '<Location /l>\nProxyPass balancer://c/two\n</Location>\nProxyPass / http://o/',
    '/l/x',
    '/app/two/x',
    'balancer://c/two/x',
  ],
])('%s: %s', (conf, target, path, url) => {
  expect(asked(conf, target)).toEqual([path, url]);
});

test.each([
  ['ProxyPass /c/ balancer://c/', '/c'],
  ['ProxyPass /c balancer://c/', '/cx'],
  ['ProxyPass /c balancer://c/', '/C/x'],
  ['ProxyPass /c/no !\nProxyPass /c balancer://c', '/c/no/x'],
  ['ProxyPass / balancer://c/', '*'],
])('%s does not proxy %s', (conf, target) => {
  expect(asked(conf, target)).toBe('not proxied');
});

test('the variable no-proxy stops every mapping', () => {
  expect(asked('ProxyPass / balancer://c/', '/x', new Map([['no-proxy', '']]))).toBe('not proxied');
});

test('text without a slash continues the name of the balancer, or the port of the worker', () => {
  expect(asked('ProxyPass /c/ balancer://c', '/c/x/y')).toBe('nowhere: cx');
  expect(asked('ProxyPass /w/ http://o:82', '/w/x')).toBe('nowhere: http://o:82x');
});

test('escapes in the URL of a mapping are text and are encoded', () => {
  expect(asked('ProxyPassMatch ^/(.*)$ balancer://c/a%20$1', '/x')).toEqual([
    '/app/a%2520x',
    'balancer://c/a%20x',
  ]);
});

test('NoDecode keeps encoded slashes, but inside a Location they are encoded again', () => {
  const conf =
    'AllowEncodedSlashes NoDecode\nProxyPass / balancer://c/\n<Location /l>\nProxyPreserveHost On\n</Location>';
  expect(asked(conf, '/a%2fb')).toEqual(['/app/a%2fb', 'balancer://c/a%2fb']);
  expect(asked(conf, '/l%2Fb')).toEqual(['/app/l%2Fb', 'balancer://c/l%2Fb']);
  expect(asked(conf, '/l/a%2Fb')).toEqual(['/app/l/a%252Fb', 'balancer://c/l/a%2Fb']);
  expect(asked(conf, '/a%25')).toEqual([{ status: 400 }, 'balancer://c/a%']);
});

test('no text is made of a plain request for a name that is not in it', () => {
  const config = configOf(`${balancer}ProxyPass /app balancer://c/app`);
  const server = config.servers[0];
  const read = readTarget('GET', '/app/x?y=z', server);
  if (refused(read)) throw new Error(`${read.status}`);
  const mapped = mapRequest(config, server, settingsFor(server, read.path), read, new Map(), [])!;
  expect([mayHold(mapped, 'ROUTEID'), mayHold(mapped, 'y=')]).toEqual([false, true]);
});
