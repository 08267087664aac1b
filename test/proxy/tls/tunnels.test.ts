/** Tunnels of clients over TLS, whose connections know later than others that what was sent is taken. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { balancer, rawBackend, rig } from '../rig.ts';
import { Authority, certificateFolder, hasOpenssl } from './certificates.ts';

const folder = certificateFolder();

beforeAll(() => {
  if (hasOpenssl) new Authority(folder.path, 'authority').issue('a.test');
});
afterAll(() => folder.end());

const ask = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
const agreed =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

describe.skipIf(!hasOpenssl)('over TLS', () => {
  test('a client that says more than is read ahead before the worker agrees is heard on', async () => {
    let heard = 0;
    let worker: Socket | undefined;
    const raw = await rawBackend((socket) => {
      socket.once('data', () => {
        worker = socket;
        socket.on('data', ({ length }) => {
          heard += length;
        });
      });
    });
    const tls = `SSLEngine On
SSLCertificateFile ${folder.path}/a.test.pem
SSLCertificateKeyFile ${folder.path}/a.test.key`;
    const r = await rig(balancer([`${raw.url} upgrade=websocket`], '', tls));
    const client = connectTls({ port: r.port, host: '127.0.0.1', rejectUnauthorized: false });
    onTestFinished(() => {
      client.destroy();
    });
    const answered = once(client, 'data');
    client.write(ask);
    await vi.waitUntil(() => worker !== undefined);
    const early = Buffer.alloc(100_000, 'e');
    await new Promise((taken) => client.write(early, taken)); // it is on its way to the proxy now
    worker?.write(agreed);
    expect(String(await answered)).toMatch(/^HTTP\/1\.1 101 /);
    client.write('late');
    await vi.waitUntil(() => heard === early.length + 'late'.length, { timeout: 20_000 });
  });
});
