/** What is around connections that are handed on: who the client is, logs, pages, reload, the end, several threads. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startThreads } from '../../../dist/src/proxy/threads/supervisor.js';
import { ask, backend, RawClient, refusingPort } from '../rig.ts';
import { patient } from '../threads/threads-rig.ts';
import { dial, everything, handing, next, server, tcpRig, yaml } from './tcp-rig.ts';

describe('the PROXY protocol', () => {
  const header = 'PROXY TCP4 192.0.2.7 198.51.100.1 4711 80\r\n';

  test('tells the worker who the client is', async () => {
    const a = await server('a', (socket) => socket.pipe(socket));
    const r = await tcpRig(handing([`${a.url}, proxyprotocol: v1`]));
    const client = await dial(r.port);
    const { localPort } = client;
    client.end('hello');
    const { text } = await everything(client);
    expect(text).toBe(`PROXY TCP4 127.0.0.1 127.0.0.1 ${localPort} ${r.port}\r\nhello`);
    await r.idle();
    expect(r.column('transferred')).toEqual([5]);
  });

  test('from a balancer in front it is told on', async () => {
    const a = await server('a', (socket) => socket.pipe(socket));
    const trusted = ', proxyprotocol: [ 127.0.0.0/8 ]';
    const r = await tcpRig(handing([`${a.url}, proxyprotocol: v1`], '', trusted));
    const client = await dial(r.port);
    client.end(`${header}hello`);
    const { text } = await everything(client);
    expect(text).toBe(`PROXY TCP4 192.0.2.7 127.0.0.1 4711 ${r.port}\r\nhello`);
    await r.idle();
  });

  test('somebody else is not believed, and who says nothing is not served', async () => {
    const a = await server('a');
    const others = await tcpRig(handing([a.url], '', ', proxyprotocol: [ 192.0.2.0/24 ]'));
    const trusted = await tcpRig(handing([a.url], '', ', proxyprotocol: [ 127.0.0.0/8 ]'));
    for (const [r, says] of [
      [others, header],
      [trusted, 'no header\r\n'],
    ] as const) {
      expect(await new RawClient(r.port).send(says).end()).toBe('');
      expect(r.column('elected')).toEqual([0]);
    }
    expect(a.sockets).toEqual([]);
  });
});

test('a client has as many connections as connectionsperclient says', async () => {
  const a = await server('a');
  const r = await tcpRig(`${handing([a.url])}limits: { connectionsperclient: 1 }\n`);
  const first = await dial(r.port);
  await next(first);
  expect(await new RawClient(r.port).end()).toBe('');
  expect(r.column('elected')).toEqual([1]);
  first.end();
  await r.idle();
});

describe('what is seen', () => {
  /** A folder that is gone after the test. */
  function folder(): string {
    const path = mkdtempSync(join(tmpdir(), 'fairlead-tcp-log-'));
    onTestFinished(() => rmSync(path, { recursive: true }));
    return path;
  }

  /** Lines of the log after a connection that is served, and one that is not. */
  async function logged(format: string): Promise<string[]> {
    const log = join(folder(), 'access.log');
    const a = await server('a', (socket) => socket.pipe(socket));
    const gone = `tcp://127.0.0.1:${await refusingPort()}`;
    for (const url of [a.url, gone]) {
      const lines = `${handing([url])}log: { access: ${log}, format: ${format} }\n`;
      const r = await tcpRig(lines, { log: () => {} });
      const client = await dial(r.port);
      client.end('hello');
      await everything(client);
      await r.idle();
      await r.proxy.close();
    }
    return readFileSync(log, 'utf8').trimEnd().split('\n');
  }

  test("a line for each connection in httpd's format", async () => {
    const lines = await logged(`'%h "%r" %>s %b %m %U %H %I %O %X %{BALANCER_NAME}e'`);
    expect(lines).toEqual([
      '127.0.0.1 "TCP balancer://c" 200 5 TCP balancer://c TCP 5 5 - balancer://c',
      '127.0.0.1 "TCP balancer://c" 503 - TCP balancer://c TCP 5 0 X balancer://c',
    ]);
  });

  test('an object for each in JSON', async () => {
    const [served, refused] = (await logged('json')).map((line) => JSON.parse(line));
    expect(served).toMatchObject({
      method: 'TCP',
      target: 'balancer://c',
      protocol: 'TCP',
      host: null,
      status: 200,
      complete: true,
      bytesIn: 5,
      bytesOut: 5,
      balancer: 'balancer://c',
      tries: 1,
      failures: [],
    });
    expect(served.worker).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
    expect(served.connectUs).toBeGreaterThanOrEqual(0);
    expect(refused).toMatchObject({
      status: 503,
      complete: false,
      tries: 1,
      failures: ['connectFailed'],
    });
  });

  test('metrics and the manager have the balancer like any other', async () => {
    const a = await server('a', (socket) => socket.pipe(socket));
    const web = await backend('web');
    const r = await tcpRig(`listen: [ { tcp: 127.0.0.1:8, balancer: c }, { http: 127.0.0.1:8 } ]
admin: { listen: 127.0.0.1:8 }
manager: { path: /balancer-manager }
balancers:
  w: { workers: [ { url: "${web.url}" } ] }
  c: { workers: [ { url: "${a.url}", timeout: 90s } ] }
`);
    const [, http, admin] = r.proxy.addresses.map(({ port }) => port);
    const client = await dial(r.port);
    client.end('hello');
    await everything(client);
    await vi.waitUntil(() => r.proxy.open === 0, patient);
    expect((await ask(http!, '/')).body).toBe('web');
    const { body } = await ask(admin!, '/metrics');
    const labels = `balancer="balancer://c",worker="${a.url}"`;
    expect(body).toContain(`fairlead_requests_total{balancer="balancer://c",code="200"} 1\n`);
    expect(body).toContain(`fairlead_worker_sent_bytes_total{${labels}} 5\n`);
    expect(body).toContain(`fairlead_worker_limit{${labels},limit="connect_seconds"} 90\n`);
    expect(body).toContain(`fairlead_worker_limit{${labels},limit="tunnel_idle_seconds"} 90\n`);
    for (const [port, path] of [
      [http, '/balancer-manager'],
      [admin, '/balancer-manager'],
    ] as const) {
      expect((await ask(port!, path)).body).toContain(a.url);
    }
  });
});

