/** `fairlead check` as a pipeline meets it: exit codes, files, revisions. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CheckResult } from '../../sim/check/result.ts';
import { alone, fairlead, folder, small, stack } from './cli.ts';

const expecting = (...lines: string[]) =>
  `${small.replace('300', '1000')}expect:\n${lines.map((line) => `  - ${line}\n`).join('')}`;
const good = expecting('sojourn.mean <= 1s');

const check = (cwd: string, ...args: string[]) => fairlead(['check', ...args, '--quiet'], { cwd });
/** As modules are now. */
const checkAnew = (cwd: string, ...args: string[]) => alone(['check', ...args, '--quiet'], { cwd });

test('0: held lines and an unchanged baseline, written by --update beside the scenario', async () => {
  const cwd = folder({ 'shop.yaml': good });
  const update = await check(cwd, 'shop.yaml', '--update');
  expect(update).toMatchObject({ code: 0 });
  expect(update.stderr).toContain(join('baselines', 'shop.yaml'));
  expect(readFileSync(join(cwd, 'baselines/shop.yaml'), 'utf8')).toContain(
    'sojourn.mean: { relative: 2% } #',
  );
  const { code, stdout } = await check(cwd, 'shop.yaml');
  expect(stdout).toContain('the same in every replication');
  expect(code).toBe(0);
});

test('1: a broken line; a policy that got worse than its baseline; --update says what moved', async () => {
  const cwd = folder({ 'bad.yaml': expecting('sojourn.mean <= 1ms'), 'shop.yaml': good });
  expect((await check(cwd, 'bad.yaml')).code).toBe(1);
  await check(cwd, 'shop.yaml', '--update', '--baseline', 'b.yaml');
  const unfair = good.replace('{ name: b }', '{ name: b, loadfactor: 30 }');
  writeFileSync(join(cwd, 'shop.yaml'), unfair);
  const { code, stdout } = await check(cwd, 'shop.yaml', '--baseline', 'b.yaml', '--json');
  const { scenarios } = JSON.parse(stdout) as CheckResult;
  expect(code).toBe(1);
  expect(scenarios[0]!.gates.find(({ verdict }) => verdict === 'failed')?.kind).toBe('baseline');
  const moved = await check(cwd, 'shop.yaml', '--baseline', 'b.yaml', '--update');
  expect(moved.stdout).toMatch(/sojourn\.mean +[\d.,]+ ms +[\d.,]+ ms +\+[\d.,]+ % \(\+/);
  expect((await check(cwd, 'shop.yaml', '--baseline', 'b.yaml')).code).toBe(0);
});

test('2: a baseline for other traffic, of another version, missing where it was named, or no baseline at all', async () => {
  const cwd = folder({ 'shop.yaml': good, 'none.yaml': 'format: 7\n' });
  await check(cwd, 'shop.yaml', '--update', '--baseline', 'b.yaml');
  const stale = readFileSync(join(cwd, 'b.yaml'), 'utf8').replace(/version: .*/, 'version: 0.0.1');
  writeFileSync(join(cwd, 'stale.yaml'), stale);
  writeFileSync(join(cwd, 'busier.yaml'), good.replace('100/s', '110/s'));
  const runs = [
    ['busier.yaml', '--baseline', 'b.yaml'],
    ['shop.yaml', '--baseline', 'stale.yaml'],
    ['shop.yaml', '--baseline', 'missing.yaml'],
    ['shop.yaml', '--baseline', 'none.yaml'],
    ['shop.yaml', '--baseline', 'b.yaml', '--seed', '9'],
    ['shop.yaml', '--against', 'nowhere.yaml'],
    ['shop.yaml', '--update', '--against', 'git:main'],
    ['shop.yaml', 'shop.yaml'],
    ['shop.yaml', '--exact'],
  ];
  for (const args of runs) {
    const { code, stdout, stderr } = await check(cwd, ...args);
    expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' });
    expect(stderr).not.toMatch(stack);
    expect(stderr, args.join(' ')).toMatch(/--update|expected|leave one|needs a baseline/);
  }
  expect((await check(cwd, 'none.yaml', '--baseline', 'none.yaml', '--update')).code).toBe(2);
  expect(readFileSync(join(cwd, 'none.yaml'), 'utf8')).toBe('format: 7\n');
});

test('3: too close to tell, unless that is allowed', async () => {
  const cwd = folder({ 'shop.yaml': good });
  const limit = ['--baseline', 'b.yaml', '--update', '--json'];
  const { stdout } = await check(cwd, 'shop.yaml', ...limit);
  const { scenarios } = JSON.parse(stdout);
  const row = scenarios[0].rows.find(({ metric }: { metric: string }) => metric === 'sojourn.mean');
  writeFileSync(
    join(cwd, 'close.yaml'),
    expecting(`sojourn.mean <= ${row.value.mean.toFixed(5)}ms`),
  );
  expect((await check(cwd, 'close.yaml')).code).toBe(3);
  expect((await check(cwd, 'close.yaml', '--allow-inconclusive')).code).toBe(0);
});

test('4: no data for a line, an unstable load, a truncated run', async () => {
  const hang = '{ at: 1s, worker: [a, b, c], hang: 1h }';
  const workers = ['a', 'b', 'c'].map((name) => `{ name: ${name}, timeout: 1h }`).join(', ');
  const cwd = folder({
    'absent.yaml': expecting('failover.detect <= 1s'),
    'full.yaml': good.replace('100/s', '1000/s'),
    'hang.yaml': `${good.replace(/workers: .*/, `workers: [${workers}]`)}events: [ ${hang} ]\n`,
    'idle.yaml': small,
  });
  const said: Record<string, RegExp> = {
    'absent.yaml': /no data in this run/,
    'full.yaml': /expected a load below 1/,
    'hang.yaml': /truncated/,
    'idle.yaml': /nothing is asked of it/,
  };
  for (const [file, message] of Object.entries(said)) {
    const { code, stdout, stderr } = await check(cwd, file);
    expect({ file, code }).toEqual({ file, code: 4 });
    expect(stdout + stderr).toMatch(message);
  }
  expect((await check(cwd, 'hang.yaml', '--update')).code).toBe(4);
  expect(existsSync(join(cwd, 'baselines'))).toBe(false);
});

test('files for other tools, in a folder or by name, and annotations on the lines', async () => {
  const cwd = folder({ 'bad.yaml': expecting('sojourn.mean <= 1ms', 'errors.rate <= 1%') });
  const { code, stdout } = await check(
    cwd,
    'bad.yaml',
    '--github',
    '--out',
    'report',
    '--junit',
    'j.xml',
  );
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^::error file=bad\.yaml,line=11,title=fairlead check::small: failed: sojourn\.mean <= 1ms: /m,
  );
  const xml = readFileSync(join(cwd, 'j.xml'), 'utf8');
  expect(xml).toBe(readFileSync(join(cwd, 'report/junit.xml'), 'utf8'));
  expect(xml).toMatch(/tests="3" failures="1" errors="0"/);
  expect(JSON.parse(readFileSync(join(cwd, 'report/bencher.json'), 'utf8'))).toMatchObject({
    small: { 'sojourn-mean': { value: expect.any(Number), lower_value: expect.any(Number) } },
  });
  expect(readFileSync(join(cwd, 'report/check.md'), 'utf8')).toContain('❌ fairlead check: failed');
});

