/** What clients may do over TLS, or instead of it, so as to be taken for somebody else or to keep the proxy busy. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readClientHello } from '../../../src/proxy/tls/client-hello.ts';
import { backend, balancer, type Rig, rig } from '../rig.ts';
import { Authority, certificateFolder, hasOpenssl, read } from './certificates.ts';

const folder = certificateFolder();
let authority: Authority;

beforeAll(() => {
  if (!hasOpenssl) return;
  authority = new Authority(folder.path, 'authority');
  authority.issue('a.test');
});
afterAll(() => folder.end());

/** Its worker answers with the fields that it got. */
async function front(lines: string): Promise<Rig> {
  const worker = await backend('w', (message, response) =>
    response.end(JSON.stringify(message.headers)),
  );
  return rig(`ServerName main.test
<VirtualHost *>
ServerName a.test
SSLEngine On
SSLCertificateFile ${folder.path}/a.test.pem
SSLCertificateKeyFile ${folder.path}/a.test.key
${lines}
${balancer([worker.url])}
</VirtualHost>`);
}

async function asked(r: Rig, target: string, options: ConnectionOptions = {}): Promise<string> {
  const to = { port: r.port, host: '127.0.0.1', servername: 'a.test', rejectUnauthorized: false };
  const socket = connectTls({ ...to, ...options });
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk;
  });
  socket.write(`GET ${target} HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n`);
  await once(socket, 'close');
  return text;
}

/** The low bytes of the first two letters are CR and LF. */
const subject = '/CN=\u010D\u010AX-Admin: yes';

describe.skipIf(!hasOpenssl)('over TLS', () => {
  test('a name in a certificate starts no field of its own', async () => {
    const pair = read(authority.issue('client', { subject }));
    const r = await front(`SSLVerifyClient require
SSLCACertificateFile ${folder.path}/authority.pem
RequestHeader set X-Client "%{SSL_CLIENT_S_DN_CN}s"
Header always set X-Client "%{SSL_CLIENT_S_DN_CN}s"`);
    const text = await asked(r, '/', pair);
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    const name = Buffer.from(subject.slice(4)).toString('latin1');
    expect(text).toContain(`\r\nX-Client: ${name}\r\n`);
    const seen = JSON.parse(Buffer.from(text.split('\r\n\r\n')[1]!, 'latin1').toString());
    expect([seen['x-admin'], seen['x-client']]).toEqual([undefined, name]);
  });

  test.each([
    ['http', 'a.test'], // httpd goes by Host then
    ['https', 'b.test'],
  ])('an absolute target with %s is for %s, for workers, too', async (scheme, host) => {
    const text = await asked(await front('ProxyPreserveHost On'), `${scheme}://b.test/`);
    expect(JSON.parse(text.split('\r\n\r\n')[1]!)).toMatchObject({ host });
  });

  test('who speaks HTTP, and goes on speaking, is cut off', async () => {
    const { port } = await front('');
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    const speaking = setInterval(() => socket.write('x'), 100);
    onTestFinished(() => clearInterval(speaking));
    socket.resume().write('GET / HTTP/1.1\r\n\r\n');
    await new Promise((resolve) => socket.on('close', resolve));
  }, 20_000);
});

test('a first message in records of one byte, piece by piece', () => {
  const records = Buffer.alloc(6 * 5000);
  for (let at = 0; at < records.length; at += 6) {
    records.set([22, 3, 1, 0, 1, at === 0 ? 1 : 0xff], at);
  }
  for (let length = 1; length <= records.length; length += 100) {
    expect(readClientHello(records.subarray(0, length))).toBe('more');
  }
}, 10_000);
