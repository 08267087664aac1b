import { closeSync, existsSync, openSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { alone, fairlead, folder, small, stack } from './cli.ts';

const commands = [
  ...['compare', 'run', 'sweep', 'merge', 'worker', 'capacity', 'replay', 'check', 'init'],
  ...['explain', 'lint', 'validate', 'twin', 'metrics', 'lbmethods', 'proxy'],
];

test('--help lists the commands and the exit codes', async () => {
  const { code, stdout, stderr } = await fairlead(['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const command of commands) {
    expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
  }
  expect(stdout).toContain('Exit codes:');
});

test.each([
  ['compare', '--json'],
  ['run', '--json'],
  ['sweep', '--shard'],
  ['merge', '--out'],
  ['capacity', '--slo'],
  ['replay', '%{usec}t'],
  ['explain', '--json'],
  ['lint', '--json'],
  ['lint', 'an httpd.conf'],
  ['proxy', '--define'],
  ['proxy', 'SIGTERM'],
])('%s --help says how to use it: %s', async (command, word) => {
  const { code, stdout, stderr } = await fairlead([command, '--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(new RegExp(`^Usage: fairlead ${command} \\[options\\] <`));
  expect(stdout).toContain(word);
});

test.each(['', ...commands])('%s --help fits 100 columns', async (command) => {
  const { stdout } = await fairlead([command, '--help'].filter(Boolean));
  expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
});

test('--version is that of the package', async () => {
  const { code, stdout } = await fairlead(['--version']);
  expect({ code, stdout: stdout.trim() }).toEqual({
    code: 0,
    stdout: process.env['npm_package_version'] ?? '0.1.0',
  });
});

test.each([
  ['no command', [], /Usage: fairlead/],
  [
    'an unknown command',
    ['compere', 'x.yaml'],
    /unknown command 'compere'[\s\S]*Did you mean compare\?/,
  ],
  ['an unknown option', ['run', 'x.yaml', '--sed', '3'], /--sed'[\s\S]*Did you mean --seed\?/],
  ['no scenario', ['run'], /missing required argument 'scenario'/],
  ['two scenarios', ['run', 'x.yaml', 'y.yaml'], /too many arguments/],
  ['no threads', ['run', 'x.yaml', '--threads', '0'], /Expected a whole number from 1/],
  ['half a request', ['explain', 'x.yaml', '--request', '1.5'], /Expected a whole number from 1/],
  ['a time without unit', ['explain', 'small.yaml', '--at', '90'], /--at is 90; expected .*90s/],
  [
    'an unknown lbmethod',
    ['run', 'small.yaml', '--lbmethod', 'byrequest'],
    /byrequest: .*expected byrequests, /,
  ],
  [
    'an empty lbmethod in a list',
    ['compare', 'small.yaml', '--lbmethod', 'byrequests,'],
    /--lbmethod byrequests,: a name is empty/,
  ],
  [
    'a file to write into',
    ['run', 'small.yaml', '--out', 'small.yaml'],
    /--out is small.yaml, which is a file/,
  ],
  [
    'a folder below a file',
    ['run', 'small.yaml', '--out', 'small.yaml/report'],
    /--out is small.yaml\/report: small.yaml is a file/,
  ],
  ['a folder without a name', ['run', 'small.yaml', '--out', ''], /--out is empty/],
  ['a missing scenario', ['run', 'nothing.yaml'], /^nothing.yaml: .*there is no such file/],
  ['a folder', ['compare', '.'], /^\.: .*is a folder/],
  [
    'an httpd.conf to simulate',
    ['run', 'site.conf'],
    /^site\.conf: .*balancer: \{ httpd: site\.conf \}/,
  ],
])('%s is unusable: exit 2, and why', async (_, args, why) => {
  const { code, stdout, stderr } = await fairlead(args, { cwd: folder({ 'small.yaml': small }) });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(why);
  expect(stderr).not.toMatch(stack);
});

test.each(['run', 'compare', 'explain', 'lint'])(
  '%s says where a scenario is wrong, every problem at once',
  async (command) => {
    const wrong = small.replace('loadfactor: 2', 'loadfacto: 2').replace('100/s', '100');
    const { code, stdout, stderr } = await alone([command, 'wrong.yaml'], {
      cwd: folder({ 'wrong.yaml': wrong }),
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^wrong.yaml:5:24 .*did you mean loadfactor\?$/m);
    expect(stderr).toMatch(/^wrong.yaml:9:43 .*expected a rate/m);
    expect(stderr).not.toMatch(stack);
  },
);

test.each(['run', 'compare', 'explain'])('%s refuses an unstable load: exit 4', async (command) => {
  const { code, stdout, stderr } = await alone([command, 'x.yaml'], {
    cwd: folder({ 'x.yaml': small.replace('100/s', '300/s') }),
  });
  expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
  expect(stderr).toMatch(/load 1\); expected a load below 1/);
  expect(stderr).not.toMatch(stack);
});

test.each([
  ['explain', 'small.yaml', '--count', '1'],
  ['lint', 'small.yaml'],
  ['metrics'],
  ['lbmethods'],
])('%s takes --quiet as every command does', async (...args) => {
  const { code, stderr } = await fairlead([...args, '--quiet'], {
    cwd: folder({ 'small.yaml': small }),
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test.skipIf(!existsSync('/dev/full'))('output that cannot be written is no "no"', async () => {
  const full = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(full));
  const { code, stderr } = await alone(['metrics'], { stdio: ['ignore', full, 'pipe'] });
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'fairlead: ENOSPC: no space left on device, write\n',
  });
});
