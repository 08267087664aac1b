/** Who the client is by the PROXY protocol: from whom it is believed, in any pieces, over TLS, too; and what is not. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startProxy } from '../../../src/proxy/proxy.ts';
import { proxyConfigOf } from '../../../src/scenario/proxy-config.ts';
import { backend, balancer, RawClient, rig } from '../rig.ts';
import { freePort } from '../servers/httpd.ts';
import { Authority, certificateFolder, hasOpenssl } from '../tls/certificates.ts';

const signature = '\r\n\r\n\0\r\nQUIT\n';
const bytes = (...numbers: number[]) => String.fromCharCode(...numbers);
const v1 = 'PROXY TCP4 192.0.2.7 198.51.100.1 4711 80\r\n';
const ports = bytes(0x12, 0x67, 0, 80);
const v2 = `${signature}${bytes(0x21, 0x11, 0, 12, 192, 0, 2, 7, 198, 51, 100, 1)}${ports}`;
const address6 = bytes(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
const v2of6 = `${signature}${bytes(0x21, 0x21, 0, 36)}${address6}${address6}${ports}`;
const mapped = bytes(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 7);
const v2ofMapped = `${signature}${bytes(0x21, 0x21, 0, 36)}${mapped}${mapped}${ports}`;
const withExtension = `${signature}${bytes(0x21, 0x11, 0, 19, 192, 0, 2, 7, 198, 51, 100, 1)}${ports}${bytes(4, 0, 4, 1, 2, 3, 4)}`;
const local = `${signature}${bytes(0x20, 0, 0, 0)}`;
const get = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

const trusted = 'RemoteIPProxyProtocol On\nRemoteIPTrustedProxy 127.0.0.0/8\n';

/** A worker that tells who the proxy says the client is. */
const worker = () =>
  backend('w', (message, response) => response.end(`for ${message.headers['x-forwarded-for']}`));

