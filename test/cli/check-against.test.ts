/** `fairlead check --against`: another httpd.conf, another scenario or lbmethod, and an httpd.conf as it was in git. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CheckResult } from '../../sim/check/result.ts';
import { fairlead, folder, stack } from './cli.ts';

const conf = (name: string, b = '') => `<Proxy balancer://${name}>
  BalancerMember http://10.0.0.1:8080 route=a
  BalancerMember http://10.0.0.2:8080 route=b${b}
</Proxy>
ProxyPass /${name} balancer://${name}/
`;
const scenario = (name: string, balancer: string) => `name: ${name}
run: { requests: 1000, warmup: 1s, replications: 4 }
balancer: ${balancer}
backends:
  default: { slots: 1, service: { exponential: 10ms }, rtt: 1ms }
clients:
  - { name: visitors, arrival: { poisson: 100/s } }
events: [ { at: 1s, worker: b, slow: 2, for: 100ms } ]
`;
const twoWorkers = (b: string) =>
  `{ lbmethod: byrequests, workers: [ { name: a, backend: default }, { name: b, backend: default${b} } ] }`;

const files = {
  'shop.conf': conf('shop'),
  'uneven.conf': conf('shop', ' loadfactor=5'),
  'two.conf': conf('shop') + conf('other', ' loadfactor=9'),
  'renamed.conf': conf('shop').replace('route=b', 'route=c'),
  'broken.conf': conf('shop', ' loadfactor=0'),
  'shop.yaml': scenario('shop', '{ httpd: ./shop.conf, name: shop, modifiers: { slowstart: 5s } }'),
  'uneven.yaml': scenario('uneven', '{ httpd: ./uneven.conf }'),
  'plain.yaml': scenario('plain', twoWorkers('')),
  'skewed.yaml': scenario('plain', twoWorkers(', loadfactor: 5')),
  'first.mjs': 'export default { name: "first-always", elect: (_, { ids }) => ids[0] };\n',
};

/** Exit code, and what the only scenario was found to be. */
async function against(cwd: string, file: string, what: string) {
  const { code, stdout, stderr } = await fairlead(
    ['check', file, '--against', what, '--json', '-q'],
    { cwd },
  );
  const [one] = stdout === '' ? [] : (JSON.parse(stdout) as CheckResult).scenarios;
  const mean = one?.gates.find(({ metric }) => metric === 'sojourn.mean');
  return { code, stderr, one, sign: Math.sign(mean?.change?.mean ?? Number.NaN), mean };
}

test.each([
  ['an httpd.conf against a better one', 'uneven.yaml', 'shop.conf', 1, 1],
  ['an httpd.conf against a worse one', 'shop.yaml', 'uneven.conf', 0, -1],
  ['an httpd.conf against itself', 'shop.yaml', 'shop.conf', 0, 0],
  ['the balancer that the scenario names, of several', 'shop.yaml', 'two.conf', 0, 0],
  ['a policy in YAML against an httpd.conf', 'skewed.yaml', 'shop.conf', 1, 1],
  ['a policy in YAML against another', 'skewed.yaml', 'plain.yaml', 1, 1],
  ['a policy in YAML against itself', 'plain.yaml', 'plain.yaml', 0, 0],
  ['httpd against YAML', 'shop.yaml', 'skewed.yaml', 0, -1],
  ['a method of ours against a module', 'plain.yaml', 'first.mjs', 0, -1],
])('%s', async (_, file, what, code, sign) => {
  expect(await against(folder(files), file, what)).toMatchObject({
    code,
    sign,
    one: { reference: what, notes: [] },
  });
});

test('any name that is no YAML and no module is an httpd.conf, as for lint', async () => {
  const cwd = folder({ ...files, site: files['uneven.conf'] });
  expect(await against(cwd, 'shop.yaml', 'site')).toMatchObject({ code: 0, sign: -1 });
});

test.each([
  ['broken.conf', 'shop.yaml', /^broken\.conf:3:\d+ .*loadfactor/],
  ['renamed.conf', 'shop.yaml', /^shop\.yaml:8:\d+ --against renamed\.conf: .*"b" is no worker/],
  ['two.conf', 'plain.yaml', /--against two\.conf: .*several balancers; expected name:/],
  ['nowhere.conf', 'shop.yaml', /does not exist; expected git:REF/],
])('2: --against %s', async (what, file, message) => {
  const { code, stderr } = await against(folder(files), file, what);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(stack);
});

/** A repository with a scenario, its httpd.conf in a folder of its own and what that includes. */
function repository(httpdConf: (cwd: string) => string) {
  const cwd = folder({ 'shop.yaml': scenario('shop', '{ httpd: ./httpd/httpd.conf }') });
  mkdirSync(join(cwd, 'httpd/sites'), { recursive: true });
  writeFileSync(join(cwd, 'httpd/httpd.conf'), httpdConf(cwd));
  const site = (b: string) => writeFileSync(join(cwd, 'httpd/sites/shop.conf'), conf('shop', b));
  site('');
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd });
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'one');
  return { cwd, site, git };
}

test('git:REF: the httpd.conf with what it includes, before and after a change', async () => {
  const { cwd, site, git } = repository(() => 'Include sites/*.conf\n');
  expect(await against(cwd, 'shop.yaml', 'git:main')).toMatchObject({
    code: 0,
    one: { reference: 'git:main', notes: [] },
    mean: { note: 'the same in every replication' },
  });
  site(' loadfactor=5');
  expect(await against(cwd, 'shop.yaml', 'git:main')).toMatchObject({ code: 1, sign: 1 });
  git('commit', '-q', '-a', '-m', 'two');
  expect(await against(cwd, 'shop.yaml', 'git:HEAD~1')).toMatchObject({ code: 1, sign: 1 });
  site(' loadfactor=0');
  git('commit', '-q', '-a', '-m', 'three');
  site('');
  const { code, stderr } = await against(cwd, 'shop.yaml', 'git:HEAD');
  expect(code).toBe(2);
  expect(stderr).toMatch(/^git:HEAD:httpd\/sites\/shop\.conf:3:\d+ .*loadfactor/);
});

test('git:REF: a file that would be read as it is now is refused, one of elsewhere is told of', async () => {
  const own = repository((cwd) => `ServerRoot ${cwd}/httpd\nInclude sites/*.conf\n`);
  own.site(' loadfactor=5');
  const refused = await against(own.cwd, 'shop.yaml', 'git:main');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/sites\/shop\.conf is named by its absolute path/);
  const elsewhere = folder({ 'shop.conf': conf('shop') });
  const other = repository(() => `Include ${elsewhere}/shop.conf\n`);
  expect(await against(other.cwd, 'shop.yaml', 'git:main')).toMatchObject({
    code: 0,
    one: { notes: [expect.stringMatching(/shop\.conf is not in the repository/)] },
  });
});
