/** What every form of the directives leads to (spec: httpd 9.1). */
import { describe, expect, it } from 'vitest';
import type { Mapping, SectionConf, ServerConf } from '../../src/config/config.ts';
import { balancer, conf, problemsOf, warningsOf } from './conf.ts';

const main = (text: string): ServerConf => conf(text).servers[0];
const mapping = (text: string): Mapping => main(text).mappings[0]!;
const section = (lines: string, head = 'Location /x', name = 'Location'): SectionConf =>
  main(`<${head}>\n${lines}\n</${name}>`).sections[0]!;

describe('balancers', () => {
  it.each([
    ['<Proxy balancer://C/x>\nBalancerMember http://a\n</Proxy>'],
    ['<Proxy "BALANCER://c">\nBalancerMember http://a\n</Proxy>'],
    ['BalancerMember balancer://c http://a'],
    ['BalancerMember lbset=0 balancer://c lbset=1 http://a lbset=0'],
    ['<ProxyMatch balancer://c>\nBalancerMember http://a\n</ProxyMatch>'],
  ])('%s', (text) => {
    expect(balancer(text)).toMatchObject({ name: 'c', workers: [{ name: 'http://a', lbset: 0 }] });
  });

  it('take parameters from the section line, ProxySet and ProxyPass, in httpd’s order', () => {
    const text = `<Proxy balancer://c timeout=3>
ProxySet timeout=1 maxattempts=1
BalancerMember http://a
</Proxy>
ProxySet balancer://C/x maxattempts=2
ProxyPass / balancer://c/ nofailover=On`;
    expect(balancer(text)).toMatchObject({ timeoutSeconds: 3, maxattempts: 2, nofailover: true });
    expect(balancer(text).written).toMatchObject({
      timeout: { line: 1, column: 29 },
      maxattempts: { line: 5, column: 37 },
      nofailover: { line: 6, column: 38 },
    });
  });

  it('exist as soon as something is mapped to them', () => {
    const { balancers, servers } = conf('ProxyPass / balancer://later/x');
    expect(balancers).toMatchObject([{ name: 'later', workers: [] }]);
    expect(servers[0].mappings[0]!.target).toEqual({ kind: 'balancer', balancer: 0, path: '/x' });
  });

  it('do not exist for a section without members and parameters', () => {
    const { balancers, servers } = conf('<Proxy balancer://c>\nRequire local\n</Proxy>');
    expect(balancers).toEqual([]);
    expect(servers[0].sections).toMatchObject([
      { kind: 'proxy', path: 'balancer://c', regex: false },
    ]);
  });
});

describe('ProxyPass', () => {
  it.each<readonly [string, Partial<Mapping>]>([
    ['ProxyPass /x !', { path: '/x', regex: false, target: { kind: 'none' } }],
    ['ProxyPass /x http://h/y', { path: '/x', target: { kind: 'worker', worker: 0, path: '' } }],
    ['ProxyPass /x http://h nocanon NoQuery interpolate', { nocanon: true, noquery: true }],
    ['ProxyPass ~ ^/x(.*) http://h/$1', { path: '^/x([^]*)', regex: true, substitution: '/$1' }],
    ['ProxyPassMatch ^/x http://h/y', { path: '^/x', regex: true, substitution: null }],
    ['ProxyPassMatch ^(/x/.*)$ http://h$1', { path: '^(/x/[^]*)$', substitution: '$1' }],
    [
      'ProxyPassMatch ^/x(.*) balancer://c/y$1?z',
      { target: { kind: 'balancer', balancer: 0, path: '' }, substitution: '/y$1?z' },
    ],
    ['ProxyPassMatch (?i)^/ab http://h', { path: '^/[Aa][Bb]' }],
  ])('%s', (text, wanted) => {
    expect(mapping(text)).toMatchObject(wanted);
  });

  it('makes a worker that ignores errors', () => {
    expect(conf('ProxyPass / http://h/y retry=5 status=+H').workers).toMatchObject([
      { name: 'http://h/y', status: 'HI', retrySeconds: 5, url: { path: '/y' } },
    ]);
  });

  it('shares a worker whose URL it begins with, and says that its parameters are ignored', () => {
    const text = 'ProxyPass /a http://h/a\nProxyPass /b http://h/ab/c bogus=1';
    const { workers, servers } = conf(text);
    expect(workers).toHaveLength(1);
    expect(servers[0].mappings[1]!.target).toEqual({ kind: 'worker', worker: 0, path: 'b/c' });
    expect(warningsOf(text)[0]).toContain('its parameters are ignored: bogus=1.');
  });

  it.each([
    ['ProxyPass / balancer://c', 1],
    ['ProxyPass /a/ http://h', 1],
    ['ProxyPass / balancer://c/', 0],
    ['ProxyPass /a balancer://c', 0],
    ['ProxyPass /a/ http://h/b', 0],
    ['ProxyPass / !', 0],
  ])('%s: warns of names that grow (%i)', (text, count) => {
    expect(warningsOf(text).filter((message) => message.includes('appended as text'))).toHaveLength(
      count,
    );
  });

  it('in a Location has its path, and the last one counts', () => {
    expect(section('ProxyPass http://a\nProxyPass http://b').mapping).toMatchObject({
      path: '/x',
      regex: false,
      target: { kind: 'worker', worker: 1, path: '' },
    });
  });

  it('in a LocationMatch is compared letter by letter, as httpd does, with a warning', () => {
    const text = '<LocationMatch ^/x>\nProxyPass http://a\n</LocationMatch>';
    expect(main(text).sections[0]!.mapping).toMatchObject({ path: '^/x', regex: false });
    expect(warningsOf(text)[0]).toContain('write ProxyPassMatch');
  });

  it('ProxyPassMatch in a LocationMatch has its pattern', () => {
    const made = section('ProxyPassMatch http://h$1', 'LocationMatch ^/k(.*)$', 'LocationMatch');
    expect(made).toMatchObject({ path: '^/k([^]*)$', regex: true });
    expect(made.mapping).toMatchObject({ path: '^/k([^]*)$', regex: true, substitution: '$1' });
  });
});

