/** HTTP/2 in front of HTTP/1.1 workers, over real TLS: node:http2 and curl as clients. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type ClientHttp2Session, constants } from 'node:http2';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { backend, balancer, type Rig, rawBackend, rig } from '../rig.ts';
import { Authority, certificateFolder, hasOpenssl } from '../tls/certificates.ts';
import { answered, client, get, type Told } from './client.ts';

const folder = certificateFolder();

beforeAll(() => {
  if (hasOpenssl) new Authority(folder.path, 'authority').issue('a.test');
});
afterAll(() => folder.end());

async function front(members: readonly string[], more = '', options = {}): Promise<Rig> {
  return rig(
    `ServerName main.test
<VirtualHost *>
ServerName a.test
SSLEngine On
Protocols h2 http/1.1
SSLCertificateFile ${folder.path}/a.test.pem
SSLCertificateKeyFile ${folder.path}/a.test.key
${more}
${balancer(members)}
</VirtualHost>`,
    options,
  );
}

function post(session: ClientHttp2Session, body: string, headers = {}): Promise<Told> {
  const stream = session.request({ ':method': 'POST', ':path': '/', ...headers });
  const told = answered(stream);
  stream.end(body);
  return told;
}

/** Answers with what it got. */
const mirror = () =>
  backend('mirror', (message, response) => {
    let body = '';
    message.setEncoding('latin1');
    message.on('data', (chunk) => {
      body += chunk;
    });
    message.on('end', () => {
      const { method, url, rawHeaders } = message;
      response.setHeader('Set-Cookie', ['a=1', 'b=2']);
      response.setHeader('Connection', 'x-hop');
      response.setHeader('X-Hop', 'gone');
      response.end(JSON.stringify({ method, url, rawHeaders, body: body.length }));
    });
  });