describe('a balancer in front', () => {
  const proxy = async (lines = trusted, options = {}) =>
    rig(`${lines}${balancer([(await worker()).url])}`, options);

  test.each([
    ['version 1', v1, '192.0.2.7'],
    ['version 1, IPv6', 'PROXY TCP6 2001:db8::1 ::1 1 2\r\n', '2001:db8::1'],
    ['version 1, unknown', 'PROXY UNKNOWN\r\n', '127.0.0.1'],
    ['version 1, unknown with words', 'PROXY UNKNOWN a b c\r\n', '127.0.0.1'],
    ['version 2', v2, '192.0.2.7'],
    ['version 2, IPv6', v2of6, '2001:db8::1'],
    ['version 2, IPv4 in IPv6', v2ofMapped, '192.0.2.7'],
    ['version 2 with an extension', withExtension, '192.0.2.7'],
    ['version 2, the balancer itself', local, '127.0.0.1'],
  ])('%s', async (_, header, address) => {
    const r = await proxy();
    const text = await new RawClient(r.port).send(header + get).end();
    expect(text).toMatch(new RegExp(`200 OK[\\s\\S]*for ${address.replaceAll('.', '\\.')}$`));
  });

  test.each([
    ['version 1', v1],
    ['version 2', withExtension],
  ])('%s in single bytes', async (_, header) => {
    const client = new RawClient((await proxy()).port);
    client.socket.setNoDelay(true);
    for (const one of header + get) {
      client.send(one);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await client.end()).toContain('for 192.0.2.7');
  });

  test('the header counts for every request of the connection, and is asked for once', async () => {
    const client = new RawClient((await proxy()).port);
    client.send(`${v1}GET / HTTP/1.1\r\nHost: x\r\n\r\n`);
    await client.until((text) => text.endsWith('for 192.0.2.7'));
    client.send(get);
    expect((await client.end()).match(/for 192\.0\.2\.7/g)).toHaveLength(2);
  });

  test.each([
    ['a request without one', get],
    ['a port too large', 'PROXY TCP4 192.0.2.7 198.51.100.1 65536 80\r\n'],
    ['an address of the other kind', 'PROXY TCP4 ::1 ::1 1 80\r\n'],
    ['a name', 'PROXY TCP4 localhost localhost 1 80\r\n'],
    ['a line without an end', `PROXY UNKNOWN ${'x'.repeat(200)}`],
    ['another word', 'PROXY UDP4 192.0.2.7 198.51.100.1 1 80\r\n'],
    ['a bare line feed', 'PROXY TCP4 192.0.2.7 198.51.100.1 4711 80\n\n\r\n'],
    ['version 3', `${signature}${bytes(0x31, 0x11, 0, 12)}${'\0'.repeat(12)}`],
    ['a command that nobody knows', `${signature}${bytes(0x22, 0x11, 0, 12)}${'\0'.repeat(12)}`],
    ['addresses cut short', `${signature}${bytes(0x21, 0x11, 0, 4)}${'\0'.repeat(4)}`],
    ['a unix socket', `${signature}${bytes(0x21, 0x31, 0, 216)}${'\0'.repeat(216)}`],
    [
      'a header larger than any',
      `${signature}${bytes(0x21, 0x11, 0xff, 0xff)}${'\0'.repeat(5000)}`,
    ],
  ])('%s ends the connection without an answer', async (_, sent) => {
    const r = await proxy();
    expect(await new RawClient(r.port).send(sent + get).end()).toBe('');
    expect(r.column('elected')).toEqual([0]);
  });

  test('a second header is no request', async () => {
    expect(await new RawClient((await proxy()).port).send(v1 + v1 + get).end()).toMatch(
      /^HTTP\/1\.1 400 /,
    );
  });

  test('who is not trusted is cut off, whatever he says; exceptions say nothing', async () => {
    const other = await proxy('RemoteIPProxyProtocol On\nRemoteIPTrustedProxy 192.0.2.0/24\n');
    expect(await new RawClient(other.port).send(v1 + get).end()).toBe('');
    const spared = await proxy(`${trusted}RemoteIPProxyProtocolExceptions 127.0.0.1\n`);
    expect(await new RawClient(spared.port).send(get).end()).toContain('for 127.0.0.1');
    expect(await new RawClient(spared.port).send(v1 + get).end()).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('a header that does not come in time ends the connection', async () => {
    const r = await proxy(trusted, { headerSeconds: 0.1 });
    expect(await new RawClient(r.port).send('PROXY ').end()).toBe('');
  });

  test('closing ends connections that wait for their header', async () => {
    const r = await proxy();
    const client = new RawClient(r.port).send('PROXY ');
    await once(client.socket, 'connect');
    await r.proxy.close();
    expect(await client.end()).toBe('');
  });

  test('access goes by who the client is', async () => {
    const r = await proxy(`${trusted}<Location />\nRequire ip 192.0.2.0/24\n</Location>\n`);
    expect(await new RawClient(r.port).send(v1 + get).end()).toMatch(/^HTTP\/1\.1 200 /);
    const stranger = v1.replace('192.0.2.7', '203.0.113.1');
    expect(await new RawClient(r.port).send(stranger + get).end()).toMatch(/^HTTP\/1\.1 403 /);
  });
});

test('curl says it as well', async () => {
  const r = await rig(`${trusted}${balancer([(await worker()).url])}`);
  const words = ['-s', '--haproxy-protocol', `http://127.0.0.1:${r.port}/`];
  expect((await promisify(execFile)('curl', words)).stdout).toBe('for 127.0.0.1');
});

test.skipIf(!hasOpenssl)('before a TLS handshake, as a YAML file says it', async () => {
  const folder = certificateFolder();
  onTestFinished(folder.end);
  new Authority(folder.path, 'authority').issue('a.test');
  const [secure, plain] = [await freePort(), await freePort()];
  const file = join(folder.path, 'proxy.yaml');
  writeFileSync(
    file,
    `listen:
  - { https: "127.0.0.1:${secure}", certificate: a.test.pem, key: a.test.key, proxyprotocol: [ 127.0.0.1 ] }
  - { http: "127.0.0.1:${plain}" }
balancer: { workers: [ { url: "${(await worker()).url}" } ] }
`,
  );
  const proxy = await startProxy(proxyConfigOf(file));
  onTestFinished(() => proxy.close(0));
  expect(await new RawClient(plain).send(get).end()).toContain('for 127.0.0.1');
  const raw = connect(secure, '127.0.0.1');
  await once(raw, 'connect');
  raw.write(v2, 'latin1');
  const socket = connectTls({ socket: raw, rejectUnauthorized: false, servername: 'a.test' });
  onTestFinished(() => void socket.destroy());
  socket.write(get);
  let text = '';
  for await (const chunk of socket) text += chunk;
  expect(text).toContain('for 192.0.2.7');
});