describe('ProxyPassReverse and cookies', () => {
  it('at server level', () => {
    expect(
      main(
        'ProxyPassReverse /x http://h/\nProxyPassReverseCookieDomain in.example out.example\nProxyPassReverseCookiePath /in /out',
      ),
    ).toMatchObject({
      reverse: [{ fake: '/x', real: 'http://h/' }],
      reverseCookieDomain: [{ real: 'in.example', fake: 'out.example' }],
      reverseCookiePath: [{ real: '/in', fake: '/out' }],
    });
  });

  it('in a Location', () => {
    expect(section('ProxyPassReverse balancer://c').reverse).toMatchObject([
      { fake: '/x', real: 'balancer://c' },
    ]);
  });
});

describe('sections', () => {
  it.each([
    ['Location /a', 'Location', { path: '/a', regex: false }],
    ['Location "~" ^/a', 'Location', { path: '^/a', regex: true }],
    ['Location /a*/b?', 'Location', { path: '^/a[^/]*/b[^/]$', regex: true }],
    ['LocationMatch ^/a', 'LocationMatch', { path: '^/a', regex: true }],
    ['Proxy *', 'Proxy', { path: '^.*$', regex: true, kind: 'proxy' }],
    ['Proxy http://h/', 'Proxy', { path: 'http://h/', regex: false, kind: 'proxy' }],
    ['ProxyMatch ^http', 'ProxyMatch', { path: '^http', regex: true, kind: 'proxy' }],
  ])('<%s>', (head, name, wanted) => {
    expect(section('Require local', head, name)).toMatchObject(wanted);
  });

  it('that never apply to what is proxied are read and listed', () => {
    const { ignored, servers } = conf(
      '<Directory />\nAllowOverride None\nRequire valid-user\n<LimitExcept GET>\n</LimitExcept>\n</Directory>\n<FilesMatch "^\\.ht">\nRequire all denied\n</FilesMatch>',
    );
    expect(ignored.map(({ directive }) => directive)).toEqual([
      '<Directory>',
      'AllowOverride',
      '<FilesMatch>',
    ]);
    expect(servers[0].require).toBeNull();
  });
});