test('the manager offers no lbmethod that hashes paths, and takes none', async () => {
  const [a, b] = [await server('a'), await server('b')];
  const lines = `${handing([a.url, b.url])}admin: { listen: 127.0.0.1:8 }\n`;
  const r = await tcpRig(`${lines}manager: { path: /balancer-manager }\n`);
  const admin = r.proxy.addresses[1]!.port;
  const path = '/balancer-manager';
  const headers = { Referer: `http://127.0.0.1:${admin}${path}` };
  const [, nonce] = /nonce=([0-9a-f-]{36})/.exec((await ask(admin, path)).body)!;
  const set = async (lbmethod: string) => {
    const body = `b=c&nonce=${nonce}&b_lbm=${lbmethod}`;
    const { body: page } = await ask(admin, path, { method: 'POST', headers, body });
    expect(page).toContain('<option value="source"');
    expect(page).not.toContain('<option value="uri"');
    return r.core.lbmethod.name;
  };
  expect([await set('source'), await set('uri')]).toEqual(['source', 'source']);
});

describe('another configuration', () => {
  test('connections go on where they are, new ones go by it', async () => {
    const [a, b] = [await server('a'), await server('b')];
    const r = await tcpRig(handing([a.url]));
    const old = await dial(r.port);
    await next(old);
    await r.proxy.reload(yaml(handing([b.url])));
    const young = await dial(r.port);
    expect(await next(young)).toBe('b');
    old.write('still');
    expect(await next(old)).toBe('still');
    old.end();
    young.end();
    await r.idle();
  });

  test('an address may change from connections to requests', async () => {
    const a = await server('a');
    const web = await backend('web');
    const r = await tcpRig(handing([a.url]));
    const old = await dial(r.port);
    await next(old);
    const http = `listen: [ { http: 127.0.0.1:8 } ]\nbalancer: { workers: [ { url: "${web.url}" } ] }`;
    await r.proxy.reload(yaml(http));
    expect((await ask(r.port, '/')).body).toBe('web');
    old.write('still');
    expect(await next(old)).toBe('still');
    old.end();
    await r.idle();
  });
});

describe('the end', () => {
  test('waits for connections', async () => {
    const a = await server('a');
    const r = await tcpRig(handing([a.url]));
    const client = await dial(r.port);
    await next(client);
    let over = false;
    const closed = r.proxy.close().then(() => {
      over = true;
    });
    client.write('still');
    expect(await next(client)).toBe('still');
    expect(over).toBe(false);
    client.end();
    await closed;
    expect(r.proxy.open).toBe(0);
  });

  test('cuts them at its deadline', async () => {
    const a = await server('a');
    const r = await tcpRig(handing([a.url]));
    const client = await dial(r.port);
    await next(client);
    const told = [everything(client), everything(a.sockets[0]!)];
    await r.proxy.close(0);
    for (const one of told) expect((await one).how).toBe('ECONNRESET');
    expect(r.proxy.balanced).toBe(true);
  });
});

test('several threads share the balancer', async () => {
  const servers = [await server('a'), await server('b')];
  const config = yaml(handing(servers.map(({ url }) => url)));
  const proxy = await startThreads(config, { threads: 2, rng: [1, 2, 3, 4] });
  onTestFinished(() => proxy.close(0));
  const { port } = proxy.addresses[0]!;
  const clients = await Promise.all(Array.from({ length: 20 }, () => dial(port)));
  await Promise.all(clients.map(next));
  const { workers } = proxy.balancers.get('c')!.balancer;
  expect([...workers.elected]).toEqual([10, 10]);
  expect([...workers.busy]).toEqual([10, 10]);
  for (const client of clients) client.end();
  await vi.waitUntil(() => proxy.open === 0, patient);
  expect(proxy.balanced).toBe(true);
  expect([...workers.busy]).toEqual([0, 0]);
  await Promise.all(
    servers.flatMap(({ sockets }) =>
      sockets.filter((one) => !one.destroyed).map((one) => once(one, 'close')),
    ),
  );
});
