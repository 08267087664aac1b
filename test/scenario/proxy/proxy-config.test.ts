/** Every file of wrong/ opens with the problems it must give, as in ../wrong. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { ProxyConfig } from '../../../src/config/config.ts';
import { loadScenario } from '../../../src/scenario/parse.ts';
import { proxyConfigOf } from '../../../src/scenario/proxy-config.ts';
import type { WorkerSpec } from '../../../src/scenario/scenario.ts';
import { problemsOf, yamlFiles } from '../problems.ts';

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const read = (name: string) => proxyConfigOf(pathOf(`good/${name}.yaml`));
/** Without places: `written` becomes its keys. */
const plain = (value: unknown) =>
  JSON.parse(
    JSON.stringify(value, (key, part) => {
      if (key === 'place') return undefined;
      return key === 'written' ? Object.keys(part).sort().join(' ') : part;
    }),
  );

describe('wrong', () => {
  const folder = new URL('wrong/', import.meta.url);
  test.each(yamlFiles(folder))('%s', (name) => {
    const path = pathOf(`wrong/${name}`);
    const expected = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('# '))
      .map((line) => line.slice(2));
    const found = problemsOf(() => proxyConfigOf(path)).map(
      ({ code, line, column, message }) => `${code} ${line}:${column} ${message}`,
    );
    expect(expected).not.toEqual([]);
    expect(found).toEqual(expected);
  });
});

test('what is left out has the defaults of httpd', () => {
  const config = read('smallest');

  expect(config.file).toBe(pathOf('good/smallest.yaml'));
  expect(plain(config.listen)).toEqual([{ host: '127.0.0.1', port: 8080 }]);
  expect(plain(config.servers)).toMatchObject([
    {
      addresses: [],
      serverName: null,
      timeoutNs: 60e9,
      keepAliveTimeoutNs: 5e9,
      maxKeepAliveRequests: 100,
      mappings: [{ path: '/', target: { kind: 'balancer', balancer: 0, path: '/' } }],
      sections: [],
    },
  ]);
  expect(plain(config.balancers)).toEqual([
    {
      name: 'balancer',
      written: 'workers',
      lbmethod: { name: 'byrequests', file: null },
      sticky: null,
      nofailover: false,
      timeoutSeconds: 0,
      maxattempts: null,
      failonstatus: [],
      failontimeout: false,
      forcerecovery: true,
      growth: 0,
      nonce: null,
      persist: false,
      workers: [
        {
          name: 'http://10.0.0.1:8080',
          url: { scheme: 'http', host: '10.0.0.1', port: 8080, path: '', socket: null },
          host: '10.0.0.1',
          written: 'url',
          loadfactor: 1,
          lbset: 0,
          route: '',
          redirect: '',
          status: '',
          retrySeconds: 60,
          max: 0,
          acquireNs: null,
          timeoutNs: 60e9,
          timeoutSeconds: null,
          disablereuse: false,
          connectiontimeoutNs: null,
          pingNs: null,
          min: 0,
          smax: null,
          ttlSeconds: null,
          keepalive: false,
          addressttlSeconds: -1,
          responsefieldsize: 8192,
          upgrade: '',
          health: null,
        },
      ],
    },
  ]);
});

test('who the client is, and TLS towards workers', () => {
  const { servers, balancers, connectionsPerClient } = read('told');
  expect(connectionsPerClient).toBe(50);
  const told = {
    header: 'X-Forwarded-For',
    proxiesHeader: 'X-Proxies',
    proxies: [
      { trust: 'internal', networks: ['10.0.0.0/8', '::1'] },
      { trust: 'trusted', networks: ['192.0.2.0/24'] },
    ],
  };
  expect(servers.map(({ remoteIp }) => remoteIp)).toEqual(servers.map(() => told));
  expect(servers.length).toBe(3);
  const [secure, plain] = balancers[0]!.workers;
  expect(secure).toMatchObject({ proxyProtocol: 'v2', disablereuse: true });
  expect(plain).toMatchObject({ proxyProtocol: 'v1', disablereuse: true });
  expect(plain).not.toHaveProperty('tls');
  const { ciphers, ...tls } = secure!.tls!;
  expect(tls).toEqual({
    verify: false,
    verifyDepth: 2,
    ca: null,
    checkName: false,
    checkExpire: false,
    versions: ['TLSv1.2', 'TLSv1.3'],
    pairs: [],
  });
  expect(ciphers).toMatch(/^TLS_AES_256_GCM_SHA384:ECDHE\+AESGCM:!aNULL/);
});

