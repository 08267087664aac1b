import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fairlead, folder, small, stack } from './cli.ts';

const lint = (text: string, ...args: string[]) =>
  fairlead(['lint', 'x.yaml', ...args], { cwd: folder({ 'x.yaml': text }) });

test('nothing to say: no problems, and the shares to expect', async () => {
  const { code, stdout, stderr } = await lint(small);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^no problems$/m);
  expect(stdout).toMatch(/^ a +200 +50\.0 +50\.0 +100 +50\.0$/m);
  expect(stdout).toContain('Clients offer 100/s; usable workers serve up to 300/s: load 0.333.');
});

test('a warning: its place, its line and its name; exit 0', async () => {
  const { code, stdout } = await lint(small.replace('loadfactor: 2', 'loadfactor: 1.15'));
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^x\.yaml:5:36 warning balancer\.workers\[0\]\.loadfactor: 1\.15 is kept as 1\.14; .* \[loadfactor-cut\]\n {2}5 \| .*\n {4}\| +\^$/m,
  );
  expect(stdout).toMatch(/^1 warning$/m);
});

test('an error: exit 1', async () => {
  const { code, stdout } = await lint(
    small.replace('{ name: c }', '{ name: c, lbset: 1, status: R }'),
  );
  expect(code).toBe(1);
  expect(stdout).toMatch(/^x\.yaml:5:\d+ error .* \[spare-alone\]$/m);
  expect(stdout).toMatch(/^1 error$/m);
});

test('an unstable load is an error of the scenario, not of lint: exit 1', async () => {
  const { code, stdout, stderr } = await lint(small.replace('100/s', '400/s'));
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  expect(stdout).toMatch(
    /^x\.yaml:8:1 error clients: they offer 400 requests\/s .* \[unstable\]$/m,
  );
  expect(stdout).toContain('load 1.33.');
});

test('nobody to serve is an error, too', async () => {
  const { code, stdout, stderr } = await lint(
    small.replace(/workers: .*/, 'workers: [{ name: a, status: D }]'),
  );
  expect(code).toBe(1);
  expect(stdout).toContain('[nobody-serves]');
  expect(stdout + stderr).not.toMatch(/NaN|Infinity|undefined/);
  expect(stderr).not.toMatch(stack);
});

test('--json prints the document and nothing else', async () => {
  const { code, stdout, stderr } = await lint(
    small.replace('loadfactor: 2', 'loadfactor: 1.15'),
    '--json',
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({
    format: 'fairlead/lint@1',
    file: 'x.yaml',
    problems: [
      {
        line: 5,
        column: 36,
        path: 'balancer.workers[0].loadfactor',
        severity: 'warning',
        code: 'loadfactor-cut',
      },
    ],
    shares: [{ worker: 'a', lbfactor: 114 }, { worker: 'b' }, { worker: 'c' }],
  });
});

const site = `Listen 127.0.0.1:18080
User www-data
<Proxy balancer://c>
  BalancerMember http://a.example:8080 loadfactor=3
  BalancerMember http://b.example:8080
</Proxy>
<IfDefine Tuned>
  BalancerMember balancer://c http://c.example:8080 timeout=5
</IfDefine>
ProxyPass / balancer://c/
`;

const httpdLint = (name: string, text: string, ...args: string[]) =>
  fairlead(['lint', name, ...args], { cwd: folder({ [name]: text }) });

test('an httpd.conf: shares of each balancer, what was ignored, no other word', async () => {
  const { code, stdout, stderr } = await httpdLint('site.conf', site);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^no problems$/m);
  expect(stdout).toMatch(/^ a\.example:8080 +300 +75\.0$/m);
  expect(stdout).toMatch(/^ b\.example:8080 +100 +25\.0$/m);
  expect(stdout).toMatch(/^Ignored: .*\n {2}User {2}site\.conf:2:1$/m);
  expect(stdout).not.toContain('c.example');
});

test('-D takes in what <IfDefine> guards', async () => {
  const { code, stdout } = await httpdLint('site.conf', site, '-D', 'Tuned');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ a\.example:8080 +300 +60\.0$/m);
  expect(stdout).toMatch(/^site\.conf:8:\d+ warning .* \[timeout-keeps-worker\]$/m);
});

test('a name without .conf: what it is read as is said on stderr', async () => {
  const { code, stdout, stderr } = await httpdLint('apache', site, '--json');
  expect(code).toBe(0);
  expect(stderr).toMatch(/^fairlead: apache is read as an httpd\.conf/);
  expect(JSON.parse(stdout)).toMatchObject({
    format: 'fairlead/lint@1',
    file: 'apache',
    load: null,
    balancers: [{ name: 'c', lbmethod: 'byrequests', shares: [{ share: 0.75 }, { share: 0.25 }] }],
    ignored: [{ directive: 'User', count: 1, line: 2, column: 1 }],
  });
});

test('a trap that is an error: exit 1', async () => {
  const manager = '<Location /manager>\nSetHandler balancer-manager\n</Location>\n';
  const { code, stdout } = await httpdLint('site.conf', `${site}${manager}`);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^site\.conf:11:1 error .* \[manager-shadowed\]$/m);
});

test.each([
  [
    'ProxySet in the line of a member',
    '<Proxy balancer://c>\n  BalancerMember http://a ProxySet lbmethod=bytraffic\n</Proxy>\n',
    /^site\.conf:2:27 .*write ProxySet on a line of its own/,
  ],
  ['a misspelled directive', 'ProxyPas / http://a/', /:1:1 .*did you mean ProxyPass\?/],
  [
    'a misspelled parameter',
    'ProxyPass / balancer://c/ nofialover=On',
    /did you mean nofailover\?/,
  ],
  ['a file that is not there', 'Include more/none.conf', /:1:9 .*none\.conf .*no such file/],
  ['bytes that are no text', 'Listen 8080\0', /:1:12 .*zero byte/],
])('%s is refused with its place: exit 2', async (_, lines, why) => {
  const { code, stdout, stderr } = await httpdLint('site.conf', lines);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(why);
  expect(stderr).not.toMatch(stack);
});

const scenarios = fileURLToPath(new URL('../../scenarios/', import.meta.url));
test.each(readdirSync(scenarios).filter((name) => name.endsWith('.yaml')))(
  '%s lints with exit 0',
  async (name) => {
    const { code, stderr } = await fairlead(['lint', scenarios + name]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  },
);
