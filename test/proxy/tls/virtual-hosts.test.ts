/**
 * Which virtual host a TLS client meets, and which one its request may be for: the same questions to ours and, where it
 * is installed, to the real httpd.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadHttpd } from '../../../src/config/httpd.ts';
import { type RunningProxy, startProxy } from '../../../src/proxy/proxy.ts';
import { Backend, RawClient } from '../rig.ts';
import { freePort, type Httpd, hasHttpd, MODULES, startHttpd } from '../servers/httpd.ts';
import { Authority, certificateFolder, hasOpenssl, read } from './certificates.ts';

type Client = 'good' | 'bad' | 'deep';

interface Question {
  readonly sni?: string;
  /** null: an HTTP/1.0 request without Host. */
  readonly host: string | null;
  readonly client?: Client;
  readonly version?: 'TLSv1.2' | 'TLSv1.3';
}

/** The status and the virtual host that says so; `none`: no answer. */
type Told = string;

const folder = certificateFolder();
const clients: Partial<Record<Client, { cert: string; key: string }>> = {};
const ports: Record<string, number> = {};
let backend: Backend;
let ours: RunningProxy;
let theirs: Httpd | null = null;

function configuration(port: number, plain: number, url: string): string {
  const host = (name: string, certificate: string, lines = '') => `<VirtualHost *:${port}>
ServerName ${name}
SSLEngine On
SSLCertificateFile ${folder.path}/${certificate}.pem
SSLCertificateKeyFile ${folder.path}/${certificate}.key
Header always set X-Host ${name}
Header always set X-Client "%{SSL_CLIENT_VERIFY}s %{SSL_CLIENT_S_DN}s %{HTTPS}s"
ProxyPass / ${url}/
${lines}
</VirtualHost>`;
  return `
Listen 127.0.0.1:${port} https
Listen 127.0.0.1:${plain}
ServerName main.test
ProxyPass / ${url}/
Header always set X-Host main
${host('a.test', 'a.test')}
${host('b.test', 'b.test', 'ServerAlias *.b.test')}
${host('like-a.test', 'a.test')}
${host('optional.test', 'b.test', `SSLVerifyClient optional\nSSLCACertificateFile ${folder.path}/authority.pem`)}
${host('require.test', 'b.test', `SSLVerifyClient require\nSSLCACertificateFile ${folder.path}/authority.pem`)}
${host('deep.test', 'b.test', `SSLVerifyClient require\nSSLVerifyDepth 2\nSSLCACertificateFile ${folder.path}/authority.pem`)}
${host('old.test', 'b.test', 'SSLProtocol -all +TLSv1.2')}
${host('strict.test', 'a.test', 'SSLStrictSNIVHostCheck On')}
`;
}

beforeAll(async () => {
  if (!hasOpenssl) return;
  const authority = new Authority(folder.path, 'authority');
  const other = new Authority(folder.path, 'other');
  authority.issue('a.test');
  authority.issue('b.test');
  clients.good = read(authority.issue('client', { subject: '/O=Test/CN=client' }));
  clients.bad = read(other.issue('stranger'));
  const between = new Authority(folder.path, 'between', authority);
  const deep = read(between.issue('deep'));
  clients.deep = { ...deep, cert: deep.cert + between.pem };
  backend = await new Backend((_, response) => response.end('served')).up();
  const dir = mkdtempSync(join(tmpdir(), 'fairlead-tls-'));
  ports['ours'] = await freePort();
  ports['plain'] = await freePort();
  const file = join(dir, 'ours.conf');
  writeFileSync(file, configuration(ports['ours'], ports['plain'], backend.url));
  ours = await startProxy(loadHttpd(file));
  rmSync(dir, { recursive: true });
  if (!hasHttpd) return;
  ports['httpd'] = await freePort();
  ports['httpd plain'] = await freePort();
  const lines = configuration(ports['httpd'], ports['httpd plain'], backend.url);
  const modules = ['socache_shmcb', 'ssl'].map(
    (name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so\n`,
  );
  theirs = await startHttpd(folder.path, modules.join('') + lines, ports['httpd']);
});

afterAll(async () => {
  await ours?.close(0);
  await theirs?.stop();
  await backend?.down();
  folder.end();
});

/** Asks over a connection of its own. */
function asked(port: number, { sni, host, client, version }: Question): Promise<Told> {
  const options: ConnectionOptions = {
    port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    ...(sni === undefined ? {} : { servername: sni }),
    ...(client === undefined ? {} : clients[client]),
    ...(version === undefined ? {} : { minVersion: version, maxVersion: version }),
  };
  return new Promise((resolve) => {
    let text = '';
    const socket: TLSSocket = connectTls(options, () =>
      socket.write(
        host === null
          ? 'GET /x HTTP/1.0\r\n\r\n'
          : `GET /x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      ),
    );
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(told(text)));
  });
}

function told(text: string): Told {
  const status = /^HTTP\/1\.1 (\d+)/.exec(text)?.[1];
  if (status === undefined) return 'none';
  const header = (name: string) => new RegExp(`^${name}: (.*)\r$`, 'im').exec(text)?.[1] ?? '-';
  return `${status} ${header('X-Host')}: ${header('X-Client')}`;
}

