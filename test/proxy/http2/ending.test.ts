/** How sessions end: SIGTERM, reloads and deadlines while streams are under way. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:http2';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { proxyChild } from '../chaos/child.ts';
import { backend, balancer, configuration, onFreePorts, type Rig, rig } from '../rig.ts';
import { freePort, isListening } from '../servers/httpd.ts';
import { Authority, certificateFolder, hasOpenssl } from '../tls/certificates.ts';
import { answered, client, get } from './client.ts';
import { data, END_HEADERS, fields, headers, ping, statusIn, types, Wire } from './wire.ts';

const folder = certificateFolder();
beforeAll(() => {
  if (hasOpenssl) new Authority(folder.path, 'authority').issue('a.test');
});
afterAll(() => folder.end());

const lines = (members: readonly string[]) => `ServerName a.test
SSLEngine On
Protocols h2 http/1.1
SSLCertificateFile ${folder.path}/a.test.pem
SSLCertificateKeyFile ${folder.path}/a.test.key
${balancer(members)}`;

const front = (members: readonly string[]): Promise<Rig> => rig(lines(members));

/** Answers when a test says so. */
async function holding() {
  const held = await backend('held', () => {});
  held.handler = (_, response) => held.held.push(response);
  const has = (count: number) =>
    expect.poll(() => held.held.length, { timeout: 20_000 }).toBe(count);
  return { held, has };
}

