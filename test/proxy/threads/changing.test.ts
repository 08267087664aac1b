/** What changes while threads serve: by a manager, by a health check, by another configuration. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, test, vi } from 'vitest';
import { statusLetters } from '../../../src/core/index.ts';
import { backend, balancer, RawClient } from '../rig.ts';
import { bodies, lbmethodFile, listening, patient, threadsRig } from './threads-rig.ts';

const pages = `ProxyPass /bm !
ProxyPass /metrics !
ProxyPass /status !
<Location /status>
  SetHandler fairlead-status
</Location>
<Location /bm>
  SetHandler balancer-manager
</Location>
<Location /metrics>
  SetHandler fairlead-metrics
</Location>
`;

function managed(members: readonly string[], parameters = ''): string {
  return pages + balancer(members, parameters);
}

/** Of a form as a browser sends it. */
function form(port: number, nonce: string, fields: Record<string, string>) {
  const body = Object.entries({ b: 'c', nonce, ...fields }).map(([k, v]) => `${k}=${v}`);
  return {
    method: 'POST',
    headers: {
      Referer: `http://127.0.0.1:${port}/bm`,
      'Content-Type': 'application/x-www-form-urlencoded',
    },
    body: body.join('&'),
  };
}

test('a member that a manager adds serves in every thread, and every thread shows it', async () => {
  const [a, b] = await Promise.all(['a', 'b'].map((name) => backend(name)));
  const r = await threadsRig(managed([`${a!.url} route=x`], 'growth=2 nonce=secret'));
  const post = (fields: Record<string, string>) => r.get('/bm', form(r.port, 'secret', fields));
  await post({ b_wyes: '1', b_nwrkr: encodeURIComponent(b!.url) });
  const w = encodeURIComponent(b!.url);
  expect((await post({ w, w_status_D: '0', w_lf: '3', w_hm: 'TCP', w_hi: '700' })).status).toBe(
    200,
  );
  expect(bodies(await r.load(80, 8))).toEqual({ a: 20, b: 60 });
  await r.idle();
  const shown = await Promise.all(Array.from({ length: 12 }, () => r.get('/bm')));
  const tables = new Set(shown.map(({ body }) => body));
  expect(tables.size).toBe(1);
  expect([...tables][0]).toContain(b!.url);
  expect([...tables][0]).toContain('700ms');
});

test('a member whose health check fails is out for all threads', async () => {
  const a = await backend('a');
  const b = await backend('b', (message, response) => {
    response.statusCode = message.method === 'OPTIONS' ? 500 : 200;
    response.end('b');
  });
  const checked = `${b.url} hcmethod=OPTIONS hcinterval=100ms`;
  const r = await threadsRig(balancer([a.url, checked]));
  await vi.waitUntil(() => statusLetters(r.core.workers.status[1]!).includes('C'), patient);
  expect(bodies(await r.load(40, 8))).toEqual({ a: 40 });
});

test('metrics are those of all threads', async () => {
  const a = await backend('a');
  const r = await threadsRig(managed([a.url]));
  await r.load(60, 8);
  await r.idle();
  const counted = async () => {
    const { body } = await r.get('/metrics');
    return /^fairlead_requests_total\{balancer="balancer:\/\/c",code="200"\} (\d+)$/m.exec(
      body,
    )?.[1];
  };
  await vi.waitUntil(async () => (await counted()) === '60', patient);
});

