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
import { client, get } from './client.ts';
import { headers, ping, statusIn, types, Wire } from './wire.ts';

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
