/** `fairlead init`: what it writes works at once, and nothing is ever overwritten. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { fairlead, folder } from './cli.ts';

test('a scenario, a baseline that it passes, and a workflow; a second time it refuses', async () => {
  const cwd = folder({});
  expect(await fairlead(['init', 'new', '--quiet'], { cwd })).toMatchObject({ code: 0 });
  const check = await fairlead(['check', 'shop.yaml', '--quiet'], { cwd: join(cwd, 'new') });
  expect(check.code, check.stdout).toBe(0);
  expect(check.stdout).toContain('the same in every replication');
  const workflow = readFileSync(join(cwd, 'new/.github/workflows/fairlead.yml'), 'utf8');
  expect(parse(workflow).jobs.check.steps).toHaveLength(4);
  const before = readFileSync(join(cwd, 'new/shop.yaml'), 'utf8');
  const again = await fairlead(['init', 'new'], { cwd });
  expect(again.code).toBe(2);
  expect(again.stderr.match(/overwrites nothing/g)).toHaveLength(3);
  expect(readFileSync(join(cwd, 'new/shop.yaml'), 'utf8')).toBe(before);
});

test('from an httpd.conf: its largest balancer', async () => {
  const member = (name: string) => `  BalancerMember http://${name}:80 route=${name}\n`;
  const conf = `<Proxy balancer://one>\n${member('x')}</Proxy>\n<Proxy balancer://shop>\n${member('a')}${member('b')}</Proxy>\n`;
  const cwd = folder({ 'site.conf': conf });
  expect(await fairlead(['init', '.', '--httpd', 'site.conf', '--quiet'], { cwd })).toMatchObject({
    code: 0,
  });
  const scenario = parse(readFileSync(join(cwd, 'shop.yaml'), 'utf8'));
  expect(scenario.balancer).toEqual({ httpd: './site.conf', name: 'shop' });
  expect(existsSync(join(cwd, 'baselines/shop.yaml'))).toBe(true);
});

test('leaves nothing behind when it cannot: a file in the way, a configuration without a balancer', async () => {
  const cwd = folder({ 'empty.conf': 'Listen 80\n', file: '' });
  expect((await fairlead(['init', 'file'], { cwd })).code).toBe(2);
  expect((await fairlead(['init', 'x', '--httpd', 'empty.conf'], { cwd })).code).toBe(2);
  expect((await fairlead(['init', 'x', '--httpd', 'none.conf'], { cwd })).code).toBe(2);
  mkdirSync(join(cwd, 'baselines'));
  writeFileSync(join(cwd, 'baselines/shop.yaml'), 'mine\n');
  expect((await fairlead(['init'], { cwd })).code).toBe(2);
  expect(readdirSync(cwd).sort()).toEqual(['baselines', 'empty.conf', 'file']);
});
