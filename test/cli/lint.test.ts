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

const scenarios = fileURLToPath(new URL('../../scenarios/', import.meta.url));
test.each(readdirSync(scenarios).filter((name) => name.endsWith('.yaml')))(
  '%s lints with exit 0',
  async (name) => {
    const { code, stderr } = await fairlead(['lint', scenarios + name]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  },
);