describe('everything', () => {
  const config: ProxyConfig = read('everything');
  const [main, first, named] = config.servers;

  test('every parameter of a member arrives', () => {
    const [one, two] = config.balancers[0]!.workers;
    expect(plain(one)).toMatchObject({
      name: 'http://node1.example.com/app',
      url: { host: 'node1.example.com', port: 80, path: '/app' },
      route: 'n1',
      loadfactor: 1.5,
      status: 'H',
      timeoutSeconds: 2.5,
      timeoutNs: 2.5e9,
      connectiontimeoutNs: 500e6,
      pingNs: 1e9,
      min: 1,
      max: 20,
      smax: 5,
      ttlSeconds: 60,
      keepalive: true,
      upgrade: 'WebSocket',
      addressttlSeconds: 30,
    });
    expect(two).toMatchObject({ name: 'http://[::1]:8080', host: '::1', addressttlSeconds: -1 });
  });

  test('values are placed where they stand', () => {
    const [one] = config.balancers[0]!.workers;
    const { line, column, source } = one!.written['loadfactor']!;
    expect(source?.slice(column - 1)).toBe('1.5');
    expect(readFileSync(config.file, 'utf8').split('\n')[line - 1]).toBe(source);
    expect(one!.place.line).toBe(line - 2);
    expect(config.balancers[0]!.place.source).toBe('  Shop:');
  });

  test('listens on addresses, on every address, and on IPv6', () => {
    expect(config.listen.map(({ host, port }) => `${host} ${port}`)).toEqual([
      '127.0.0.1 8080',
      'null 8081',
      '::1 8082',
    ]);
  });

  test('a host has its own routes and those without a host, in order; the first vhost has the latter', () => {
    const targets = (server = main) =>
      server.mappings.map(({ path, target }) =>
        target.kind === 'balancer' ? `${path} ${target.balancer} ${target.path}` : `${path} !`,
      );
    expect(targets()).toEqual(['/balancer-manager !', '/app 0 /app', '/ 0 /']);
    expect(targets(first)).toEqual(targets());
    expect(targets(named)).toEqual(['/balancer-manager !', '/app 0 /app', '/ 1 /', '/ 0 /']);
    expect(config.servers.map(({ serverName }) => serverName?.host)).toEqual([
      undefined,
      undefined,
      'static.example.com',
    ]);
    expect(first?.addresses).toEqual([{ host: '*', port: 0 }]);
    expect(named?.addresses).toEqual(first?.addresses);
  });

  test('the manager is a Location of every server with its Require lines', () => {
    for (const { sections } of config.servers) {
      expect(plain(sections.find(({ kind }) => kind === 'location'))).toMatchObject({
        path: '/balancer-manager',
        handler: 'balancer-manager',
        require: [
          {
            kind: 'every',
            of: [
              { kind: 'host', names: ['evil.example.com'], negated: true },
              {
                kind: 'any',
                of: [
                  { kind: 'ip', networks: ['127.0.0.1', '10.0.0.0/8'], negated: false },
                  { kind: 'all', granted: false, negated: false },
                ],
                negated: false,
              },
            ],
            negated: false,
          },
        ],
        auth: null,
      });
    }
  });

  test('setcookie is the recipe of httpd, for the balancer that has it', () => {
    const [cookie, ...others] = main.sections.filter(({ kind }) => kind === 'proxy');
    expect(others).toEqual([]);
    expect(plain(cookie)).toMatchObject({
      path: 'balancer://shop/',
      headers: [
        {
          action: 'add',
          name: 'Set-Cookie',
          value: 'ROUTEID=.%{BALANCER_WORKER_ROUTE}e; path=/',
          env: { name: 'BALANCER_ROUTE_CHANGED', negated: false },
          always: false,
        },
      ],
    });
  });

  test("backends' own URLs become the proxy's", () => {
    expect(plain(named?.reverse)).toEqual([
      { fake: '/', real: 'balancer://shop/' },
      { fake: '/', real: 'balancer://static/' },
    ]);
    expect(plain(main.reverse)).toEqual([{ fake: '/', real: 'balancer://shop/' }]);
  });
});

/** What both worlds need of a member. */
const memberOf = ({ name, backend, connectTimeoutNs, smax, ttlNs, health, ...spec }: WorkerSpec) =>
  spec;

test('health checks of a YAML file', () => {
  const { workers } = proxyConfigOf(pathOf('good/checked.yaml')).balancers[0]!;
  expect(workers.map(({ health }) => health?.method ?? null)).toEqual(['GET', null]);
  expect(workers[0]?.health).toEqual({
    method: 'GET',
    intervalNs: 5e9,
    passes: 2,
    fails: 3,
    consecutive: false,
    uri: '/up',
    expr: '',
    condition: null,
  });
  expect([workers[0]?.hcpasses, workers[0]?.hcfails]).toEqual([2, 3]);
});

