/** TLS towards workers: whom the proxy believes, and what becomes of requests to others; beside httpd where it is. */

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ask, balancer, RawClient, rig } from '../rig.ts';
import { freePort, hasHttpd, MODULES, startHttpd } from '../servers/httpd.ts';
import { Authority, certificateFolder, hasOpenssl, type Pair, read } from './certificates.ts';

const folder = certificateFolder();
const at = (name: string) => join(folder.path, name);
/** Ports by what their servers show. */
const ports: Record<string, number> = {};
const servers: { close(): void; closeAllConnections(): void }[] = [];

async function secure(name: string, pair: Pair, options: object = {}): Promise<void> {
  const server: Server = createServer({ ...read(pair), ...options }, (message, response) => {
    const socket = message.socket as TLSSocket;
    const client = socket.getPeerX509Certificate()?.subject ?? 'nobody';
    response.end(
      [name, socket.servername, socket.getProtocol(), client, message.headers.host].join(' '),
    );
  });
  server.on('upgrade', (_, socket) => {
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    socket.on('data', (chunk: Buffer) => socket.write(`echo ${chunk}`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  ports[name] = (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  if (!hasOpenssl) return;
  const authority = new Authority(folder.path, 'authority');
  const other = new Authority(folder.path, 'other');
  const between = new Authority(folder.path, 'between', authority);
  const local = 'subjectAltName=DNS:localhost,DNS:front.test,IP:127.0.0.1';
  await secure('good', authority.issue('good', { extensions: local }));
  await secure('stranger', other.issue('stranger', { extensions: local }));
  await secure('misnamed', authority.issue('wrong.test'));
  await secure('late', authority.issue('late', { extensions: local, days: '-1' }));
  const deep = between.issue('deep', { extensions: local });
  const chained = { ...read(deep), cert: `${read(deep).cert}${between.pem}` };
  await secure('deep', deep, chained);
  await secure('old', authority.issue('old', { extensions: local }), { maxVersion: 'TLSv1.2' });
  await secure('asking', authority.issue('asking', { extensions: local }), {
    requestCert: true,
    rejectUnauthorized: true,
    ca: authority.pem,
  });
  const machine = authority.issue('machine');
  const { writeFileSync } = await import('node:fs');
  writeFileSync(at('both.pem'), `${read(machine).cert}${read(machine).key}`);
  const plain = createPlainServer((_, response) => response.end('plain')).listen(0, '127.0.0.1');
  await once(plain, 'listening');
  servers.push(plain);
  ports['plain'] = (plain.address() as AddressInfo).port;
});

afterAll(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
  folder.end();
});

const authorities = () => `SSLProxyCACertificateFile ${at('authority.pem')}\n`;

interface Case {
  readonly worker: string;
  readonly lines: string;
  readonly host?: string;
  /** `200`, or `500 Err`: the status, and whether the member is in error. */
  readonly answer: string;
}

const verify = 'SSLProxyVerify require\n';
const cases: Case[] = [
  { worker: 'good', lines: verify, answer: '200' },
  { worker: 'stranger', lines: verify, answer: '500 Err' },
  { worker: 'stranger', lines: 'SSLProxyVerify none\n', answer: '200' },
  { worker: 'misnamed', lines: verify, answer: '500 Err' },
  { worker: 'misnamed', lines: 'SSLProxyVerify none\n', answer: '500 Err' },
  {
    worker: 'misnamed',
    lines: `${verify}SSLProxyCheckPeerName Off\nSSLProxyCheckPeerCN Off\n`,
    answer: '200',
  },
  { worker: 'late', lines: verify, answer: '500 Err' },
  { worker: 'late', lines: 'SSLProxyVerify none\n', answer: '500 Err' },
  { worker: 'late', lines: 'SSLProxyVerify none\nSSLProxyCheckPeerExpire Off\n', answer: '200' },
  { worker: 'deep', lines: verify, answer: '500 Err' },
  { worker: 'deep', lines: `${verify}SSLProxyVerifyDepth 2\n`, answer: '200' },
  { worker: 'old', lines: verify, answer: '200' },
  { worker: 'old', lines: `${verify}SSLProxyProtocol TLSv1.3\n`, answer: '500 Err' },
  { worker: 'plain', lines: verify, answer: '500 Err' },
  { worker: 'good', lines: `${verify}ProxyPreserveHost On\n`, host: 'front.test', answer: '200' },
  {
    worker: 'good',
    lines: `${verify}ProxyPreserveHost On\n`,
    host: 'elsewhere.test',
    answer: '500 Err',
  },
];

const title = ({ worker, lines, host = '' }: Case) =>
  `${worker}: ${lines.trim().replaceAll('\n', ', ')} ${host}`.trim();

const configured = ({ worker, lines }: Pick<Case, 'worker' | 'lines'>) =>
  `SSLProxyEngine On\n${authorities()}${lines}${balancer([`https://localhost:${ports[worker]}`])}`;

const asking = ({ host }: Case) => (host === undefined ? {} : { headers: { Host: host } });

describe.skipIf(!hasOpenssl)('whom the proxy believes', () => {
  test.each(cases.map((one) => [title(one), one] as const))('%s', async (_, one) => {
    const r = await rig(configured(one));
    const { status } = await r.get('/', asking(one));
    expect(`${status}${r.flags[0] === 'E' ? ' Err' : ''}`).toBe(one.answer);
  });
});

describe.skipIf(!hasOpenssl || !hasHttpd)('as httpd does', () => {
  test.each(cases.map((one) => [title(one), one] as const))('%s', async (_, one) => {
    const port = await freePort();
    const dir = mkdtempSync(join(tmpdir(), 'fairlead-httpd-'));
    const modules = ['socache_shmcb', 'ssl', 'status']
      .map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so\n`)
      .join('');
    const manager =
      '<Location /manager>\nSetHandler balancer-manager\n</Location>\nProxyPass /manager !\n';
    const lines = `${modules}ServerName localhost\nListen 127.0.0.1:${port}\n${manager}${configured(one)}`;
    const httpd = await startHttpd(dir, lines, port);
    onTestFinished(async () => {
      await httpd.stop();
      rmSync(dir, { recursive: true, force: true });
    });
    const { status } = await ask(port, '/', asking(one));
    const { body } = await ask(port, '/manager');
    expect(`${status}${body.includes('Init Err') ? ' Err' : ''}`).toBe(one.answer);
  });
});

describe.skipIf(!hasOpenssl)('workers over TLS', () => {
  test('are verified though nothing is said, by the authorities that Node knows', async () => {
    const lines: string[] = [];
    const r = await rig(`SSLProxyEngine On\n${balancer([`https://localhost:${ports['good']}`])}`, {
      log: (line) => lines.push(line),
    });
    expect((await r.get()).status).toBe(500);
    expect(lines.join('')).toContain('its certificate is not believed');
  });

  test('get the name of their host, and no other protocol than was said', async () => {
    const r = await rig(configured({ worker: 'good', lines: 'SSLProxyProtocol TLSv1.2\n' }));
    expect((await r.get()).body).toBe(`good localhost TLSv1.2 nobody localhost:${ports['good']}`);
  });

  test('by their address: the certificate has to name it, and nothing is asked for', async () => {
    const worker = `https://127.0.0.1:${ports['good']}`;
    const r = await rig(`SSLProxyEngine On\n${authorities()}${balancer([worker])}`);
    expect((await r.get()).body).toMatch(/^good false /);
  });

  test('keep their connections', async () => {
    const r = await rig(configured({ worker: 'good', lines: '' }));
    for (let i = 0; i < 3; i++) expect((await r.again()).status).toBe(200);
    await r.idle();
  });

  test('with another host than the one before get a connection of their own', async () => {
    const r = await rig(configured({ worker: 'good', lines: 'ProxyPreserveHost On\n' }));
    const host = (name: string) => r.get('/', { headers: { Host: name } });
    expect((await host('front.test')).body).toMatch(/^good front\.test /);
    expect((await host('localhost')).body).toMatch(/^good localhost /);
    expect((await host('elsewhere.test')).status).toBe(500);
  });

  test('that ask who the proxy is are told', async () => {
    const lines = `SSLProxyMachineCertificateFile ${at('both.pem')}\n`;
    expect((await (await rig(configured({ worker: 'asking', lines }))).get()).body).toContain(
      'CN=machine',
    );
    const unknown = await rig(configured({ worker: 'asking', lines: '' }));
    expect((await unknown.get()).status).not.toBe(200);
  });

  test('take large bodies and send them', async () => {
    const text = 'x'.repeat(1_000_000);
    const port = await freePort();
    const pair = read({ certificate: at('good.pem'), key: at('good.key') });
    const server = createServer(pair, (message, response) => message.pipe(response));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => server.closeAllConnections());
    onTestFinished(() => void server.close());
    const worker = `https://localhost:${port}`;
    const r = await rig(`SSLProxyEngine On\n${authorities()}${balancer([worker])}`);
    expect((await r.get('/', { method: 'POST', body: text })).body).toBe(text);
    expect((await r.get('/', { method: 'POST', body: text, chunked: true })).body).toBe(text);
  });

  test('wss: a tunnel', async () => {
    const worker = `wss://localhost:${ports['good']}`;
    const r = await rig(`SSLProxyEngine On\n${authorities()}${balancer([worker])}`);
    const client = new RawClient(r.port).send(
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    await client.until((text) => text.startsWith('HTTP/1.1 101'));
    client.send('hello');
    expect(await client.until((text) => text.endsWith('echo hello'))).toContain('echo hello');
  });

  test('health checks find the good one well and the stranger not', async () => {
    const members = ['good', 'stranger'].map(
      (name) => `https://localhost:${ports[name]} hcmethod=GET hcuri=/ hcinterval=100ms hcfails=1`,
    );
    const r = await rig(`SSLProxyEngine On\n${authorities()}${balancer(members)}`);
    const { vi } = await import('vitest');
    await vi.waitUntil(() => r.flags[1]!.includes('C'), { timeout: 20_000, interval: 10 });
    expect(r.flags[0]).not.toContain('C');
  });

  test('an old worker that stands alone', async () => {
    const r = await rig(
      `SSLProxyEngine On\n${authorities()}ProxyPass / https://localhost:${ports['old']}/`,
    );
    expect((await r.get()).body).toMatch(/^old localhost TLSv1\.2 /);
  });
});