describe('headers and variables', () => {
  it.each([
    ['Header set X y', { action: 'set', name: 'X', value: 'y', env: null, always: false }],
    [
      'Header always add X: "a b" env=V',
      { name: 'X', value: 'a b', always: true, env: { name: 'V', negated: false } },
    ],
    [
      'Header onsuccess merge X y env=!V',
      { action: 'merge', always: false, env: { negated: true } },
    ],
    ['Header unset X', { action: 'unset', value: '', replacement: null }],
    ['Header edit X a.b c$0', { action: 'edit', value: 'a[^]b', replacement: 'c$0' }],
    ['Header EDIT* X a b env=V', { action: 'edit*', replacement: 'b' }],
    ['Header setifempty X %{V}e%%%t%D', { action: 'setifempty', value: '%{V}e%%%t%D' }],
    ['Header append X y', { action: 'append' }],
    ['Header echo ^X-', { action: 'echo', name: '^X-' }],
    ['Header note X n', { action: 'note', value: 'n' }],
  ])('%s', (text, wanted) => {
    expect(main(text).headers).toMatchObject([wanted]);
  });

  it('RequestHeader', () => {
    expect(main('RequestHeader set X y').requestHeaders).toMatchObject([
      { action: 'set', name: 'X', value: 'y' },
    ]);
  });

  it.each([
    ['SetEnv A', [{ name: 'A', value: '', when: null }]],
    ['SetEnv A b', [{ name: 'A', value: 'b', when: null }]],
    [
      'UnsetEnv A B',
      [
        { name: 'A', value: null },
        { name: 'B', value: null },
      ],
    ],
    [
      'SetEnvIf request_uri ^/x A !B C=d',
      [
        {
          name: 'A',
          value: '1',
          when: { attribute: 'Request_URI', regex: '^/x', ignoreCase: false },
        },
        { name: 'B', value: null },
        { name: 'C', value: 'd' },
      ],
    ],
    ['SetEnvIfNoCase X-Y z A', [{ when: { attribute: 'X-Y', ignoreCase: true } }]],
    ['BrowserMatch MSIE nokeepalive', [{ name: 'nokeepalive', when: { attribute: 'User-Agent' } }]],
  ])('%s', (text, wanted) => {
    expect(main(text).env).toMatchObject(wanted);
  });
});

describe('access and handlers', () => {
  it.each([
    ['Require all granted', [{ kind: 'all', granted: true, negated: false }]],
    ['Require all DENIED', [{ kind: 'all', granted: false, negated: false }]],
    [
      'Require ip 10.1 ::1\nRequire local',
      [{ kind: 'ip', networks: ['10.1', '::1'] }, { kind: 'local' }],
    ],
    ['Require host a.example .b', [{ kind: 'host', names: ['a.example', '.b'] }]],
    ['<RequireAny>\nRequire local\n</RequireAny>', [{ kind: 'any', of: [{ kind: 'local' }] }]],
    [
      '<RequireAll>\nRequire local\n<RequireNone>\nRequire ip 10\n</RequireNone>\n</RequireAll>',
      [
        {
          kind: 'every',
          of: [
            { kind: 'local', negated: false },
            { kind: 'any', of: [{ kind: 'ip' }], negated: true },
          ],
          negated: false,
        },
      ],
    ],
    ['Order allow,deny\nAllow from all', [{ kind: 'all', granted: true, negated: false }]],
    ['Order deny,allow', [{ kind: 'all', granted: true, negated: false }]],
    ['Order allow,deny', [{ kind: 'all', granted: false, negated: false }]],
    ['Order deny,allow\nDeny from all', [{ kind: 'all', granted: false, negated: false }]],
    ['Order deny,allow\nDeny from all\nAllow from 10.1', [{ kind: 'ip', networks: ['10.1'] }]],
    [
      'Order Allow,Deny\nAllow from 10 a.example',
      [{ kind: 'ip' }, { kind: 'host', names: ['a.example'] }],
    ],
  ])('%s', (lines, wanted) => {
    expect(section(lines).require).toMatchObject(wanted);
  });

  it('Order, Allow and Deny beside Require: fine only where they let everyone through', () => {
    const both = (lines: string) =>
      `<Proxy *>\n${lines}\n</Proxy>\n<Location />\nRequire ip 10\n</Location>`;
    const [proxy, location] = main(both('Order allow,deny\nAllow from all')).sections;
    expect(proxy!.require).toBeNull();
    expect(location!.require).toMatchObject([{ kind: 'ip' }]);
    expect(problemsOf(both('Order allow,deny\nAllow from 10'))).toMatchObject([
      { line: 2, column: 1, code: 'NOT_SUPPORTED' },
    ]);
  });

  it('SetHandler', () => {
    expect(section('SetHandler Balancer-Manager').handler).toBe('balancer-manager');
    expect(section('SetHandler None').handler).toBe('none');
    expect(section('Require local').handler).toBeNull();
  });
});