test('its templates and expressions, which the manager knows, too', () => {
  const { balancers, servers } = proxyConfigOf(pathOf('good/templates.yaml'));
  const body = { kind: 'call', name: 'hc', argument: { kind: 'text', text: 'body' } };
  const condition = { kind: 'match', operand: body, regex: 'OK' };
  const checks = {
    intervalNs: 1e9,
    fails: 2,
    consecutive: false,
    uri: '',
    expr: 'Fine',
    condition,
  };
  expect(balancers[0]!.workers.map(({ health }) => health)).toEqual([
    { ...checks, method: 'GET', passes: 1 },
    { ...checks, method: 'GET11', passes: 4 },
    { ...checks, method: 'TCP', passes: 1, fails: 1, expr: '', condition: null, intervalNs: 30e9 },
  ]);
  expect(balancers[0]!.workers[1]!.hcpasses).toBe(4);
  expect(servers[0].healthExpressions).toEqual([
    { name: 'fine', text: "hc('body') =~ /OK/", expression: condition },
  ]);
});

test('one file for both worlds', () => {
  const path = pathOf('good/both.yaml');
  const { balancer, backends } = loadScenario(path);
  const proxied = proxyConfigOf(path).balancers[0]!;

  expect(balancer.workers.map(({ name }) => name)).toEqual(['n1', 'n2', 'spare']);
  expect(balancer.workers.map(({ backend }) => backends[backend]?.name)).toEqual([
    'n1',
    '10.0.0.2',
    'small',
  ]);
  expect(balancer.workers.map(memberOf)).toEqual(
    proxied.workers.map((worker) => {
      const { loadfactor, lbset, route, redirect, status, retrySeconds, max, acquireNs } = worker;
      const { timeoutNs, disablereuse, host } = worker;
      const counts = { retrySeconds, max, acquireNs, timeoutNs, disablereuse, host };
      return { loadfactor, lbset, route, redirect, status, ...counts };
    }),
  );
  expect(balancer.sticky).toEqual(proxied.sticky);
});

test('logs and the admin listener', () => {
  const { listen, servers, errorLog } = read('watched');
  const require = [
    { kind: 'local', negated: false },
    { kind: 'ip', networks: ['10.0.0.0/8'], negated: false },
  ];
  expect(plain(listen)[1]).toEqual({ host: '0.0.0.0', port: 9480, admin: { require, auth: null } });
  const log = { file: pathOf('good/logs/access.json'), format: null, env: null };
  expect(
    plain(servers).map((server: typeof log & { accessLogs: unknown }) => server.accessLogs),
  ).toEqual(servers.map(() => [log]));
  expect(plain(errorLog)).toEqual({
    file: { path: '/var/log/fairlead.log' },
    level: 'info',
    levels: {},
  });
});

test('routes by header and cookie stand in their order, for each host that they are for', () => {
  const { servers } = read('content');
  const beta = {
    path: '/',
    target: { kind: 'balancer', balancer: 1, path: '/' },
    conditions: {
      headers: [
        { name: 'X-Beta', value: '1' },
        { name: 'X-Team', value: '' },
      ],
      cookies: [],
    },
  };
  const lab = {
    path: '/',
    target: { kind: 'balancer', balancer: 1, path: '/' },
    conditions: { headers: [], cookies: [{ name: 'lab', value: 'b' }] },
  };
  const rest = { path: '/', target: { kind: 'balancer', balancer: 0, path: '/' } };
  expect(servers[0].mappings).toMatchObject([beta, rest]);
  expect(servers[0].mappings[1]).not.toHaveProperty('conditions');
  expect(servers.at(-1)).toMatchObject({
    serverName: { host: 'www.example.com' },
    mappings: [beta, lab, rest],
  });
});

test('connections are handed on by the URLs of workers, in both worlds', () => {
  const path = pathOf('good/connections.yaml');
  const { listen, servers, balancers } = proxyConfigOf(path);
  expect(plain(listen)).toEqual([
    {
      host: null,
      port: 5432,
      tcp: { balancer: 'postgres', proxyProtocol: { from: ['10.0.0.0/8'], exceptions: [] } },
    },
  ]);
  expect(servers).toMatchObject([{ mappings: [] }]);
  const [plainly, slow] = balancers[0]!.workers;
  expect(plainly).toMatchObject({
    name: 'tcp://10.0.0.1:5432',
    connectiontimeoutNs: 5e9,
    timeoutNs: 3600e9,
    timeoutSeconds: 3600,
  });
  expect(slow).toMatchObject({
    name: 'tcp://localhost:5432',
    url: { socket: '/run/postgresql/.s.PGSQL.5432' },
    connectiontimeoutNs: 1e9,
    timeoutSeconds: 600,
  });
  const { balancer } = loadScenario(path);
  expect(balancer.mode).toBe('tcp');
  expect(balancer.workers).toMatchObject([
    { connectTimeoutNs: 5e9, timeoutNs: 3600e9 },
    { connectTimeoutNs: 1e9, timeoutNs: 600e9 },
  ]);
});
