/** Servers, settings, variables, access, Max-Forwards, addresses in responses, dates. */
import { expect, test } from 'vitest';
import { admission } from '../../../src/proxy/rules/access.ts';
import { requestAuthority } from '../../../src/proxy/rules/authority.ts';
import { environment } from '../../../src/proxy/rules/env.ts';
import { joined } from '../../../src/proxy/rules/fields.ts';
import { canonicalDate } from '../../../src/proxy/rules/http-date.ts';
import { maxForwards } from '../../../src/proxy/rules/max-forwards.ts';
import { reverseCookie, reverseLocation } from '../../../src/proxy/rules/reverse.ts';
import { serverFor } from '../../../src/proxy/rules/server.ts';
import { settingsFor } from '../../../src/proxy/rules/settings.ts';
import { balancer, configOf } from './config.ts';

test('addresses decide before names: address and port, address, port, anything', () => {
  const addresses = ['*', '*:81', '10.0.0.1', '10.0.0.1:81', '10.0.0.1:81'];
  const config = configOf(
    addresses
      .map(
        (a, i) =>
          `<VirtualHost ${a}>\nServerName s${i + 1}.test\nServerAlias *.s${i + 1}.test\n</VirtualHost>`,
      )
      .join('\n'),
  );
  expect(serverFor(config, '10.0.0.1', 81, 's5.test')).toBe(5);
  expect(serverFor(config, '10.0.0.1', 81, 'A.S5.Test.:81')).toBe(5);
  expect(serverFor(config, '10.0.0.1', 81, 's1.test')).toBe(4);
  expect(serverFor(config, '10.0.0.1', 81, null)).toBe(4);
  expect(serverFor(config, '10.0.0.1', 82, 's4.test')).toBe(3);
  expect(serverFor(config, '10.0.0.2', 81, 's4.test')).toBe(2);
  expect(serverFor(config, '10.0.0.2', 82, 's4.test')).toBe(1);
  const one = configOf('<VirtualHost 10.0.0.1:81>\n</VirtualHost>');
  expect(serverFor(one, '10.0.0.2', 81, 'x')).toBe(0);
});

test.each([
  ['1.1', '/', ['Host', 'a_b-1.x:80'], { authority: 'a_b-1.x:80' }],
  ['1.1', '/', ['Host', '[::1]:8'], { authority: '[::1]:8' }],
  ['1.1', 'http://u@B.test.:5/x', ['Host', 'a'], { authority: 'b.test:5' }],
  ['1.0', '/', [], { authority: null }],
  ['1.1', '/', [], { status: 400 }],
  ['1.1', '/', ['Host', ''], { status: 400 }],
  ['1.1', '/', ['Host', 'a', 'host', 'b'], { status: 400 }],
  ['1.1', '/', ['Host', 'a:'], { status: 400 }],
  ['1.1', '/', ['Host', '1.2.3.04'], { status: 400 }],
])('HTTP/%s %s with %j is for %j', (version, target, rawHeaders, expected) => {
  expect(requestAuthority(version, target, joined(rawHeaders, 'host'))).toEqual(expected);
});

test('sections: whole segments, later ones over earlier ones, once merged for all', () => {
  const server = configOf(`
ProxyPreserveHost On
<Location /a>
ProxyPreserveHost Off
RequestHeader set A 1
</Location>
<LocationMatch "b$">
ProxyAddHeaders Off
RequestHeader set B 1
</LocationMatch>
<Proxy balancer://c>
RequestHeader set C 1
</Proxy>`).servers[0];
  const names = (path: string, url: string | null = null) =>
    settingsFor(
      server,
      path,
      url === null ? null : { origin: url, appended: '' },
    ).requestHeaders.map(({ name }) => name);
  expect(names('/ax')).toEqual([]);
  expect(names('/a/b')).toEqual(['A', 'B']);
  expect(names('/a', 'balancer://c/x')).toEqual(['C', 'A']);
  expect(settingsFor(server, '/a/b')).toMatchObject({ preserveHost: false, addHeaders: false });
  expect(settingsFor(server, '/')).toMatchObject({ preserveHost: true, addHeaders: true });
  expect(settingsFor(server, '/a/1')).toBe(settingsFor(server, '/a/2'));
});

test('variables: SetEnvIf sees the raw path and earlier variables, and SetEnv gives way to it', () => {
  const server = configOf(`
SetEnv X set
SetEnv Y set
SetEnvIf Request_URI "^/(%61)" X=$1
SetEnvIf X 6 Z=$0
SetEnvIf Remote_Addr ^10 !Z W
BrowserMatch (?i)CURL C=1`).servers[0];
  const request = {
    method: 'GET',
    version: '1.1',
    path: '/a',
    rawPath: '/%61',
    rawHeaders: ['User-Agent', 'curl/8'],
    localAddress: '10.0.0.1',
  };
  const variables = (remoteAddress: string) =>
    Object.fromEntries(environment(server.env, { ...request, remoteAddress }, server.env.length));
  expect(variables('127.0.0.1')).toEqual({ X: '%61', Z: '6', Y: 'set', C: '1' });
  expect(variables('10.0.0.9')).toEqual({ X: '%61', W: '1', Y: 'set', C: '1' });
});

