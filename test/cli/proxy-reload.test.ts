/** `fairlead proxy` told to read its configuration again, as a user tells it. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { connect } from 'node:tls';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ask, refusingPort } from '../proxy/rig.ts';
import { ended, folder, start } from './cli.ts';

/** Keeps who asks for `/hold` waiting, and tells of it. */
async function backend(name: string, holds: () => void = () => {}): Promise<string> {
  const server = createServer((message, response) => {
    if (message.url === '/hold') holds();
    else response.end(name);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const conf = (port: number, url: string, more = '') =>
  `Listen 127.0.0.1:${port}\nProxyPass /page !\nProxyPass / ${url}/\n<Location /page>\n  SetHandler balancer-manager\n</Location>\n${more}`;

async function running(file: string, text: string, ...options: string[]) {
  const path = join(folder({ [file]: text }), file);
  const child = start(['proxy', path, '--admin', 'off', ...options]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const end = ended(child);
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    said.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    said.stderr += chunk;
  });
  const until = (pattern: RegExp) =>
    vi.waitUntil(() => pattern.exec(said.stderr), { timeout: 60_000, interval: 10 });
  await vi.waitUntil(() => said.stdout.includes('listening on') || child.exitCode !== null, {
    timeout: 60_000,
  });
  return { child, end, path, said, until };
}

const body = async (port: number) => (await ask(port, '/')).body;

test('SIGHUP: the new configuration is said and used; a wrong one is refused with its reasons', async () => {
  const [a, b] = [await backend('a'), await backend('b')];
  const [port, other] = [await refusingPort(), await refusingPort()];
  const { child, end, path, said, until } = await running('site.conf', conf(port, a));
  expect(await body(port)).toBe('a');
  writeFileSync(path, conf(port, b, `Listen 127.0.0.1:${other}\n`));
  child.kill('SIGHUP');
  await until(/SIGHUP: .*site\.conf is configuration 2 now/);
  expect([await body(port), await body(other)]).toEqual(['b', 'b']);
  await vi.waitUntil(() => said.stdout.includes(`listening on http://127.0.0.1:${other}`));

  writeFileSync(path, `${conf(port, a)}Nonsens On\nTimeout x\n`);
  child.kill('SIGHUP');
  await until(/SIGHUP: refused; configuration 2 goes on:/);
  await until(/site\.conf:7:1 Nonsens/);
  await until(/site\.conf:8:9 Timeout x/);
  expect(await body(port)).toBe('b');
  expect((await ask(port, '/page')).body).toMatch(/A reload was refused once[\s\S]*Nonsens/);

  writeFileSync(path, 'ProxyPass / http://127.0.0.1:1/\n');
  child.kill('SIGHUP');
  await until(/there is no Listen line/);
  rmSync(path);
  child.kill('SIGHUP');
  await until(/site\.conf.*there is no such file/);
  expect(await body(port)).toBe('b');
  child.kill('SIGTERM');
  expect((await end).code).toBe(0);
});

test('--watch: files that change, come or go, however they are written', async () => {
  const [a, b] = [await backend('a'), await backend('b')];
  const port = await refusingPort();
  const text = `IncludeOptional more/*.conf\n`;
  const { path, until, said } = await running('site.conf', conf(port, a, text), '--watch');
  expect(await body(port)).toBe('a');
  writeFileSync(`${path}.new`, conf(port, b, text));
  renameSync(`${path}.new`, path);
  await until(/its files have changed: .*site\.conf is configuration 2 now/);
  expect(await body(port)).toBe('b');

  const folderOf = join(dirname(path), 'more');
  mkdirSync(folderOf);
  writeFileSync(path, conf(port, a, text));
  await until(/is configuration 3 now/);
  writeFileSync(join(folderOf, 'x.conf'), 'Nonsens On\n');
  await until(/its files have changed: refused; configuration 3 goes on:\n.*x\.conf:1:1 Nonsens/);
  writeFileSync(join(folderOf, 'x.conf'), 'Header always set X-More 1\n');
  await until(/is configuration 4 now/);
  expect((await ask(port, '/')).headers['x-more']).toBe('1');
  expect(said.stderr.match(/refused/g)).toHaveLength(1);
});

test('--watch: a YAML file, too', async () => {
  const [a, b] = [await backend('a'), await backend('b')];
  const port = await refusingPort();
  const yaml = (url: string) =>
    `listen: [ { http: "127.0.0.1:${port}" } ]\nbalancer: { balancerpersist: On, workers: [ { url: "${url}" } ] }\n`;
  const { path, until } = await running('site.yaml', yaml(a), '--watch');
  expect(await body(port)).toBe('a');
  writeFileSync(path, yaml(b));
  await until(/is configuration 2 now/);
  expect(await body(port)).toBe('b');
});

test('--watch: a list of networks', async () => {
  const port = await refusingPort();
  const list = join(folder({ 'proxies.txt': '192.0.2.1\n' }), 'proxies.txt');
  const more = `RemoteIPHeader X-Client\nRemoteIPTrustedProxyList ${list}\n<Location />\n  Require ip 192.0.2.9\n</Location>\n`;
  const { until } = await running('site.conf', conf(port, await backend('a'), more), '--watch');
  const asked = async () => (await ask(port, '/', { headers: { 'X-Client': '192.0.2.9' } })).status;
  expect(await asked()).toBe(403);
  writeFileSync(list, '127.0.0.1\n');
  await until(/its files have changed: .*is configuration 2 now/);
  expect(await asked()).toBe(200);
});

test('--watch: a certificate that is renewed', async () => {
  const dir = folder({});
  const renew = (name: string) => {
    const subject = ['-subj', `/CN=${name}`, '-days', '2'];
    const files = ['-keyout', join(dir, 'key.pem'), '-out', join(dir, 'new.pem')];
    const made = spawnSync('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      ...subject,
      ...files,
    ]);
    expect(made.status).toBe(0);
    renameSync(join(dir, 'new.pem'), join(dir, 'cert.pem'));
  };
  renew('first.example');
  const port = await refusingPort();
  const yaml = `listen: [ { https: "127.0.0.1:${port}", certificate: ${dir}/cert.pem, key: ${dir}/key.pem } ]
balancer: { workers: [ { url: "${await backend('a')}" } ] }
`;
  const { until } = await running('site.yaml', yaml, '--watch');
  const shown = async () => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const { subject } = socket.getPeerCertificate();
    socket.destroy();
    return subject.CN;
  };
  expect(await shown()).toBe('first.example');
  renew('second.example');
  await until(/its files have changed: .*is configuration 2 now/);
  expect(await shown()).toBe('second.example');
});

test.each([
  ['site.conf', (port: number, url: string) => conf(port, url, 'GracefulShutdownTimeout 1\n')],
  [
    'site.yaml',
    (port: number, url: string) =>
      `listen: [ { http: "127.0.0.1:${port}" } ]\nbalancer: { workers: [ { url: "${url}" } ] }\ngracefulshutdowntimeout: 1s\n`,
  ],
])('%s: requests under way have GracefulShutdownTimeout at the end', async (file, text) => {
  const port = await refusingPort();
  let held = false;
  const url = await backend('a', () => {
    held = true;
  });
  const { child, end, until } = await running(file, text(port, url));
  const answer = ask(port, '/hold').catch(() => 'broken off');
  await vi.waitUntil(() => held);
  child.kill('SIGTERM');
  await until(/SIGTERM: finishing 1 request, at most 1 s; again to end at once/);
  expect(await answer).toBe('broken off');
  expect((await end).code).toBe(0);
});
