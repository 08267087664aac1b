import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { renderConfigLint } from '../../reports/lint-table.ts';
import type { ProxyConfig } from '../../src/config/config.ts';
import { type ConfigLint, configTraps, lintConfig } from '../../src/scenario/lint/config/lint.ts';
import { type Lint, lintScenario } from '../../src/scenario/lint/lint.ts';
import { lintFile } from '../../src/scenario/lint/lint-file.ts';
import { isYamlName } from '../../src/scenario/yaml-name.ts';
import type { Case } from './cases.ts';
import { conf, configCases, memberCases } from './config-cases.ts';

const folder = mkdtempSync(join(tmpdir(), 'fairlead-lint-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function write(text: string, end = '.conf'): string {
  const path = join(folder, `${files++}${end}`);
  writeFileSync(path, text);
  return path;
}

const lint = (text: string) => lintFile(write(text)) as ConfigLint;

/** The text without its mark, and where the mark stood. */
function marked({ wrong }: Case) {
  const before = wrong.slice(0, wrong.indexOf('§'));
  const line = before.split('\n').length;
  const column = before.length - before.lastIndexOf('\n');
  return { text: wrong.replace('§', ''), line, column };
}

test('a plain httpd.conf has no problems', () => {
  expect(lint(conf('')).problems).toEqual([]);
});

test('every trap has a code of its own and a case below', () => {
  const all = configTraps.map(({ code }) => code);
  expect(all).toEqual([...new Set(all)]);
  const tried = [...configCases.map(({ code }) => code), 'balancer-undefined'];
  expect([...new Set(tried)].sort()).toEqual([...all].sort());
});

describe.each([...configCases, ...memberCases].map((one, i) => ({ ...one, i })))(
  '$code ($i)',
  (one) => {
    test('is found where it is', () => {
      const { text, line, column } = marked(one);
      const found = lint(text).problems.filter(({ code }) => code === one.code);
      const { code, severity } = one;
      expect(found).toHaveLength(1);
      expect(found[0]).toMatchObject({ code, severity, line, column });
      expect(found[0]?.source).toBe(text.split('\n')[line - 1]);
    });

    test('says what was found, what will happen and what to do', () => {
      const [found] = lint(marked(one).text).problems.filter(({ code }) => code === one.code);
      expect(found?.message.startsWith(`${found.path}: `)).toBe(true);
      expect(found?.message.split('; ').length).toBeGreaterThanOrEqual(2);
    });

    test('is not found next to it', () => {
      expect(lint(one.right).problems.map(({ code }) => code)).not.toContain(one.code);
    });
  },
);

test('a mapping to a balancer that nothing defines is an error', () => {
  const place = { file: 'x.conf', line: 3, column: 1, source: 'ProxyPass / balancer://d/' };
  const mapping = {
    ...{ place, path: '/', regex: false, substitution: null, nocanon: false, noquery: false },
    target: { kind: 'undefined', name: 'd' },
  };
  const main = { mappings: [mapping], sections: [], headers: [], require: null };
  const config = { file: 'x.conf', servers: [main], balancers: [], workers: [], ignored: [] };
  const { problems } = lintConfig({ ...config, warnings: [], listen: [] } as never as ProxyConfig);
  expect(problems).toMatchObject([{ code: 'balancer-undefined', severity: 'error', line: 3 }]);
});

test('paths are called as httpd calls them', () => {
  const { problems } = lint(marked(memberCases[0]!).text);
  expect(problems.find(({ code }) => code === 'spare-alone')?.path).toBe(
    'BalancerMember http://10.0.0.2 status',
  );
});

test('nothing is said of traffic that nobody knows', () => {
  const { problems } = lint(
    conf('', 'ProxyPass / balancer://c/ stickysession=SID lbmethod=bybusyness'),
  );
  expect(problems.map(({ code }) => code)).toEqual([]);
});

test('a virtual host may put its own mapping before one it inherits', () => {
  const vhost = '<VirtualHost *:8080>\n  ProxyPass / balancer://c/v/\n</VirtualHost>';
  const { problems } = lint(conf(vhost, 'ProxyPass /app balancer://c/app'));
  expect(problems.map(({ code }) => code)).toEqual([]);
});

test('shares are those of each balancer, by the factors as httpd keeps them', () => {
  const { balancers } = lint(
    conf(
      `<Proxy balancer://c>
  BalancerMember http://10.0.0.1 loadfactor=1.15
  BalancerMember http://10.0.0.2 loadfactor=3
  BalancerMember http://10.0.0.3 status=+H
</Proxy>
<Proxy balancer://d>
  BalancerMember http://10.0.0.1 route=x
  ProxySet lbmethod=bybusyness
</Proxy>`,
      'ProxyPass /d balancer://d/d\nProxyPass / balancer://c/',
    ),
  );
  expect(balancers).toEqual([
    {
      name: 'c',
      lbmethod: 'byrequests',
      factors: 'shares',
      shares: [
        { worker: '10.0.0.1:80', lbfactor: 114, share: 114 / 414 },
        { worker: '10.0.0.2:80', lbfactor: 300, share: 300 / 414 },
        { worker: '10.0.0.3:80', lbfactor: 100, share: 0 },
      ],
    },
    {
      name: 'd',
      lbmethod: 'bybusyness',
      factors: 'ties',
      shares: [{ worker: 'x', lbfactor: 100, share: 1 }],
    },
  ]);
});

test('a directive that is ignored has one line, with its first place and how many there are', () => {
  const found = lint(conf('ServerSignature Off\nAddType text/x .x\nAddType text/y .y'));
  const text = renderConfigLint(found, '', { colour: false, width: 100 });
  const lines = text.split('\n').filter((line) => /AddType|ServerSignature/.test(line));
  expect(lines).toHaveLength(2);
  expect(lines.find((line) => line.includes('AddType'))).toMatch(/:\d+:1 and 1 other place$/);
  expect(text).toContain('no problems');
  expect(text).toContain('Predicted shares of balancer://c');
});

test('the name decides: .yaml, .yml and .json are scenarios, all else an httpd.conf', () => {
  expect(['x.yaml', 'x.YML', 'a.b/x.json'].filter(isYamlName)).toHaveLength(3);
  expect(['httpd.conf', 'x', 'yaml', 'x.yaml.conf', 'sites/x.yaml/conf'].some(isYamlName)).toBe(
    false,
  );
});

test('the timeout of a connection that is handed on is no wait for an answer', () => {
  const file = (scheme: string, kind: string) => `listen: [ { ${kind}: "*:80" } ]
balancer: { workers: [ { url: "${scheme}://10.0.0.1:1", timeout: 9s }, { url: "${scheme}://10.0.0.2:1" } ] }
`;
  const codes = (...of: [string, string]) =>
    lintFile(write(file(...of), '.yaml')).problems.map(({ code }) => code);
  expect(codes('tcp', 'tcp')).toEqual([]);
  expect(codes('http', 'http')).toEqual(['timeout-keeps-worker']);
});

test('a YAML file that is only proxied is looked at as what a proxy runs', () => {
  const path = fileURLToPath(new URL('../scenario/proxy/good/everything.yaml', import.meta.url));
  const { balancers, problems } = lintFile(path) as ConfigLint;
  expect(balancers.map(({ name }) => name)).toEqual(['shop', 'static']);
  expect(problems.map(({ code, line }) => `${line} ${code}`)).toEqual([
    '13 balancer-timeout',
    '18 timeout-keeps-worker',
    '30 single-worker',
  ]);
});

test('in a scenario with an httpd.conf, members are placed there and the rest in the scenario', () => {
  const own = join(folder, 'both');
  mkdirSync(own);
  const text = conf(`<Proxy balancer://c>
  BalancerMember http://10.0.0.1 route=a retry=0 ttl=30
  BalancerMember http://10.0.0.2 route=b ping=1 ttl=30
</Proxy>`);
  writeFileSync(join(own, 'httpd.conf'), text);
  const scenario = `run: { duration: 1m, warmup: 10s, replications: 1 }
balancer: { httpd: httpd.conf }
backends: { app: { slots: 9, service: 20ms } }
clients: [ { name: c, arrival: { poisson: 10/s } } ]
`;
  writeFileSync(join(own, 'x.yaml'), scenario);
  const lineOf = (part: string) => text.split('\n').findIndex((line) => line.includes(part)) + 1;
  const { problems, shares }: Lint = lintScenario(join(own, 'x.yaml'));
  const found = problems.map(
    ({ file, line, code }) => `${file.slice(own.length + 1)}:${line} ${code}`,
  );
  expect(found).toEqual([
    'x.yaml:1 one-replication',
    `httpd.conf:${lineOf('retry=0')} retry-zero`,
    `httpd.conf:${lineOf('retry=0')} not-simulated`,
    `httpd.conf:${lineOf('ping=1')} not-simulated`,
  ]);
  expect(shares.map(({ worker, share }) => `${worker} ${share}`)).toEqual(['a 0.5', 'b 0.5']);
});

const routed = (routes: string) => `listen: [ { http: "127.0.0.1:8080" } ]
routes:
${routes}
balancers:
  shop: { workers: [ { url: "http://10.0.0.1" }, { url: "http://10.0.0.2" } ] }
  beta: { workers: [ { url: "http://10.0.0.3" }, { url: "http://10.0.0.4" } ] }
`;

test.each([
  [
    'the same path',
    ['path: /, balancer: shop', 'path: /, header: { X-Beta: "1" }, balancer: beta'],
  ],
  ['a path above', ['path: /, balancer: shop', 'path: /app, cookie: { lab: b }, balancer: beta']],
  ['any host', ['path: /, balancer: shop', 'host: a.example.com, balancer: beta']],
  [
    'fewer conditions',
    [
      'header: { x-beta: "1" }, balancer: shop',
      'header: { X-Beta: "1" }, cookie: { lab: b }, balancer: beta',
    ],
  ],
])('a route behind one for %s is never used', (_, routes) => {
  const text = routed(routes.map((route) => `  - { ${route} }`).join('\n'));
  const found = (lintFile(write(text, '.yaml')) as ConfigLint).problems;
  const shadowed = found.filter(({ code }) => code === 'mapping-shadowed');
  expect(shadowed).toHaveLength(1);
  expect(shadowed[0]).toMatchObject({ line: 4, column: 5, severity: 'error' });
  expect(shadowed[0]!.message).toMatch(/^route .*; it is never used; put it before the other$/);
  const turned = routed(
    routes
      .toReversed()
      .map((route) => `  - { ${route} }`)
      .join('\n'),
  );
  expect(lintFile(write(turned, '.yaml')).problems.map(({ code }) => code)).toEqual(
    expect.not.arrayContaining(['mapping-shadowed']),
  );
});

test('routes with other conditions leave each other what is theirs', () => {
  const routes = `  - { header: { X-Beta: "1" }, balancer: beta }
  - { header: { X-Beta: "2" }, balancer: beta }
  - { cookie: { lab: b }, balancer: beta }
  - { cookie: { LAB: b }, balancer: beta }
  - { path: /, balancer: shop }`;
  expect(lintFile(write(routed(routes), '.yaml')).problems).toEqual([]);
});

test('a balancer of connections is in use when a listener leads to it', () => {
  const file = (listen: string) => `listen: [ { http: "127.0.0.1:8080" }, ${listen} ]
balancers:
  shop: { workers: [ { url: "http://10.0.0.1" }, { url: "http://10.0.0.2" } ] }
  db: { workers: [ { url: "tcp://10.0.0.3:5432" }, { url: "tcp://10.0.0.4:5432" } ] }
  cache: { workers: [ { url: "tcp://10.0.0.3:6379" }, { url: "tcp://10.0.0.4:6379" } ] }
`;
  const both = '{ tcp: "*:5432", balancer: db }, { tcp: "*:6379", balancer: Cache }';
  expect(lintFile(write(file(both), '.yaml')).problems).toEqual([]);
  const { problems } = lintFile(write(file('{ tcp: "*:5432", balancer: db }'), '.yaml'));
  expect(problems).toMatchObject([{ line: 5, column: 3, code: 'balancer-unused' }]);
  expect(problems[0]!.message).toMatch(/^balancer:\/\/cache: no listener leads to it; /);
});
