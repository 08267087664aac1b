/** Workers that are told by the PROXY protocol who the client is: byte for byte, and as real servers understand it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { clientHeader, ownHeader } from '../../../src/proxy/proxy-protocol/own-header.ts';
import { backend, balancer, RawClient, rawBackend, rig } from '../rig.ts';
import { freePort, hasHttpd, isListening, MODULES, startHttpd } from '../servers/httpd.ts';
import { Authority, certificateFolder, hasOpenssl, read } from '../tls/certificates.ts';

const trusted = 'RemoteIPProxyProtocol On\nRemoteIPTrustedProxy 127.0.0.0/8\n';
const get = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const last = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
const v1 = 'PROXY TCP4 192.0.2.7 198.51.100.1 4711 80\r\n';
const answer = (text: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`;

/** A worker that answers every head, and has the bytes of each connection as latin1. */
async function listener() {
  const connections: string[] = [];
  const { url, port } = await rawBackend((socket) => {
    const at = connections.push('') - 1;
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      connections[at] += chunk;
      if (connections[at]!.endsWith('\r\n\r\n')) socket.write(answer('w'));
    });
  });
  return { url, port, connections };
}

describe('headers', () => {
  const ends = (remoteAddress: string, localAddress: string) => ({
    remoteAddress,
    remotePort: 4711,
    localAddress,
    localPort: 80,
  });
  const hex = (bytes: Buffer) => bytes.toString('hex').slice(24);
  const mapped = '00000000000000000000ffffc0000207';
  const six = '20010db8000000000000000000000001';

  test.each([
    ['192.0.2.7', '198.51.100.1', 'PROXY TCP4 192.0.2.7 198.51.100.1 4711 80\r\n'],
    ['2001:db8::1', '::1', 'PROXY TCP6 2001:db8::1 ::1 4711 80\r\n'],
    ['192.0.2.7', '2001:db8::1', 'PROXY TCP6 ::ffff:192.0.2.7 2001:db8::1 4711 80\r\n'],
    ['2001:db8::1', '192.0.2.7', 'PROXY TCP6 2001:db8::1 ::ffff:192.0.2.7 4711 80\r\n'],
    ['', '192.0.2.7', 'PROXY UNKNOWN\r\n'],
  ])('version 1: %s to %s', (from, to, line) => {
    expect(clientHeader('v1', ends(from, to)).toString()).toBe(line);
  });

  test.each([
    ['192.0.2.7', '198.51.100.1', '2111000cc0000207c633640112670050'],
    ['2001:db8::1', '2001:db8::1', `21210024${six}${six}12670050`],
    ['192.0.2.7', '2001:db8::1', `21210024${mapped}${six}12670050`],
    ['::', '1:2:3:4:5:6:7:8', `21210024${'0'.repeat(32)}0001000200030004000500060007000812670050`],
    ['::1.2.3.4', '::1', `21210024${'0'.repeat(24)}01020304${'0'.repeat(31)}112670050`],
    ['', '192.0.2.7', '20000000'],
  ])('version 2: %s to %s', (from, to, bytes) => {
    const header = clientHeader('v2', ends(from, to));
    expect(header.toString('latin1', 0, 12)).toBe('\r\n\r\n\0\r\nQUIT\n');
    expect(hex(header)).toBe(bytes);
  });

  test('of the proxy itself', () => {
    expect([ownHeader('v1').toString(), hex(ownHeader('v2'))]).toEqual([
      'PROXY UNKNOWN\r\n',
      '20000000',
    ]);
  });
});

