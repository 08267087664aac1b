import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { loadScenario, parseScenario } from '../../src/scenario/parse.ts';
import { workerNames } from '../../src/scenario/worker-names.ts';

const here = fileURLToPath(new URL('x.yaml', import.meta.url));
const clients = 'clients: [ { name: c, arrival: { poisson: 10/s } } ]';
const parse = (balancer: string, more: string, file = here) =>
  parseScenario(`run: { duration: 1m }\nbalancer: ${balancer}\n${clients}\n${more}\n`, file);
const one = 'backends: { app: { service: 20ms } }';
const shop = '{ httpd: data/two.conf, name: shop }';

test('modifiers may stand beside httpd, which lacks them', () => {
  const { balancer } = parse(
    '{ httpd: data/two.conf, name: shop, modifiers: { panic: 50% } }',
    one,
  );
  expect(balancer.modifiers).toEqual({ panic: 0.5 });
  expect(balancer.lbmethod.name).toBe('bybusyness');
});

test('checks that look at more than a status are refused where the httpd.conf asks for them', () => {
  const conf = (expression: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-checked-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(
      join(folder, 'x.conf'),
      `ProxyHCExpr mine {${expression}}\n<Proxy balancer://b>\nBalancerMember http://a hcmethod=GET hcuri=/ hcexpr=mine\n</Proxy>\n`,
    );
    return () =>
      parse('{ httpd: x.conf }', one, join(folder, 'x.yaml')).balancer.workers[0]!.health;
  };
  expect(conf('%{REQUEST_STATUS} =~ /^[25]/')()).toMatchObject({ passing: [200, 500, 503] });
  expect(conf('%{REQUEST_STATUS} -ge 500')()).toMatchObject({ passing: [500, 503] });
  for (const expression of [
    "hc('body') =~ /OK/",
    'true && (%{REQUEST_STATUS} == 200 || %{HC_BODY} == "x")',
    "!(resp('X-Load') -lt 5)",
    "tolower(%{CONTENT_TYPE}) in { 'text/plain' }",
    "-n 'x%{HC_BODY}'",
  ]) {
    expect(conf(expression), expression).toThrow(
      /x\.conf:3:\d+ BalancerMember: hcexpr mine looks at more than the status; not supported yet by the simulator/,
    );
  }
});

test('every parameter that decides goes over as the httpd.conf has it', () => {
  const { balancer } = parse(shop, one);

  expect(balancer).toEqual({
    lbmethod: { name: 'bybusyness', file: null },
    sticky: { cookie: 'SID', path: 'sid', separator: '!', scolonpathdelim: true },
    nofailover: true,
    timeoutSeconds: 2,
    maxattempts: 1,
    failonstatus: [500, 503],
    failontimeout: true,
    forcerecovery: false,
    proxies: 1,
    mode: 'http',
    heartbeat: { intervalNs: 1e9, publishNs: 5e9, loss: 0 },
    checksAtOnce: 16,
    workers: [
      {
        name: 'nodeA',
        backend: 0,
        loadfactor: 2,
        lbset: 0,
        route: 'nodeA',
        redirect: '',
        status: '',
        retrySeconds: 5,
        max: 20,
        acquireNs: 250e6,
        timeoutNs: 3e9,
        disablereuse: false,
        host: '10.0.0.1',
        connectTimeoutNs: 3e9,
        smax: null,
        ttlNs: null,
        health: null,
      },
      {
        name: 'nodeB',
        backend: 0,
        loadfactor: 1,
        lbset: 1,
        route: 'nodeB',
        redirect: 'nodeA',
        status: 'H',
        retrySeconds: 60,
        max: 0,
        acquireNs: null,
        timeoutNs: 60e9,
        disablereuse: true,
        host: '10.0.0.2',
        connectTimeoutNs: 60e9,
        smax: null,
        ttlNs: null,
        health: null,
      },
    ],
  });
});

test('the name of the balancer counts in any case, as in httpd', () => {
  expect(parse('{ httpd: data/two.conf, name: SHOP }', one)).toEqual({
    ...parse(shop, one),
    sha256: expect.any(String),
  });
});

