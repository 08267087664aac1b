/** `fairlead twin` as a user runs it. */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { alone, ended, folder, small, start } from '../cli/cli.ts';

const CODES = { agrees: 0, differs: 1, unclear: 3 } as const;
const slow = small.replace('requests: 300', 'duration: 1s').replace('100/s', '20/s');

test('--json: one document on stdout, the same in --out, and the exit code of its verdict', async () => {
  const cwd = folder({ 'small.yaml': slow });
  const { code, stdout, stderr } = await alone(
    ['twin', 'small.yaml', '--json', '--quiet', '--seed', '7', '--out', 'report'],
    { cwd },
  );
  expect(stderr).toBe('');
  const result = JSON.parse(stdout);
  expect(result).toMatchObject({
    format: 'fairlead/twin@1',
    scenario: { name: 'small', seed: '7' },
    seconds: 1,
    simulated: { replications: 40 },
    live: { conserved: true },
  });
  expect(code).toBe(CODES[result.verdict as keyof typeof CODES]);
  expect(readFileSync(join(cwd, 'report/result.json'), 'utf8')).toBe(stdout);
});

test('the tables and the words, another lbmethod, progress on stderr', async () => {
  const cwd = folder({ 'small.yaml': slow });
  const { stdout, stderr } = await alone(['twin', 'small.yaml', '--lbmethod', 'random'], { cwd });
  expect(stdout).toMatch(
    /^small: random, simulated and live\nseed 1, 1 s, simulated 40 times, live once: \d+ request/,
  );
  expect(stdout).toContain('workers.a.share, %');
  expect(stdout).toMatch(
    /\d+ picks, one by one, are the same in both arms\n - they have to be: random/,
  );
  expect(stdout).toMatch(/\n(The live run agrees|The live run differs|Unclear: this machine)/);
  expect(stderr).toContain('without warm-up');
  expect(stderr).toContain('small: random, live: 1/1 s');
});

test('SIGINT while it is live: exit 130, nothing on stdout, no report', async () => {
  const cwd = folder({ 'small.yaml': slow });
  const args = ['twin', 'small.yaml', '--seconds', '600', '--out', 'report'];
  const child = start(args, { cwd });
  let told = '';
  child.stderr!.setEncoding('utf8').on('data', (text) => {
    told += text;
  });
  while (!told.includes(', live: ')) await once(child.stderr!, 'data');
  child.kill('SIGINT');
  const { code, stdout } = await ended(child);
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
  expect(told).toContain('fairlead: interrupted');
  expect(existsSync(join(cwd, 'report'))).toBe(false);
});

test('what cannot be had live: exit 2, with the place, before anything runs', async () => {
  const cwd = folder({ 'small.yaml': slow.replace('byrequests', 'heartbeat') });
  const { code, stdout, stderr } = await alone(['twin', 'small.yaml'], { cwd });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^small\.yaml:4:13 heartbeat is not supported yet by twin/);
});