describe('servers', () => {
  it('have httpd’s defaults', () => {
    expect(main('Listen 80')).toMatchObject({
      addresses: [],
      serverName: null,
      aliases: [],
      timeoutNs: 60e9,
      proxyTimeoutNs: null,
      keepAlive: true,
      keepAliveTimeoutNs: 5e9,
      maxKeepAliveRequests: 100,
      limits: { line: 8190, fieldSize: 8190, fields: 100 },
      proxyVia: 'off',
      proxyMaxForwards: -1,
      useCanonicalName: false,
      allowEncodedSlashes: 'off',
      mergeSlashes: true,
      traceEnable: true,
      preserveHost: null,
      errorOverride: null,
      requestBodyLimit: null,
    });
  });

  it.each<readonly [string, Partial<ServerConf>]>([
    ['ServerName example.test', { serverName: { scheme: null, host: 'example.test', port: null } }],
    [
      'ServerName https://e.test:8443',
      { serverName: { scheme: 'https', host: 'e.test', port: 8443 } },
    ],
    ['Timeout 5', { timeoutNs: 5e9 }],
    ['ProxyTimeout 5', { proxyTimeoutNs: 5e9 }],
    ['KeepAlive Off', { keepAlive: false }],
    ['KeepAliveTimeout 250ms', { keepAliveTimeoutNs: 250e6 }],
    ['MaxKeepAliveRequests 0', { maxKeepAliveRequests: 0 }],
    ['LimitRequestLine 100', { limits: { line: 100, fieldSize: 8190, fields: 100 } }],
    ['LimitRequestFieldsize 100', { limits: { line: 8190, fieldSize: 100, fields: 100 } }],
    ['LimitRequestFields 0', { limits: { line: 8190, fieldSize: 8190, fields: 0 } }],
    ['LimitRequestBody 10', { requestBodyLimit: 10 }],
    ['ProxyVia Full', { proxyVia: 'full' }],
    ['ProxyMaxForwards 3', { proxyMaxForwards: 3 }],
    ['UseCanonicalName On', { useCanonicalName: true }],
    ['AllowEncodedSlashes NoDecode', { allowEncodedSlashes: 'nodecode' }],
    ['MergeSlashes Off', { mergeSlashes: false }],
    ['TraceEnable Off', { traceEnable: false }],
    ['ProxyPreserveHost On', { preserveHost: true }],
    ['ProxyAddHeaders Off', { addHeaders: false }],
    ['Proxy100Continue Off', { proxy100Continue: false }],
    ['ProxyErrorOverride On', { errorOverride: { on: true, codes: [] } }],
    ['ProxyErrorOverride On 503 404', { errorOverride: { on: true, codes: [404, 503] } }],
    ['ProxyErrorOverride Off', { errorOverride: { on: false, codes: [] } }],
  ])('%s', (text, wanted) => {
    expect(main(text)).toMatchObject(wanted);
  });

  it.each([
    ['Listen 80', { host: null, port: 80 }],
    ['Listen *:80 http', { host: null, port: 80 }],
    ['Listen 127.0.0.1:80', { host: '127.0.0.1', port: 80 }],
    ['Listen [::1]:80', { host: '::1', port: 80 }],
    ['Listen localhost:80', { host: 'localhost', port: 80 }],
  ])('%s', (text, wanted) => {
    expect(conf(text).listen).toMatchObject([wanted]);
  });

  it('a member has the ProxyTimeout that is written before it, else the main server’s', () => {
    const { balancers } = conf(
      'BalancerMember balancer://c http://a\nProxyTimeout 7\nBalancerMember balancer://c http://b\nTimeout 9\nProxyTimeout 8',
    );
    const [a, b] = balancers[0]!.workers;
    expect(a).toMatchObject({ timeoutSeconds: null, timeoutNs: 8e9 });
    expect(b).toMatchObject({ timeoutSeconds: 7, timeoutNs: 7e9 });
  });
});