test('events and expectations name workers by route', () => {
  const more = `${one}
events: [ { at: 1s, worker: nodeB, crash: 9s }, { at: 2s, manager: { worker: nodeA, status: +N } } ]
expect: [ workers.nodeA.share <= 40% ]`;
  const { events, expect: lines } = parse(shop, more);
  expect(events).toMatchObject([{ workers: [1] }, { worker: 0 }]);
  expect(lines).toMatchObject([{ metric: { worker: 0, field: 'share' }, bound: 0.4 }]);
});

test('without routes they are called host:port, in expectations too', () => {
  const more = `${one}
events: [ { at: 1s, worker: "10.0.0.2:8081", crash: 9s } ]
expect: [ "workers.10.0.0.1:8081.share <= 40%" ]`;
  const { balancer, events, expect: lines } = parse('{ httpd: data/two.conf, name: static }', more);
  expect(balancer.workers.map(({ name }) => name)).toEqual(['10.0.0.1:8081', '10.0.0.2:8081']);
  expect(events).toMatchObject([{ workers: [1] }]);
  expect(lines).toMatchObject([{ metric: { worker: 0, field: 'share' } }]);
});

describe('a name is', () => {
  const member = (host: string, port: number, path: string, route: string) => ({
    name: `http://${host}:${port}${path}`,
    url: { scheme: 'http', host, port, path, socket: null },
    route,
  });
  test.each([
    ['the route, when all differ', [member('h', 1, '', 'a'), member('h', 1, '/x', 'b')], 'a b'],
    [
      'host:port, when a route is missing',
      [member('h', 1, '', 'a'), member('h', 2, '', '')],
      'h:1 h:2',
    ],
    ['host:port, when routes agree', [member('h', 1, '', 'a'), member('i', 1, '', 'a')], 'h:1 i:1'],
    [
      'host:port, when a route cannot be written in expect',
      [member('h', 1, '', 'a b'), member('i', 1, '', 'c')],
      'h:1 i:1',
    ],
    [
      'the URL, when those agree, too',
      [member('h', 1, '/a', ''), member('h', 1, '/b', '')],
      'http://h:1/a http://h:1/b',
    ],
  ])('%s', (_, members, names) => {
    expect(workerNames(members).join(' ')).toBe(names);
  });
});

describe('the backend of a member is', () => {
  const backends = (...names: string[]) =>
    `backends: { ${names.map((name) => `${JSON.stringify(name)}: { service: 20ms }`).join(', ')} }`;
  const indices = (...names: string[]) =>
    parse(shop, backends(...names)).balancer.workers.map(({ backend }) => backend);
  test.each([
    ['the one named like the worker', ['x', 'nodeB', 'nodeA'], [2, 1]],
    ['else like its host:port', ['default', '10.0.0.2:8080', '10.0.0.2'], [0, 1]],
    ['else like its host', ['10.0.0.2', '10.0.0.1'], [1, 0]],
    ['else the only one', ['app'], [0, 0]],
    ['else default', ['other', 'default'], [1, 1]],
  ])('%s', (_, names, expected) => {
    expect(indices(...names)).toEqual(expected);
  });
});

describe('the digest covers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-httpd-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const scenario = join(folder, 'x.yaml');
  const conf = join(folder, 'httpd.conf');
  const members = join(folder, 'members.conf');
  writeFileSync(
    scenario,
    `run: { duration: 1m }\nbalancer: { httpd: httpd.conf }\n${one}\n${clients}\n`,
  );
  const write = (port: number, comment: string) => {
    writeFileSync(
      conf,
      `Listen 127.0.0.1:1\nServerRoot ${folder}\n# ${comment}\n<Proxy balancer://c>\nInclude members.conf\n</Proxy>\nProxyPass / balancer://c/\n`,
    );
    writeFileSync(members, `BalancerMember http://10.0.0.1:${port}\n`);
    return loadScenario(scenario).sha256;
  };

  test('the httpd.conf and what it includes', () => {
    const first = write(1, 'x');
    expect(write(1, 'x')).toBe(first);
    expect(write(1, 'y')).not.toBe(first);
    expect(write(2, 'x')).not.toBe(first);
  });
});