describe.skipIf(!hasOpenssl)('requests', () => {
  test('go on as HTTP/1.1, and their answers come back without what belongs to a connection', async () => {
    const r = await front([(await mirror()).url]);
    const session = client(r);
    const { status, headers, body } = await get(session, '/x?y', {
      'x-a': '1',
      cookie: ['a=1', 'b=2'],
    });
    expect(status).toBe(200);
    expect(headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(Object.keys(headers)).not.toContain('connection');
    expect(Object.keys(headers)).not.toContain('x-hop');
    const seen = JSON.parse(body) as { url: string; rawHeaders: string[] };
    expect(seen.url).toBe('/x?y');
    const value = (name: string) => seen.rawHeaders[seen.rawHeaders.indexOf(name) + 1];
    expect(value('Cookie')).toBe('a=1; b=2');
    expect(value('X-Forwarded-Host')).toBe(`a.test:${r.port}`);
    expect(seen.rawHeaders.some((name) => name.startsWith(':'))).toBe(false);
  });

  test.each([10, 1_000_000])('a body of %i bytes, with and without its length', async (size) => {
    const session = client(await front([(await mirror()).url]));
    const body = 'x'.repeat(size);
    const lengths = [{}, { 'content-length': size }];
    for (const headers of lengths) {
      expect(JSON.parse((await post(session, body, headers)).body)).toMatchObject({ body: size });
    }
  });

  test('a large answer that the client takes slowly', async () => {
    const text = 'y'.repeat(3_000_000);
    const session = client(await front([(await backend('b', (_, out) => out.end(text))).url]));
    const stream = session.request({ ':path': '/' });
    await once(stream, 'response');
    stream.pause();
    // It can take no more until it is read from.
    await expect.poll(() => stream.state.localWindowSize).toBe(0);
    const told = answered(stream);
    stream.resume();
    expect((await told).body.length).toBe(text.length);
  });

  test('HEAD, 204 and 304 have no body', async () => {
    const url = (
      await backend('b', (message, response) => {
        response.writeHead(Number(message.url!.slice(1)), { 'X-Was': message.method });
        response.end();
      })
    ).url;
    const session = client(await front([url]));
    const head = await get(session, '/200', { ':method': 'HEAD' });
    expect([head.status, head.body, head.headers['x-was']]).toEqual([200, '', 'HEAD']);
    expect([(await get(session, '/204')).status, (await get(session, '/304')).status]).toEqual([
      204, 304,
    ]);
  });

  test('many at once are dealt out as httpd would', async () => {
    const backends = [await backend('a'), await backend('b')];
    const r = await front(backends.map(({ url }) => url));
    const session = client(r);
    const bodies = await Promise.all(Array.from({ length: 60 }, () => get(session)));
    expect(
      bodies
        .map(({ body }) => body)
        .sort()
        .join(''),
    ).toBe('a'.repeat(30) + 'b'.repeat(30));
    await r.idle();
  });

  test('the proxy’s own answers: 503, 421, 400', async () => {
    const session = client(await front(['http://127.0.0.1:1 retry=60']));
    expect((await get(session)).status).toBe(503);
    expect((await get(session, '/', { ':authority': 'a.test', host: 'b.test' })).status).toBe(400);
    const more = `ProxyPass / !\n</VirtualHost>\n<VirtualHost *>\nServerName b.test\nSSLEngine On\nSSLProtocol TLSv1.3\nSSLCertificateFile ${folder.path}/a.test.pem\nSSLCertificateKeyFile ${folder.path}/a.test.key\n`;
    const two = client(await front([(await backend('a')).url], more));
    expect((await get(two, '/', { ':authority': 'b.test' })).status).toBe(421);
  });

  test('Expect: 100-continue', async () => {
    const session = client(await front([(await mirror()).url]));
    const stream = session.request({ ':method': 'POST', ':path': '/', expect: '100-continue' });
    await once(stream, 'continue');
    const told = answered(stream);
    stream.end('abc');
    expect(JSON.parse((await told).body)).toMatchObject({ body: 3 });
  });

  test('a client that gives up frees its worker', async () => {
    const silent = await rawBackend(() => {});
    const r = await front([silent.url]);
    const session = client(r);
    const stream = session.request({ ':path': '/' });
    stream.on('error', () => {});
    await expect.poll(() => r.column('busy')).toEqual([1]);
    stream.close(constants.NGHTTP2_CANCEL);
    await r.idle();
    expect(r.column('busy')).toEqual([0]);
  });

  test('a client that gives up without an error, its body unread', async () => {
    let worker: Socket | null = null;
    const slow = await rawBackend((socket) => {
      worker = socket.resume();
    });
    const r = await front([`${slow.url} ping=20`]); // the body waits for a 100
    const stream = client(r).request({ ':method': 'POST', ':path': '/' });
    stream.on('error', () => {});
    stream.write(Buffer.alloc(40_000));
    await expect.poll(() => worker?.bytesRead ?? 0).toBeGreaterThan(0);
    stream.close(constants.NGHTTP2_NO_ERROR);
    await r.idle();
    expect(r.column('busy')).toEqual([0]);
  });

  test('an answer with fields twice, and with some that HTTP/2 does not have', async () => {
    const fields =
      'HTTP2-Settings: x\r\nX-Content-Type-Options: nosniff\r\nETag: "a"\r\nETag: "b"\r\n';
    const worker = await rawBackend((socket) =>
      socket.once('data', () =>
        socket.write(
          `HTTP/1.1 103 Early Hints\r\n${fields}\r\nHTTP/1.1 200 OK\r\nConstructor: c\r\n${fields}Content-Length: 2\r\n\r\nhi`,
        ),
      ),
    );
    const r = await front([worker.url], 'Header always set X-Content-Type-Options nosniff');
    const stream = client(r).request({ ':path': '/' });
    const early = once(stream, 'headers') as Promise<[Record<string, string>]>;
    const { status, headers, body } = await answered(stream);
    expect((await early)[0]).toMatchObject({ ':status': 103, etag: '"a", "b"' });
    expect([status, body, headers['etag'], headers['constructor']]).toEqual([
      200,
      'hi',
      '"a", "b"',
      'c',
    ]);
    expect(headers['x-content-type-options']).toBe('nosniff, nosniff');
  });

  test.each([
    [{ ':scheme': 'foo', ':path': 'https://b.test/' }],
    [{ ':scheme': 'foo', ':path': 'http://b.test/' }],
    [{ ':path': '/\xe9' }],
  ])('%j is a 400', async (fields) => {
    const session = client(await front([(await mirror()).url]));
    expect((await get(session, '/', fields)).status).toBe(400);
  });

  test('an answer that breaks off is told to be one', async () => {
    let worker: Socket | null = null;
    const broken = await rawBackend((socket) => {
      worker = socket;
      socket.once('data', () =>
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'),
      );
    });
    const r = await front([broken.url]);
    const stream = client(r).request({ ':path': '/' });
    stream.once('response', () => worker?.destroy());
    const told = await answered(stream);
    expect([told.status, told.code]).toEqual([200, constants.NGHTTP2_INTERNAL_ERROR]);
    await r.idle();
  });

  test('a body that does not come is 408', async () => {
    const r = await front([(await mirror()).url], '', { bodySeconds: 0.5 });
    const stream = client(r).request({ ':method': 'POST', ':path': '/', 'content-length': '5' });
    stream.write('ab');
    expect((await answered(stream)).status).toBe(408);
    await r.idle();
  });

  test('curl: both protocols on one port', async () => {
    const { port } = await front([(await mirror()).url]);
    const run = async (protocol: string) =>
      (
        await promisify(execFile)('curl', [
          ...['-sk', protocol, '--resolve', `a.test:${port}:127.0.0.1`, '-o', '/dev/null'],
          ...['-w', '%{http_version} %{http_code}', `https://a.test:${port}/`],
        ])
      ).stdout;
    expect([await run('--http2'), await run('--http1.1')]).toEqual(['2 200', '1.1 200']);
  });
});

describe.skipIf(!hasOpenssl)('sessions', () => {
  test('an idle one ends after KeepAliveTimeout', async () => {
    const session = client(await front([(await backend('a')).url], 'KeepAliveTimeout 100ms'));
    await get(session);
    await once(session, 'close');
  });

  test('one that never asks ends after the time of a head', async () => {
    const session = client(await front([(await backend('a')).url], '', { headerSeconds: 0.2 }));
    await once(session, 'close');
  });

  test('without Protocols h2 only HTTP/1.1 is agreed on', async () => {
    const r = await front([(await backend('a')).url], 'Protocols http/1.1');
    const socket = connectTls({
      port: r.port,
      host: '127.0.0.1',
      servername: 'a.test',
      ALPNProtocols: ['h2', 'http/1.1'],
      rejectUnauthorized: false,
    });
    onTestFinished(() => void socket.destroy());
    await once(socket, 'secureConnect');
    expect(socket.alpnProtocol).toBe('http/1.1');
  });

  test.each<[string, (session: ClientHttp2Session) => void]>([
    [
      'streams opened and reset at once',
      (session) => {
        for (let i = 0; i < 200; i++) {
          const stream = session.request({ ':path': '/' });
          stream.on('error', () => {});
          stream.close(constants.NGHTTP2_CANCEL);
        }
      },
    ],
    [
      'more fields than may be',
      (session) => {
        const fields = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`x-${i}`, 'v']));
        session.request({ ':path': '/', ...fields }).on('error', () => {});
      },
    ],
    [
      'a head larger than may be',
      (session) => {
        session.request({ ':path': '/', 'x-large': 'v'.repeat(60_000) }).on('error', () => {});
      },
    ],
    [
      'settings and pings in a flood',
      (session) => {
        for (let i = 0; i < 2000; i++) {
          session.settings({ initialWindowSize: 65_535 + i });
          session.ping(() => {});
        }
      },
    ],
  ])('%s: others are served, nothing is left charged', async (_, attack) => {
    const r = await front([(await backend('a')).url]);
    for (let i = 0; i < 20; i++) {
      const session = client(r);
      await once(session, 'connect');
      try {
        attack(session);
      } catch {
        // The client's own limits.
      }
      if (i % 2 === 0) session.destroy();
    }
    expect((await get(client(r))).body).toBe('a');
    await r.idle();
    expect(r.column('busy')).toEqual([0]);
  });
});
