/** The unit for systemd: what systemd says of it, and what its commands do. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { folder } from '../../cli/cli.ts';
import { MANAGER, proxyChild } from '../chaos/child.ts';
import { ask, backend } from '../rig.ts';
import { freePort } from '../servers/httpd.ts';

const unit = readFileSync(
  fileURLToPath(new URL('../../../src/proxy/deploy/fairlead.service', import.meta.url)),
  'utf8',
);
const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1] ?? '';

test('systemd finds nothing wrong with it', (context) => {
  const asked = spawnSync('systemd-analyze', ['--version']);
  if (asked.error !== undefined) context.skip('no systemd to ask');
  // The program need not be installed where the unit has it.
  const dir = folder({
    'fairlead.service': unit.replace(/^(ExecStart=)\S+/m, `$1${process.execPath}`),
  });
  const verdict = spawnSync('systemd-analyze', ['verify', join(dir, 'fairlead.service')], {
    encoding: 'utf8',
    env: { ...process.env, SYSTEMD_LOG_LEVEL: 'warning' },
  });
  const own = verdict.stderr.split('\n').filter((line) => line.includes('fairlead.service'));
  expect(own).toEqual([]);
});

test('starts what there is, reloads and stops by the signals that the proxy knows', async () => {
  expect(value('ExecStart')).toMatch(/\/fairlead proxy \/etc\/fairlead\/site\.conf$/);
  const [a, b] = [await backend('a'), await backend('b')];
  const port = await freePort();
  const lines = (url: string) => `${MANAGER}ProxyPass / ${url}/\n`;
  const child = await proxyChild(port, lines(a.url));
  expect((await ask(port, '/')).body).toBe('a');
  const [kill, ...args] = value('ExecReload').split(' ');
  const reload = () => {
    const named = args.map((arg) => arg.replace('$MAINPID', String(child.process.pid)));
    expect(spawnSync(kill!, named).status).toBe(0);
  };
  expect(await child.reload(lines(b.url), reload)).toBe('taken over');
  expect((await ask(port, '/')).body).toBe('b');
  child.process.kill('SIGTERM'); // systemd's KillSignal, unless it is said
  expect((await child.ended).code).toBe(0);
});

test('a configuration that cannot be used is not tried again and again', async () => {
  const { fairlead } = await import('../../cli/cli.ts');
  const dir = folder({});
  writeFileSync(join(dir, 'site.conf'), 'Nonsense On\n');
  const { code } = await fairlead(['proxy', join(dir, 'site.conf'), '--admin', 'off']);
  expect(String(code)).toBe(value('RestartPreventExitStatus'));
});