test('the status says what all threads have under way, whichever answers', async () => {
  const held: ServerResponse[] = [];
  const a = await backend('a', (_, response) => {
    held.push(response);
  });
  const alone = await backend('alone');
  const r = await threadsRig(`ProxyPass /alone ${alone.url}\n${managed([`${a.url} max=1`])}`);
  const clients = Array.from({ length: 12 }, () =>
    new RawClient(r.port).send('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
  );
  await vi.waitUntil(() => r.proxy.open === clients.length, patient);
  for (let i = 0; i < 8; i++) {
    const status = JSON.parse((await r.get('/status')).body);
    const [{ open, waiting, members }] = status.balancers;
    expect(status.open).toBe(clients.length);
    // The one that asks, too, and perhaps one that is not yet known to have ended.
    expect(status.connections).toBeGreaterThan(clients.length);
    expect(status.connections).toBeLessThan(clients.length + 4);
    expect(open).toBe(clients.length);
    const [member] = members;
    expect(member.inUse).toBeGreaterThan(1);
    expect(waiting).toBe(clients.length - member.inUse);
    expect(member).toMatchObject({ waiting, limits: { connections: 1 } });
    expect(status.workers).toMatchObject([{ name: alone.url, open: 0, waiting: 0 }]);
  }
  const { body } = await r.get('/metrics');
  const said = (name: string) =>
    Number(new RegExp(`^${name}(?:{.*})? (\\d+)$`, 'm').exec(body)?.[1]);
  expect(said('fairlead_client_connections')).toBeGreaterThan(clients.length);
  expect(said('fairlead_requests_open{balancer="balancer://c"}')).toBe(clients.length);
  for (const client of clients) client.socket.destroy();
  await r.idle();
});

test('a configuration is taken over by all threads, with the state of the one before', async () => {
  const held: ServerResponse[] = [];
  const a = await backend('a', (message, response) => {
    if (message.url === '/wait') held.push(response);
    else response.end('a');
  });
  const b = await backend('b');
  const persist = 'BalancerPersist On\n';
  const r = await threadsRig(persist + balancer([a.url]));
  const clients = Array.from({ length: 6 }, () =>
    new RawClient(r.port).send('GET /wait HTTP/1.1\r\nHost: x\r\n\r\n'),
  );
  await vi.waitUntil(() => held.length === clients.length, patient);
  await r.load(14, 4);
  await r.proxy.reload(listening(`${persist}${balancer([a.url, b.url])}`));
  expect(r.column('elected')).toEqual([20, 0]);
  expect(r.column('busy')).toEqual([6, 0]);
  expect(bodies(await r.load(40, 8))).toEqual({ a: 20, b: 20 });
  for (const response of held) response.end('late');
  for (const client of clients)
    expect(await client.until((text) => text.includes('late'))).toMatch(/200/);
  await r.idle();
  await vi.waitUntil(() => r.column('busy').every((busy) => busy === 0), patient);
  expect(r.proxy.balanced).toBe(true);
});

test('configurations come and go without end in the same memory', async () => {
  const [a, b] = await Promise.all(['a', 'b'].map((name) => backend(name)));
  const r = await threadsRig(balancer([a!.url]));
  const memories = new Set([r.core.memory]);
  for (let i = 0; i < 40; i++) {
    await r.proxy.reload(listening(balancer([a!.url, b!.url].slice(i % 2))));
    expect((await r.get()).status).toBe(200);
    memories.add(r.core.memory);
  }
  await r.idle();
  expect(memories.size).toBeLessThan(20);
});

test('a configuration that threads cannot use is taken over by none', async () => {
  const a = await backend('a');
  const r = await threadsRig(balancer([a.url]));
  const config = listening(balancer([a.url]));
  const broken = lbmethodFile(`import { isMainThread } from 'node:worker_threads';
  if (!isMainThread) throw new Error('not in threads');
  export default { name: 'x', summary: '', source: '', elect: (_, { ids }) => ids[0] };`);
  const balancers = config.balancers.map((one) => ({ ...one, lbmethod: broken }));
  await expect(r.proxy.reload({ ...config, balancers })).rejects.toThrow('not in threads');
  expect(bodies(await r.load(16, 4))).toEqual({ a: 16 });
  await r.proxy.reload(config);
  expect(bodies(await r.load(16, 4))).toEqual({ a: 16 });
  expect(r.proxy.reloads.generation).toBe(2);
});

/** What one of the threads cannot load. */
function unusableByOne(lines: string) {
  const config = listening(lines);
  const lbmethod = lbmethodFile(`import { isMainThread, workerData } from 'node:worker_threads';
  if (!isMainThread && workerData.number === 2) throw new Error('not in this thread');
  export default { name: 'x', summary: '', source: '', elect: (_, { ids }) => ids[0] };`);
  return { ...config, balancers: config.balancers.map((one) => ({ ...one, lbmethod })) };
}

test('a configuration right behind one that a thread could not use is taken over', async () => {
  const a = await backend('a');
  const r = await threadsRig(balancer([a.url]));
  const refused = r.proxy.reload(unusableByOne(balancer([a.url])));
  const taken = r.proxy.reload(listening(balancer([a.url])));
  await expect(refused).rejects.toThrow('not in this thread');
  await taken;
  expect(r.proxy.reloads.generation).toBe(2);
});

test('what was got ready for a configuration that is not taken over is let go of', async () => {
  const a = await backend('a');
  const r = await threadsRig(balancer([a.url]));
  const before = createSocket('udp4').bind(0, '127.0.0.1');
  await once(before, 'listening');
  const { port } = before.address();
  before.close();
  const heard = `HeartbeatListen 127.0.0.1:${port}\n${balancer([a.url])}`;
  await expect(r.proxy.reload(unusableByOne(heard))).rejects.toThrow('not in this thread');
  const after = createSocket('udp4').bind(port, '127.0.0.1');
  await once(after, 'listening');
  after.close();
});
