/** Ends that come from outside: Ctrl-C, and a reader that has seen enough. */
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ended, folder, small, start } from './cli.ts';

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s while it simulates: exit %d at once, and no report', async (signal, expected) => {
  // Minutes of work, so that the signal cannot come too late.
  const long = small
    .replace('requests: 300', 'requests: 3000000')
    .replace('replications: 4', 'replications: 1000');
  const cwd = folder({ 'long.yaml': long });
  const child = start(['compare', 'long.yaml', '--out', 'report'], { cwd });
  await once(child.stderr!, 'data');
  child.kill(signal);
  const { code, stdout, stderr } = await ended(child);
  expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
  expect(stderr).toContain('fairlead: interrupted');
  expect(readdirSync(cwd)).toEqual(['long.yaml']);
});

test('an interrupt while it writes: every file is whole, none is left under a temporary name', async () => {
  const cwd = folder({ 'small.yaml': small });
  const child = start(['compare', 'small.yaml', '--quiet', '--out', 'report'], { cwd });
  await once(child.stdout!, 'data'); // the tables are printed; the charts are drawn next
  child.kill('SIGINT');
  const { code } = await ended(child);
  expect([0, 130]).toContain(code); // the signal may come when everything is done
  const report = join(cwd, 'report');
  const names = existsSync(report) ? readdirSync(report) : [];
  expect(names.filter((name) => name.startsWith('.') || name.endsWith('.tmp'))).toEqual([]);
  for (const name of names.filter((one) => one.endsWith('.json'))) {
    expect(() => JSON.parse(readFileSync(join(report, name), 'utf8'))).not.toThrow();
  }
  if (names.includes('index.html')) {
    expect(readFileSync(join(report, 'index.html'), 'utf8').trimEnd()).toMatch(/<\/html>$/);
  }
});

test.each([
  ['explain', ['explain', 'small.yaml', '--count', '2000']],
  ['compare', ['compare', 'small.yaml', '--quiet', '--json']],
])('%s ends quietly when its reader has gone', async (_, args) => {
  const cwd = folder({ 'small.yaml': small.replace('requests: 300', 'requests: 2000') });
  const child = start(args, { cwd });
  child.stdout?.destroy();
  const { code, stderr } = await ended(child);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('the report is written though nobody reads the tables', async () => {
  const cwd = folder({ 'small.yaml': small });
  const child = start(['run', 'small.yaml', '--quiet', '--out', 'report'], { cwd });
  child.stdout?.destroy();
  const { code } = await ended(child);
  expect(code).toBe(0);
  expect(readdirSync(join(cwd, 'report'))).toContain('index.html');
});