test('the same bytes on any number of threads', async () => {
  const cwd = folder({ 'shop.yaml': good });
  const texts = new Set<string>();
  for (const threads of ['1', '3']) {
    await check(
      cwd,
      'shop.yaml',
      '--update',
      '--baseline',
      `${threads}.yaml`,
      '--threads',
      threads,
    );
    texts.add(readFileSync(join(cwd, `${threads}.yaml`), 'utf8'));
  }
  expect(texts.size).toBe(1);
});

test('git:REF: both revisions of an lbmethod and what it imports; a new scenario; unknown revisions', async () => {
  const method = (pick: string) =>
    `import { first } from './lib/first.mjs';\nexport default { name: 'mine', summary: '', source: '', elect: (state, among) => ${pick} };\nexport const unused = first;\n`;
  const cwd = folder({
    'shop.yaml': good.replace('lbmethod: byrequests', 'lbmethod: ./mine.mjs'),
    'mine.mjs': method('among.ids[Math.abs(state.lbstatus[0]++) % among.count]'),
  });
  mkdirSync(join(cwd, 'lib'));
  writeFileSync(join(cwd, 'lib/first.mjs'), 'export const first = 0;\n');
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd });
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'one');
  const same = await checkAnew(cwd, 'shop.yaml', '--against', 'git:main', '--json');
  expect(JSON.parse(same.stdout).scenarios[0]).toMatchObject({
    reference: 'git:main',
    verdict: 'passed',
  });
  writeFileSync(join(cwd, 'mine.mjs'), method('among.ids[0]'));
  writeFileSync(join(cwd, 'lib/first.mjs'), 'export const first = 1;\n');
  writeFileSync(join(cwd, 'new.yaml'), good.replace('name: small', 'name: new'));
  const worse = await checkAnew(cwd, 'shop.yaml', 'new.yaml', '--against', 'git:main', '--json');
  const { scenarios } = JSON.parse(worse.stdout) as CheckResult;
  expect(worse.code).toBe(1);
  expect(scenarios.map(({ verdict, reference }) => [verdict, reference])).toEqual([
    ['failed', 'git:main'],
    ['passed', null],
  ]);
  const unknown = await check(cwd, 'shop.yaml', '--against', 'git:elsewhere');
  expect(unknown).toMatchObject({ code: 2 });
  expect(unknown.stderr).toContain('fetch-depth');
  expect((await check(cwd, 'shop.yaml', '--against', 'git:--help')).code).toBe(2);
});