describe.skipIf(!hasOpenssl)('sessions', () => {
  test('closing: streams under way are answered, later ones are not begun, idle sessions end at once', async () => {
    const { held, has } = await holding();
    const r = await front([held.url]);
    const [busy, idle] = [client(r), client(r)];
    await once(idle, 'remoteSettings');
    const told = [1, 2, 3].map((i) => get(busy, `/${i}`));
    const last = await Wire.connect(r.port);
    last.send(headers(1));
    await has(4);
    const goaway = once(busy, 'goaway');
    const ends = [busy, idle].map((session) => once(session, 'close'));
    const closed = r.proxy.close();
    const [code, lastStream] = await goaway;
    expect([code, lastStream]).toEqual([constants.NGHTTP2_NO_ERROR, 5]);
    await ends[1];
    expect(await last.next(({ type }) => type === types.goaway)).not.toBe(null);
    last.send(headers(3), ping());
    await last.next(({ type }) => type === types.ping);
    for (const response of held.held) response.end('late');
    expect((await Promise.all(told)).map(({ body }) => body)).toEqual(['late', 'late', 'late']);
    const answer = await last.next(({ type }) => type === types.headers);
    expect([answer?.stream, statusIn(answer!.payload)]).toEqual([1, 200]);
    await Promise.all([closed, ...ends]);
    expect(held.held.length).toBe(4);
  });

  test('uploads that cross the GOAWAY are not read, and take nothing from one that was there before', async () => {
    let bytes = 0;
    const a = await backend('a', (message, response) => {
      message.on('data', (chunk) => {
        bytes += chunk.length;
      });
      message.on('end', () => response.end(`${bytes}`));
    });
    const r = await front([a.url]);
    const wire = await Wire.connect(r.port);
    const chunk = Buffer.alloc(16_000, 'x');
    const post = (stream: number) => headers(stream, fields({ ':method': 'POST' }), END_HEADERS);
    wire.send(post(1), data(1, chunk, 0), data(1, chunk, 0));
    await expect.poll(() => bytes, { timeout: 20_000 }).toBeGreaterThan(0);
    const closed = r.proxy.close();
    // Together as much as the connection's window has left.
    for (const stream of [3, 5]) wire.send(post(stream), data(stream, chunk, 0));
    const goaway = await wire.next(({ type }) => type === types.goaway);
    expect(goaway?.payload.readUInt32BE(0)).toBe(1);
    await wire.next(({ type, stream }) => type === types.window && stream === 0);
    wire.send(data(1, chunk, 0), data(1, chunk));
    const answer = await wire.next(({ type }) => type === types.headers);
    expect([answer?.stream, statusIn(answer!.payload)]).toEqual([1, 200]);
    await closed;
    expect([a.seen, bytes]).toEqual([1, 4 * chunk.length]);
  });

  test('SIGTERM: what crosses it is answered, or refused unread: asked again elsewhere, all is done once', async () => {
    const done = new Map<string, number>();
    const a = await backend('a', (message, response) => {
      message.resume();
      message.on('end', () => {
        done.set(message.url!, (done.get(message.url!) ?? 0) + 1);
        response.end(message.url);
      });
    });
    const port = await freePort();
    const [child, other] = [await proxyChild(port, lines([a.url]), 2), await front([a.url])];
    let session = client({ port });
    let elsewhere = false;
    session.once('goaway', () => {
      session = client(other);
      elsewhere = true;
    });
    let begun = 0;
    let refused = 0;
    let told = false;
    const ask = async () => {
      const path = `/${++begun}`;
      for (;;) {
        const asked = session.request({ ':path': path, ':method': 'POST' });
        asked.end('x'.repeat(begun % 5 === 0 ? 50_000 : 10));
        const { status, body, code } = await answered(asked);
        if (status !== undefined) {
          expect([status, body, code]).toEqual([200, path, constants.NGHTTP2_NO_ERROR]);
          return;
        }
        expect(code).toBe(constants.NGHTTP2_REFUSED_STREAM);
        refused++;
      }
    };
    // Clients go on for a while behind the end, which is somewhere among their requests.
    const user = async () => {
      for (let behind = 0; behind < 10; ) {
        await ask();
        if (begun >= 300 && !told) child.process.kill('SIGTERM');
        told ||= begun >= 300; // a second signal would end it at once
        if (elsewhere) behind++;
      }
    };
    await Promise.all(Array.from({ length: 40 }, user));
    expect((await child.ended).code).toBe(0);
    expect(done.size).toBe(begun);
    expect([...done.values()].every((times) => times === 1)).toBe(true);
    console.log(`${begun} requests, ${refused} of them refused by the one that ended`);
  });

  test('closing: what is not answered ends at the deadline', async () => {
    const { held, has } = await holding();
    const r = await front([held.url]);
    const session = client(r);
    const told = get(session);
    await has(1);
    const end = once(session, 'close');
    await r.proxy.close(300);
    await end;
    expect((await told).status).toBeUndefined();
    expect(r.proxy.open).toBe(0);
  });

  test('a reload: a stream under way ends as it began, the next one of its session by the new lines', async () => {
    const [{ held, has }, other] = [await holding(), await backend('other')];
    const r = await front([held.url]);
    const session = client(r);
    const told = get(session);
    await has(1);
    await r.proxy.reload(onFreePorts(configuration(lines([other.url]))));
    expect((await get(session)).body).toBe('other');
    held.held[0]!.end('late');
    expect((await told).body).toBe('late');
    expect((await get(session)).body).toBe('other');
    expect(session.closed).toBe(false);
  });

  test('a reload without the address: streams under way are answered, and the session ends', async () => {
    const { held, has } = await holding();
    const r = await front([held.url]);
    const session = client(r);
    const told = get(session);
    await has(1);
    const end = once(session, 'close');
    const goaway = once(session, 'goaway');
    const { listen, ...same } = configuration(lines([held.url]));
    await r.proxy.reload({ ...same, listen: [{ ...listen[0]!, host: '127.0.0.2', port: 0 }] });
    await goaway;
    held.held[0]!.end('late');
    expect((await told).body).toBe('late');
    await end;
  });

  test('SIGTERM: curl has its answer, and nothing keeps the process', async () => {
    const { held, has } = await holding();
    const port = await freePort();
    const child = await proxyChild(port, lines([held.url]));
    const answer = promisify(execFile)('curl', [
      ...['-sk', '--http2', '--resolve', `a.test:${port}:127.0.0.1`],
      ...['-w', ' %{http_version} %{http_code}', `https://a.test:${port}/`],
    ]);
    await has(1);
    child.process.kill('SIGTERM');
    await expect.poll(() => isListening(port), { timeout: 20_000 }).toBe(false);
    held.held[0]!.end('late');
    expect((await answer).stdout).toBe('late 2 200');
    expect((await child.ended).code).toBe(0);
  });
});