const hosts = ['a.test', 'x.b.test', 'like-a.test', 'optional.test', 'old.test', 'strict.test'];
const questions: Question[] = [
  ...hosts.map((host) => ({ sni: host, host })),
  ...hosts.map((host) => ({ sni: 'a.test', host })),
  ...hosts.map((host) => ({ sni: 'b.test', host })),
  ...hosts.map((host) => ({ sni: 'unknown.test', host })),
  ...hosts.map((host) => ({ host })),
  { sni: 'a.test', host: 'unknown.test' },
  { sni: 'A.TEST', host: 'a.test' },
  { sni: 'a.test', host: null },
  { host: null },
  ...(['TLSv1.2', 'TLSv1.3'] as const).flatMap((version) => [
    { sni: 'old.test', host: 'old.test', version },
    ...(['optional.test', 'require.test'] as const).flatMap((host) => [
      { sni: host, host, version },
      { sni: host, host, version, client: 'good' as const },
      { sni: host, host, version, client: 'bad' as const },
      { sni: host, host, version, client: 'deep' as const },
    ]),
    { sni: 'deep.test', host: 'deep.test', version, client: 'deep' as const },
    { sni: 'a.test', host: 'require.test', version, client: 'good' as const },
  ]),
];

const name = (question: Question) =>
  Object.entries(question)
    .map((pair) => pair.join(' '))
    .join(', ');

describe.skipIf(!hasOpenssl || !hasHttpd)('beside httpd', () => {
  test.each(questions.map((question) => [name(question), question] as const))(
    '%s',
    async (_, question) => {
      expect(await asked(ports['ours']!, question)).toBe(await asked(ports['httpd']!, question));
    },
  );
});

describe.skipIf(!hasOpenssl)('by itself', () => {
  test.each<[Question, Told]>([
    [{ sni: 'x.b.test', host: 'x.b.test' }, '200 b.test: NONE (null) on'],
    [{ sni: 'a.test', host: 'like-a.test' }, '200 like-a.test: NONE (null) on'],
    [{ sni: 'a.test', host: 'b.test' }, '421 b.test: NONE (null) on'],
    [
      { sni: 'require.test', host: 'require.test', client: 'good' },
      '200 require.test: SUCCESS CN=client,O=Test on',
    ],
    [{ sni: 'require.test', host: 'require.test' }, 'none'],
    [{ sni: 'require.test', host: 'require.test', client: 'deep' }, 'none'],
    [{ sni: 'deep.test', host: 'deep.test', client: 'deep' }, '200 deep.test: SUCCESS CN=deep on'],
    [{ sni: 'require.test', host: 'require.test', client: 'bad' }, 'none'],
    [{ sni: 'optional.test', host: 'optional.test', client: 'bad' }, 'none'],
    [{ sni: 'a.test', host: null }, '400 a.test: NONE (null) on'],
  ])('%o: %s', async (question, answer) => {
    expect(await asked(ports['ours']!, question)).toBe(answer);
  });

  test('plain HTTP to a port that speaks TLS is told so', async () => {
    const client = new RawClient(ports['ours']!).send('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n');
    expect(await client.end()).toMatch(/^HTTP\/1\.1 400 [\s\S]*Use the https scheme/);
  });

  test('what is neither TLS nor HTTP gets no answer', async () => {
    const client = new RawClient(ports['ours']!).send('\x80\x00\x01\x02SSH-2.0');
    expect(await client.end()).toBe('');
  });

  test('an address without SSLEngine speaks HTTP in the clear beside it', async () => {
    const client = new RawClient(ports['plain']!).send('GET / HTTP/1.0\r\nHost: a.test\r\n\r\n');
    expect(await client.end()).toMatch(/^HTTP\/1\.1 200 [\s\S]*X-Host: main[\s\S]*served$/);
  });

  test.each([1, 3, 7, 50])('a first message in pieces of %i bytes', async (size) => {
    const hello = await firstMessage();
    const client = new RawClient(ports['ours']!);
    for (let at = 0; at < hello.length; at += size) {
      client.send(hello.subarray(at, at + size).toString('latin1'));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await client.until((text) => text.length > 100)).charCodeAt(0)).toBe(22); // the server's hello
  });

  test('closing ends handshakes that have not begun', async () => {
    const file = join(folder.path, 'one.conf');
    const port = await freePort();
    writeFileSync(file, configuration(port, await freePort(), backend.url));
    const proxy = await startProxy(loadHttpd(file));
    const client = new RawClient(port).send('\x16');
    await new Promise((resolve) => client.socket.once('connect', resolve));
    await proxy.close();
    expect(await client.end()).toBe('');
  });

  test('a handshake that takes too long is ended', async () => {
    const file = join(folder.path, 'slow.conf');
    const port = await freePort();
    writeFileSync(file, configuration(port, await freePort(), backend.url));
    const proxy = await startProxy(loadHttpd(file), { headerSeconds: 0.05 });
    const hello = (await firstMessage()).toString('latin1');
    expect(await new RawClient(port).send(hello.slice(0, 20)).end()).toBe('');
    expect((await new RawClient(port).send(hello).end()).charCodeAt(0)).toBe(22);
    await proxy.close(0);
  });
});

/** What Node sends first. */
async function firstMessage(): Promise<Buffer> {
  const { Duplex } = await import('node:stream');
  return new Promise((resolve) => {
    const wire = new Duplex({ read() {}, write: (chunk) => resolve(chunk) });
    connectTls({ socket: wire, servername: 'a.test' }).on('error', () => {});
  });
}