describe('what does not concern balancing', () => {
  it('is listed by name, with every place', () => {
    const { ignored } = conf('ServerAdmin a\npidfile x\nServerAdmin b\nStartServers 2');
    expect(
      ignored.map(({ directive, places }) => [directive, places.map(({ line }) => line)]),
    ).toEqual([
      ['ServerAdmin', [1, 3]],
      ['PidFile', [2]],
      ['StartServers', [4]],
    ]);
  });

  it('switched off is fine', () => {
    const off = [
      'ProxyRequests',
      'RewriteEngine',
      'SSLEngine',
      'ExpiresActive',
      'AddDefaultCharset',
    ];
    expect(problemsOf(off.map((name) => `${name} Off`).join('\n'))).toEqual([]);
  });

  it('is left out with one warning: languages, compression', () => {
    expect(
      warningsOf('AddLanguage de .de\nAddLanguage fr .fr\nAddOutputFilterByType DEFLATE text/html'),
    ).toEqual([
      'AddLanguage has no effect in this version: answers have the Content-Language that the backend gave them.',
      'AddOutputFilterByType has no effect in this version: answers have the coding that the backend gave them.',
    ]);
    expect(problemsOf('AddOutputFilterByType DEFLATE;SUBSTITUTE text/html')).toMatchObject([
      { line: 1, column: 23, code: 'NOT_SUPPORTED' },
    ]);
  });

  it('reads heartbeats where a balancer or a listener needs them', () => {
    const balancer = '<Proxy balancer://c>\nProxySet lbmethod=heartbeat\n</Proxy>';
    const listen = 'ServerRoot /srv\nHeartbeatListen 239.0.0.1:27999\nHeartbeatMaxServers 20';
    const heartbeat = (text: string) => conf(text).heartbeat;
    expect(heartbeat(listen)).toMatchObject({
      listen: { host: '239.0.0.1', port: 27999 },
      maxServers: 20,
      storage: '/srv/hb.dat',
    });
    expect(heartbeat(`HeartbeatStorage /run/hb\n${balancer}`)).toEqual({
      listen: null,
      maxServers: 10,
      storage: '/run/hb',
    });
    expect(heartbeat('HeartbeatStorage /run/hb')).toBeUndefined();
    expect(warningsOf('HeartbeatAddress 239.0.0.1:27999')).toHaveLength(1);
  });

  it.each([
    ['Proxy balancer://shop', 'balancer://Shop/ of line 7'],
    ['ProxyMatch ^balancer://shop/', 'balancer://Shop/ of line 7'],
    ['Proxy "balancer://s*"', 'balancer://Shop/ of line 7'],
  ])('<%s> that misses a ProxyPass by a capital is told of', (section, says) => {
    const text = (lines: string) =>
      `<Proxy balancer://Shop>\nBalancerMember http://h\n</Proxy>\n<${section}>\n${lines}\n</${section.split(' ')[0]}>\nProxyPass / balancer://Shop/`;
    expect(warningsOf(text('Require ip 10'))).toEqual([expect.stringContaining(says)]);
    expect(warningsOf(text('Require ip 10').replace('Shop/', 'shop/'))).toEqual([]);
    expect(warningsOf(text(''))).toEqual([]);
  });

  it('persistence is that of the server where the balancer stands', () => {
    const { balancers } = conf(`BalancerPersist On
<Proxy balancer://main>
  BalancerMember http://a
</Proxy>
<VirtualHost *:80>
  <Proxy balancer://own>
    BalancerMember http://b
  </Proxy>
</VirtualHost>`);
    expect(balancers.map(({ name, persist }) => [name, persist])).toEqual([
      ['main', true],
      ['own', false],
    ]);
    expect(warningsOf('BalancerPersist On')).toEqual([]);
    const virtual = (more: string) =>
      `BalancerPersist On\n<VirtualHost *:80>\n${more}<Proxy balancer://own>\nBalancerMember http://b\n</Proxy>\n</VirtualHost>`;
    expect(warningsOf(virtual(''))).toEqual([expect.stringContaining('forgets its state')]);
    expect(warningsOf(virtual('BalancerPersist On\n'))).toEqual([]);
    expect(warningsOf(virtual('BalancerPersist Off\n'))).toEqual([]);
  });

  it('connections of a client', () => {
    expect(conf('QS_SrvMaxConnPerIP 50').connectionsPerClient).toBe(50);
    expect(conf('Timeout 5').connectionsPerClient).toBeUndefined();
    expect(problemsOf('QS_SrvMaxConnPerIP many')[0]?.message).toContain(
      'expected connections, 0 for any',
    );
    expect(problemsOf('QS_SrvMaxConnPerIP 50 100')[0]?.message).toContain(
      'is not supported yet; leave it out',
    );
  });

  it('how long requests may take at the end', () => {
    expect(conf('GracefulShutdownTimeout 5').gracefulShutdownNs).toBe(5e9);
    expect(conf('GracefulShutdownTimeout 0').gracefulShutdownNs).toBe(0);
    expect(conf('Timeout 5').gracefulShutdownNs).toBeUndefined();
  });
});