describe('connections', () => {
  test('each request has one that begins with its own client', async () => {
    const { url, connections } = await listener();
    const r = await rig(`${trusted}${balancer([`${url} proxyprotocol=v1`])}`);
    const first = new RawClient(r.port).send(v1 + get);
    await first.until((text) => text.endsWith('w'));
    const second = new RawClient(r.port).send(v1.replace('2.7', '2.8') + last);
    await second.end();
    first.send(last);
    await first.end();
    const to = `127.0.0.1 PORT ${r.port}`;
    expect(connections.map((text) => text.replace(/ 4711 (\d+)\r\n[\s\S]*/, ' PORT $1'))).toEqual([
      `PROXY TCP4 192.0.2.7 ${to}`,
      `PROXY TCP4 192.0.2.8 ${to}`,
      `PROXY TCP4 192.0.2.7 ${to}`,
    ]);
    expect(connections.every((text) => text.includes('\r\nConnection: close\r\n'))).toBe(true);
    await r.idle();
  });

  test('the client is who a header of the request says', async () => {
    const { url, connections } = await listener();
    const r = await rig(
      `RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n${balancer([`${url} proxyprotocol=v1`])}`,
    );
    await r.get('/', { headers: { 'X-Forwarded-For': '2001:db8::9' } });
    expect(connections[0]).toMatch(/^PROXY TCP6 2001:db8::9 ::ffff:127\.0\.0\.1 0 \d+\r\nGET /);
  });

  test('the header is no part of what was sent, nor of a failover to a member that wants none', async () => {
    const { url, connections } = await listener();
    const dead = await freePort();
    const r = await rig(balancer([`http://127.0.0.1:${dead} proxyprotocol=v1`, url]));
    expect((await r.get('/')).status).toBe(200);
    expect(connections[0]).toMatch(/^GET /);
    expect(r.column('transferred')[1]).toBe(connections[0]!.length);
    const other = await rig(balancer([`${url} proxyprotocol=v2`]));
    await other.get('/');
    expect(other.column('transferred')[0]).toBe(connections[1]!.length - 28);
  });

  test('an upgraded connection begins with it, too', async () => {
    const { url } = await rawBackend((socket) => {
      let text = '';
      socket.setEncoding('latin1');
      socket.on('data', (chunk) => {
        text += chunk;
        if (!text.includes('\r\n\r\n')) return;
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
        );
        socket.end(text.slice(0, text.indexOf('\r\n')));
      });
    });
    const r = await rig(balancer([`${url} upgrade=websocket proxyprotocol=v1`]));
    const client = new RawClient(r.port).send(
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    expect(await client.end()).toMatch(
      /^HTTP\/1\.1 101 [\s\S]*PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 /,
    );
  });

  test.each(['TCP', 'GET'])('health checks by %s say that they are the proxy’s', async (method) => {
    const one = await listener();
    const two = await listener();
    const check = `hcmethod=${method} hcuri=/ hcinterval=100ms`;
    await rig(
      balancer([`${one.url} proxyprotocol=v1 ${check}`, `${two.url} proxyprotocol=v2 ${check}`]),
    );
    const begins = (text: string | undefined, with_: string) => text?.startsWith(with_) ?? false;
    await vi.waitUntil(
      () =>
        begins(one.connections[0], 'PROXY UNKNOWN\r\n') &&
        begins(two.connections[0], '\r\n\r\n\0\r\nQUIT\n\x20\0\0\0'),
      { timeout: 20_000, interval: 5 },
    );
  });
});

describe.skipIf(!hasOpenssl)('workers over TLS', () => {
  test('the header goes before the handshake, whatever the size of what follows', async () => {
    const folder = certificateFolder();
    onTestFinished(folder.end);
    const authority = new Authority(folder.path, 'authority');
    const pair = authority.issue('w', { extensions: 'subjectAltName=IP:127.0.0.1' });
    const large = 'x'.repeat(1_000_000);
    const secure = createTlsServer(read(pair), (socket) => {
      socket.on('error', () => socket.destroy());
      socket.on('data', (chunk) => {
        if (chunk.toString('latin1').endsWith('\r\n\r\n')) socket.write(answer(large));
      });
    }).listen(0, '127.0.0.1');
    await once(secure, 'listening');
    onTestFinished(() => void secure.close());
    const inner = secure.address() as { port: number };
    const lines: string[] = [];
    let open = 0;
    const { port } = await rawBackend((socket) => {
      open++;
      socket.on('close', () => open--);
      socket.once('data', (chunk) => {
        const end = chunk.indexOf('\r\n') + 2;
        lines.push(chunk.toString('latin1', 0, end));
        const on = connect(inner.port, '127.0.0.1');
        on.on('error', () => socket.destroy());
        on.write(chunk.subarray(end));
        socket.pipe(on).pipe(socket);
      });
    });
    const ca = `SSLProxyEngine On\nSSLProxyCACertificateFile ${authority.path}\n`;
    const r = await rig(`${ca}${balancer([`https://127.0.0.1:${port} proxyprotocol=v1`])}`);
    for (let i = 0; i < 2; i++) expect((await r.get('/')).body).toBe(large);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 \d+ \d+\r\n$/);
    await vi.waitUntil(() => open === 0, { timeout: 20_000, interval: 5 });
    await r.idle();
  });

  test('one whose certificate will not do gets no request', async () => {
    const folder = certificateFolder();
    onTestFinished(folder.end);
    const pair = new Authority(folder.path, 'authority').issue('w');
    let seen = '';
    const secure = createTlsServer(read(pair), (socket) => {
      socket.on('error', () => socket.destroy());
      socket.on('data', (chunk) => {
        seen += chunk;
      });
    });
    const { port } = await rawBackend((socket) => {
      socket.once('readable', () => {
        const bytes: Buffer = socket.read();
        socket.unshift(bytes.subarray(bytes.indexOf('\r\n') + 2));
        secure.emit('connection', socket);
      });
    });
    const r = await rig(
      `SSLProxyEngine On\n${balancer([`https://127.0.0.1:${port} proxyprotocol=v1`])}`,
    );
    expect((await r.get('/')).status).toBe(500);
    expect([seen, r.flags]).toEqual(['', ['E']]);
  });
});

