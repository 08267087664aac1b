/** `--admin`, `--shadow` and the logs of the built program: what they say, what they refuse. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { get } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ended, fairlead, folder, start } from './cli.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const conf = (port: number, more = '') => `Listen 127.0.0.1:${port}
${more}<Proxy balancer://c>
  BalancerMember http://127.0.0.1:1
</Proxy>
ProxyPass / balancer://c/
`;

/** Starts the proxy and ends it when it has said where it is and `use` is done. */
async function said(
  args: readonly string[],
  use: (child: ChildProcess) => Promise<void> = async () => {},
) {
  const child = start(['proxy', ...args]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const end = ended(child);
  let text = '';
  child.stdout?.on('data', (chunk) => {
    text += chunk;
  });
  await vi.waitUntil(() => text.includes('balancer://c') || child.exitCode !== null, {
    timeout: 60_000,
  });
  await use(child);
  child.kill('SIGTERM');
  return end;
}

function statusOf(port: number, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ port, path, host: '127.0.0.1', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    }).on('error', reject);
  });
}

test('an address or a port of this machine; its line on stdout; off', async () => {
  const [port, admin] = [await freePort(), await freePort()];
  const file = join(folder({ 'a.conf': conf(port) }), 'a.conf');
  let live = 0;
  const { code, stdout } = await said([file, '--admin', `${admin}`], async () => {
    live = await statusOf(admin, '/live');
  });
  expect({ code, live }).toEqual({ code: 0, live: 200 });
  expect(stdout).toContain(
    `listening on http://127.0.0.1:${port}\nadmin on http://127.0.0.1:${admin}/ (metrics, ready, live, status, balancer-manager)\n`,
  );
  expect((await said([file, '--admin', 'off'])).stdout).not.toContain('admin on');
});

test('by default at 127.0.0.1:9480, or a note when that is taken', async () => {
  const port = await freePort();
  const file = join(folder({ 'a.conf': conf(port) }), 'a.conf');
  const taken = createServer().listen(9480, '127.0.0.1');
  const before = await Promise.race([
    once(taken, 'listening').then(() => true),
    once(taken, 'error').then(() => false), // by another program: as good for this test
  ]);
  const { stdout, stderr } = await said([file]);
  expect(stdout).not.toContain('admin on');
  expect(stderr).toContain(
    'fairlead: no admin listener: another program has 127.0.0.1:9480; say --admin ADDRESS, or --admin off',
  );
  if (!before) return;
  taken.close();
  await once(taken, 'close');
  expect((await said([file])).stdout).toContain('admin on http://127.0.0.1:9480/');
});

test('a configuration with a manager of its own has no other one, unless asked for', async () => {
  const [port, admin] = [await freePort(), await freePort()];
  const page = '<Location /m>\nSetHandler balancer-manager\nRequire local\n</Location>\n';
  const file = join(folder({ 'a.conf': conf(port, page) }), 'a.conf');
  const { stdout, stderr } = await said([file]);
  expect(stdout).not.toContain('admin on');
  expect(stderr).not.toContain('admin');
  expect((await said([file, '--admin', `127.0.0.1:${admin}`])).stdout).toContain('admin on');
});

test('an address that is none, or taken, ends it with 2', async () => {
  const port = await freePort();
  const file = join(folder({ 'a.conf': conf(port) }), 'a.conf');
  const wrong = await fairlead(['proxy', file, '--admin', 'nowhere']);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain(
    '--admin: nowhere: expected an address such as 127.0.0.1:9480, a port, or off.',
  );
  const twice = await fairlead(['proxy', file, '--admin', `127.0.0.1:${port}`]);
  expect(twice.code).toBe(2);
  expect(twice.stderr).toContain(
    `--admin: Listen 127.0.0.1:${port}: another program listens there`,
  );
});

test('a shadow: what came of it is told at the end', async () => {
  const port = await freePort();
  const file = join(folder({ 'a.conf': conf(port) }), 'a.conf');
  const args = [file, '--admin', 'off', '--shadow', 'bybusyness'];
  const { code, stdout } = await said(args, async () => {
    expect(await statusOf(port, '/')).toBe(503);
  });
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /balancer:\/\/c: bybusyness beside byrequests: 1 picks, 1 alike \(100\.0 %\)\n {2}http:\/\/127\.0\.0\.1:1 {2}byrequests 1 \(100\.0 %\), bybusyness 1 \(100\.0 %\), both 1\n$/,
  );
});

test('a shadow that there is not, or that a proxy has nothing to decide by', async () => {
  const file = join(folder({ 'a.conf': conf(await freePort()) }), 'a.conf');
  const nobody = await fairlead(['proxy', file, '--admin', 'off', '--shadow', 'nobody']);
  expect(nobody.code).toBe(2);
  expect(nobody.stderr).toContain('nobody: no lbmethod of this name; expected byrequests');
  const load = await fairlead(['proxy', file, '--admin', 'off', '--shadow', 'prequal']);
  expect(load.code).toBe(2);
  expect(load.stderr).toContain('--shadow: prequal decides by what backends say of their load');
});

test('SIGUSR1 opens the logs anew', async () => {
  const port = await freePort();
  const dir = folder({ 'a.conf': conf(port, 'CustomLog access.log "%U %>s"\n') });
  const log = join(dir, 'access.log');
  const holds = (path: string) => (existsSync(path) ? readFileSync(path, 'latin1') : null);
  const { code } = await said([join(dir, 'a.conf'), '--admin', 'off'], async (child) => {
    await statusOf(port, '/one');
    await vi.waitUntil(() => holds(log) !== '', { timeout: 20_000 });
    renameSync(log, `${log}.1`);
    child.kill('SIGUSR1');
    await vi.waitUntil(() => holds(log) === '', { timeout: 20_000 });
    await statusOf(port, '/two');
  });
  expect(code).toBe(0);
  expect([holds(`${log}.1`), holds(log)]).toEqual(['/one 503\n', '/two 503\n']);
});
