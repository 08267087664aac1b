/**
 * The GitHub Action: its steps, run one after the other in a checkout of somebody's project. With FAIRLEAD_VERSIONS=1
 * all that may become of them, and `npm ci` in a bare copy of the sources, which is how GitHub brings the action: it
 * downloads all packages.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { folder, small } from '../cli/cli.ts';
import { runAction } from './composite.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const asked = process.env['FAIRLEAD_VERSIONS'] === '1';

const expecting = (name: string, line: string) =>
  `${small.replace('name: small', `name: ${name}`).replace('300', '1000')}expect:\n  - ${line}\n`;
const good = expecting('good', 'sojourn.mean <= 1s');
const bad = expecting('bad', 'sojourn.mean <= 1ms');

/** The last step goes by its first line. */
const SUMMARY = 'if [ -e "$REPORT/check.md" ]; then';
const link = 'https://github.com/o/r/actions/runs/1/artifacts/2?a=1&b=2';
const outputs = { upload: { 'artifact-url': link } };

/** The action as it is after its `npm ci`. */
function builtAction(): string {
  const action = folder({});
  for (const name of ['dist', 'node_modules', 'package.json', 'action.yml']) {
    symlinkSync(join(root, name), join(action, name));
  }
  return action;
}

const run = (workspace: string, inputs: Record<string, string>) =>
  runAction({ action: builtAction(), workspace, inputs, outputs, without: 'npm ci' });

test('passes, leaves the report where it says, and a summary whose chart is the artifact', async () => {
  const workspace = folder({ 'good.yaml': good });
  const done = await run(workspace, { scenarios: 'good.yaml', report: 'out/report' });
  expect(done, done.stderr).toMatchObject({ code: 0, outputs: { report: 'out/report' } });
  expect(done.used['actions/upload-artifact@v4']).toMatchObject({
    name: 'report', // a name of an artifact has no slash
    path: 'out/report',
  });
  const { report } = done.outputs;
  for (const name of ['check.json', 'junit.xml', 'check.md', 'bencher.json']) {
    expect(existsSync(join(workspace, report!, name)), name).toBe(true);
  }
  expect(done.summary).toContain('fairlead check: passed');
});

test.runIf(asked)('fails with annotations on the line, and reports all the same', async () => {
  const workspace = folder({ 'good.yaml': good, 'bad.yaml': bad, 'a b.txt': '' });
  const done = await run(workspace, { scenarios: 'good.yaml\n  b*.yaml' });
  expect(done.code).toBe(1);
  expect(done.stdout).toMatch(/^::error file=bad\.yaml,line=11,/m);
  expect(done.steps).toEqual(['actions/setup-node@v4', 'check', 'upload', SUMMARY]);
  expect(done.summary).toContain('fairlead check: failed');
});

test.runIf(asked)(
  'a baseline by its name; --against git:REF, and its chart linked whatever the address holds',
  async () => {
    const workspace = folder({ 'good.yaml': good });
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
        cwd: workspace,
      });
    git('init', '-q', '-b', 'main');
    git('add', '-A');
    git('commit', '-q', '-m', 'one');
    const same = await run(workspace, { scenarios: 'good.yaml', against: 'git:main' });
    expect(same, same.stderr).toMatchObject({ code: 0 });
    expect(same.stdout).toContain('against git:main');
    expect(same.summary).toContain(`](${link})`);
    expect(same.summary).not.toContain('check.svg');
    const missing = await run(workspace, { scenarios: 'good.yaml', baseline: 'no such/b.yaml' });
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain('no such/b.yaml: the baseline does not exist');
  },
);

test.runIf(asked)(
  'what cannot be used fails without a summary; what is too close only where it is not allowed',
  async () => {
    const workspace = folder({ 'good.yaml': good });
    const none = await run(workspace, { scenarios: 'nowhere*.yaml' });
    expect(none).toMatchObject({ code: 2, summary: '' });
    await run(workspace, { scenarios: 'good.yaml', report: 'r' });
    const bencher = JSON.parse(readFileSync(join(workspace, 'r/bencher.json'), 'utf8'));
    const mean: number = bencher.good['sojourn-mean'].value;
    const close = folder({ 'close.yaml': expecting('close', `sojourn.mean <= ${mean}ms`) });
    expect((await run(close, { scenarios: 'close.yaml' })).code).toBe(3);
    const allowed = await run(close, { scenarios: 'close.yaml', 'allow-inconclusive': 'true' });
    expect(allowed.code).toBe(0);
  },
);

test.runIf(asked)(
  'from its sources: npm ci builds it (FAIRLEAD_VERSIONS=1)',
  { timeout: 600_000 },
  async () => {
    const action = folder({});
    for (const name of ['src', 'sim', 'reports', 'action.yml', 'tsconfig.json', '.npmrc']) {
      cpSync(join(root, name), join(action, name), { recursive: true });
    }
    for (const name of ['package.json', 'package-lock.json']) {
      cpSync(join(root, name), join(action, name));
    }
    const workspace = folder({ 'good.yaml': good, 'bad.yaml': bad });
    const done = await runAction({ action, workspace, inputs: { scenarios: '*.yaml' }, outputs });
    expect(done.stderr).not.toContain('ERR!');
    expect(done.code).toBe(1);
    expect(done.stdout).toMatch(/^::error file=bad\.yaml,line=11,/m);
    await rm(join(action, 'node_modules'), { recursive: true }); // takes longer than a hook may
  },
);