/** What a real server in between makes of the header, for a client that the proxy knows as 192.0.2.7. */
async function throughFront(front: number, version: string): Promise<string> {
  const r = await rig(
    `${trusted}${balancer([`http://127.0.0.1:${front} proxyprotocol=${version}`])}`,
  );
  const text = await new RawClient(r.port).send(v1 + last).end();
  return /for [\w.: ]*/.exec(text)?.[0] ?? text;
}

/** Answers with a field that the server in front wrote. */
const echo = () =>
  backend('e', (message, response) => response.end(`for ${message.headers['x-seen'] ?? 'nobody'}`));

async function running(command: string, words: readonly string[], port: number): Promise<void> {
  const child = spawn(command, words, { stdio: 'ignore' });
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  await vi.waitUntil(
    () => {
      if (child.exitCode !== null) throw new Error(`${command} has ended`);
      return isListening(port);
    },
    { timeout: 20_000, interval: 20 },
  );
}

function workFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'fairlead-telling-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const HAPROXY = '/usr/sbin/haproxy';
const NGINX = '/usr/sbin/nginx';

describe.each(['v1', 'v2'])('proxyprotocol=%s, as it is understood', (version) => {
  test.skipIf(!existsSync(HAPROXY))('by HAProxy (accept-proxy)', async () => {
    const [folder, port, { port: to }] = [workFolder(), await freePort(), await echo()];
    const file = join(folder, 'haproxy.cfg');
    writeFileSync(
      file,
      `defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend f
  bind 127.0.0.1:${port} accept-proxy
  http-request set-header X-Seen "%[src] %[src_port]"
  default_backend b
backend b
  server s 127.0.0.1:${to}
`,
    );
    await running(HAPROXY, ['-db', '-f', file], port);
    expect(await throughFront(port, version)).toBe('for 192.0.2.7 4711');
  });

  test.skipIf(!existsSync(NGINX))('by nginx (listen … proxy_protocol)', async () => {
    const [folder, port, { port: to }] = [workFolder(), await freePort(), await echo()];
    const file = join(folder, 'nginx.conf');
    writeFileSync(
      file,
      `daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/a;
  proxy_temp_path ${folder}/b;
  fastcgi_temp_path ${folder}/c;
  uwsgi_temp_path ${folder}/d;
  scgi_temp_path ${folder}/e;
  server {
    listen 127.0.0.1:${port} proxy_protocol;
    location / {
      proxy_set_header X-Seen "$proxy_protocol_addr $proxy_protocol_port";
      proxy_pass http://127.0.0.1:${to};
    }
  }
}
`,
    );
    await running(NGINX, ['-c', file, '-e', join(folder, 'error.log')], port);
    expect(await throughFront(port, version)).toBe('for 192.0.2.7 4711');
  });

  test.skipIf(!hasHttpd)('by httpd (RemoteIPProxyProtocol On)', async () => {
    const [folder, port, { port: to }] = [workFolder(), await freePort(), await echo()];
    const httpd = await startHttpd(
      folder,
      `LoadModule remoteip_module ${MODULES}/mod_remoteip.so
Listen 127.0.0.1:${port}
RemoteIPProxyProtocol On
RequestHeader set X-Seen "expr=%{REMOTE_ADDR}"
ProxyPass / http://127.0.0.1:${to}/
`,
      port,
    );
    onTestFinished(() => httpd.stop());
    expect(await throughFront(port, version)).toBe('for 192.0.2.7');
    expect(readFileSync(join(folder, 'error.log'), 'latin1')).not.toContain('corrupt');
  });
});