test('Require: any line lets in, and none means everybody', () => {
  const ip = (...networks: string[]) => [{ kind: 'ip', networks, negated: false }] as const;
  const of = (require: Parameters<typeof admission>[0], remoteAddress: string, localAddress = '') =>
    admission(require, { remoteAddress, localAddress, user: null });
  expect(of(null, '192.0.2.1')).toBe('granted');
  expect(of(ip('192.0'), '192.0.2.1')).toBe('granted');
  expect(of(ip('192.0.2.0/25', '10'), '192.0.2.200')).toBe('denied');
  expect(of(ip('192.0.0.0/255.255.0.0'), '192.0.2.200')).toBe('granted');
  expect(of(ip('2001:db8::/32'), '2001:db8::1')).toBe('granted');
  const local = [{ kind: 'local', negated: false }] as const;
  expect(of(local, '127.3.0.1')).toBe('granted');
  expect(of(local, '::1')).toBe('granted');
  expect(of(local, '192.0.2.1', '192.0.2.1')).toBe('granted');
  expect(of([...local, ...ip('10')], '192.0.2.1', '192.0.2.2')).toBe('denied');
  expect(of([{ kind: 'all', granted: false, negated: false }], '127.0.0.1')).toBe('denied');
  expect(of([{ kind: 'host', names: ['x.test'], negated: false }], '127.0.0.1')).toBe('denied');
});

test('Max-Forwards counts down, and the proxy answers at 0', () => {
  const server = configOf('').servers[0];
  const of = (method: string, value: string) =>
    maxForwards(method, ['Max-Forwards', value], server);
  expect(of('GET', '10')).toEqual({ local: false, value: '9' });
  expect(of('OPTIONS', '0')).toEqual({ local: true });
  expect(of('TRACE', '0')).toEqual({ local: true });
  for (const bad of ['0', 'x', '-1', '1.5', '']) expect(of('GET', bad)).toEqual({ status: 400 });
  expect(maxForwards('GET', [], server)).toEqual({ local: false, value: null });
  expect(maxForwards('GET', [], configOf('ProxyMaxForwards 3').servers[0])).toEqual({
    local: false,
    value: '3',
  });
});

// Spec: httpd 10.4.
test.each([
  ['/c/ balancer://c/', 'http://h:81/app/foo', 'http://o/c//foo'],
  ['/c balancer://c', 'HTTP://H:81/app/foo', 'http://o/c/foo'],
  ['/ balancer://c', 'http://h:81/app/foo', 'http://o/foo'],
  ['/x balancer://c/in', 'http://h:81/app/in/foo', 'http://o/x/foo'],
  ['/x http://h:81/app', 'http://h:81/apple', 'http://o/xle'],
  ['/x /app', 'http://anywhere/app/y', 'http://o/x/y'],
  ['/x /app', '/app/y', 'http://o/x/y'],
  ['https://front/ http://h:81/', 'http://h:81/y', 'https://front/y'],
  ['/x http://other/', 'http://h:81/app', 'http://h:81/app'],
])('ProxyPassReverse %s makes of %s %s', (line, location, expected) => {
  const config = configOf(`${balancer}ProxyPassReverse ${line}`);
  expect(reverseLocation(location, config.servers[0].reverse, config, () => 'http://o')).toBe(
    expected,
  );
});

test.each([
  ['a=1; path=/app/x; secure', 'a=1; path=/front; secure'],
  ['a=1; Path=/app;Domain=.IN.test', 'a=1; Path=/front;Domain=.out.test'],
  ['a=1; path=/app; path=/no', 'a=1; path=/app; path=/no'],
  ['a=1; path="/app"', 'a=1; path="/app"'],
  ['a=1; path = /app', 'a=1; path = /app'],
])('cookie %s becomes %s', (cookie, expected) => {
  const { servers } = configOf(
    'ProxyPassReverseCookiePath /app /front\nProxyPassReverseCookieDomain .in.test .out.test',
  );
  const { reverseCookiePath, reverseCookieDomain } = servers[0];
  expect(reverseCookie(cookie, reverseCookiePath, reverseCookieDomain)).toBe(expected);
});

test('dates become RFC 1123, other text stays', () => {
  const date = 'Sun, 06 Nov 1994 08:49:37 GMT';
  expect(canonicalDate('Sunday, 06-Nov-94 08:49:37 GMT')).toBe(date);
  expect(canonicalDate('Sun Nov  6 08:49:37 1994')).toBe(date);
  expect(canonicalDate('Sun, 6 Nov 1994 08:49:37 GMT')).toBe(date);
  for (const text of ['0', 'soon', 'Sun, 31 Nov 1994 08:49:37 GMT'])
    expect(canonicalDate(text)).toBe(text);
});
