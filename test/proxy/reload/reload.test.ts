/** Another configuration while requests are under way: who is served by which, what stays, what is refused. */
import type { ServerResponse } from 'node:http';
import { expect, test, vi } from 'vitest';
import type { ProxyConfig } from '../../../src/config/config.ts';
import { LabError } from '../../../src/problems/errors.ts';
import {
  ask,
  backend,
  balancer,
  configuration,
  onFreePorts,
  RawClient,
  type Rig,
  rawBackend,
  refusingPort,
  rig,
} from '../rig.ts';

/** What these lines say, listening where `rig` does. */
function config(lines: string): ProxyConfig {
  return onFreePorts(configuration(lines));
}

/** A proxy over lines like these, with `BalancerPersist On`. */
const persisted = (lines: string) => `BalancerPersist On\n${lines}`;

const holding = (held: ServerResponse[]) => backend('held', (_, response) => held.push(response));

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

test('a request under way ends with the members it began with, the next of its connection with the new ones', async () => {
  const held: ServerResponse[] = [];
  const old = await holding(held);
  const next = await backend('new');
  const r = await rig(balancer([old.url]));
  const client = new RawClient(r.port).send(GET);
  await vi.waitUntil(() => held.length === 1);
  await r.proxy.reload(config(balancer([next.url])));
  expect((await r.get()).body).toBe('new');
  held[0]!.end('begun before');
  await client.until((text) => text.endsWith('begun before'));
  client.send(GET);
  expect(await client.until((text) => text.endsWith('new'))).not.toMatch(/connection: close/i);
  expect(old.seen).toBe(1);
  await r.idle();
});

test('a failover of a request under way stays among the members it began with', async () => {
  const held: ServerResponse[] = [];
  const first = await holding(held);
  const second = await backend('second of the old');
  const next = await backend('new');
  const r = await rig(balancer([`${first.url} max=1 acquire=300`, `${second.url} lbset=1`]));
  const answers = [r.get()];
  await vi.waitUntil(() => held.length === 1);
  answers.push(r.get());
  await vi.waitUntil(() => r.proxy.open === 2); // waits for the one connection
  await r.proxy.reload(config(balancer([next.url])));
  expect((await answers[1]!).body).toBe('second of the old');
  held[0]!.end('done');
  await answers[0];
  await r.idle();
});

test('connections to members of an earlier configuration end with its last request', async () => {
  let open = 0;
  const a = await rawBackend((socket) => {
    open++;
    socket.on('close', () => open--);
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na'));
  });
  const r = await rig(balancer([a.url]));
  await r.get();
  expect(open).toBe(1);
  await r.proxy.reload(config(balancer([(await backend('new')).url])));
  await vi.waitUntil(() => open === 0);
});

test('routing, pages and settings of the new configuration hold from the next request on', async () => {
  const a = await backend('a');
  const r = await rig(balancer([a.url]));
  await r.proxy.reload(
    config(
      balancer([a.url], '', 'ProxyPass /x !\nHeader always set X-New 1').replace(
        /(ProxyPass \/ .*)\n(ProxyPass \/x !)/,
        '$2\n$1',
      ),
    ),
  );
  expect((await r.get('/x')).status).toBe(404);
  expect((await r.get('/')).headers['x-new']).toBe('1');
});

test('time limits of clients change for new connections', async () => {
  const a = await backend('a');
  const r = await rig(balancer([a.url]));
  const before = new RawClient(r.port).send(GET);
  await before.until((text) => text.endsWith('\r\n\r\na'));
  await r.proxy.reload(config(`KeepAliveTimeout 1ms\n${balancer([a.url])}`));
  const after = new RawClient(r.port).send(GET);
  await after.end();
  expect(before.ended).toBe(false);
  before.send(GET);
  await before.until((text) => text.split('\r\n\r\na').length === 3);
});

test('addresses that stay are not closed; new ones are opened, old ones end behind their answers', async () => {
  const held: ServerResponse[] = [];
  const a = await backend('a', (message, response) =>
    message.url === '/hold' ? held.push(response) : response.end('a'),
  );
  const free = await refusingPort();
  const lines = balancer([a.url]);
  const r = await rig(lines);
  const kept = new RawClient(r.port).send(GET);
  await kept.until((text) => text.endsWith('\r\n\r\na'));
  const both = config(`Listen 127.0.0.1:${free}\n${lines}`);
  const [here, there] = both.listen;
  await r.proxy.reload({ ...both, listen: [here!, { ...there!, port: free }] });
  expect(r.proxy.addresses.map(({ port }) => port)).toEqual([r.port, free]);
  expect((await ask(free, '/')).body).toBe('a');
  const idle = new RawClient(free).send(GET);
  await idle.until((text) => text.endsWith('\r\n\r\na'));
  const busy = new RawClient(free).send('GET /hold HTTP/1.1\r\nHost: x\r\n\r\n');
  await vi.waitUntil(() => held.length === 1);
  await r.proxy.reload(config(lines));
  await idle.end();
  await expect(ask(free, '/')).rejects.toThrow(/ECONNREFUSED/);
  held[0]!.end('late');
  expect(await busy.end()).toMatch(/connection: close[\s\S]*late$/i);
  kept.send(GET);
  await kept.until((text) => text.split('\r\n\r\na').length === 3);
});

test('an address that cannot be had refuses the whole of it, and nothing has changed', async () => {
  const a = await backend('a');
  const b = await backend('b');
  const r = await rig(balancer([a.url]));
  const free = await refusingPort();
  const next = configuration(
    `Listen 127.0.0.1:${free}\nListen 127.0.0.1:${b.port}\n${balancer([b.url])}`,
  );
  const refused = r.proxy.reload(next);
  await expect(refused).rejects.toThrow(LabError);
  await expect(refused).rejects.toThrow(/another program listens there/);
  await expect(ask(free, '/')).rejects.toThrow(/ECONNREFUSED/);
  expect((await r.get()).body).toBe('a');
  expect(r.proxy.reloads.generation).toBe(1);
});

test('reloads that overlap take effect one after the other; the last one counts', async () => {
  const backends = await Promise.all(['a', 'b', 'c', 'd'].map((name) => backend(name)));
  const r = await rig(balancer([backends[0]!.url]));
  await Promise.all(backends.map(({ url }) => r.proxy.reload(config(balancer([url])))));
  expect((await r.get()).body).toBe('d');
  expect(r.proxy.reloads.generation).toBe(5);
});

test('none is taken while the proxy ends', async () => {
  const a = await backend('a');
  const r = await rig(balancer([a.url]));
  await r.proxy.close();
  await expect(r.proxy.reload(config(balancer([a.url])))).rejects.toThrow('the proxy is ending');
});

test('ending waits for requests of every configuration', async () => {
  const held: ServerResponse[] = [];
  const a = await holding(held);
  const r = await rig(balancer([a.url]));
  const answers = [r.get()];
  await vi.waitUntil(() => held.length === 1);
  await r.proxy.reload(config(balancer([`${a.url} route=x`])));
  answers.push(r.get());
  await vi.waitUntil(() => held.length === 2);
  expect(r.proxy.open).toBe(2);
  const closed = r.proxy.close();
  held[1]!.end('second');
  await answers[1];
  expect(r.proxy.open).toBe(1);
  held[0]!.end('first');
  expect((await answers[0]!).body).toBe('first');
  await closed;
});

test('with the default, BalancerPersist Off, everything starts as it is written', async () => {
  const [a, b] = [await backend('a'), await backend('b')];
  const lines = balancer([`${a.url} route=x`, `${b.url} loadfactor=2`], 'growth=1');
  const r = await rig(lines);
  await r.get();
  r.core.manageWorker(0, { status: { D: true } });
  await r.proxy.reload(config(lines));
  expect([r.column('elected'), r.column('lbstatus'), r.flags]).toEqual([
    [0, 0, 0],
    [0, 0, 0],
    ['', '', ''],
  ]);
});

/** Asks for `/hold`, which is answered when its response is ended. */
async function withHeld(
  run: (r: Rig, held: ServerResponse[], lines: (members: readonly number[]) => string) => unknown,
) {
  const held: ServerResponse[] = [];
  const all = await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      backend(name, (message, response) =>
        message.url === '/hold' ? held.push(response) : response.end(name),
      ),
    ),
  );
  const lines = (members: readonly number[]) =>
    persisted(
      balancer(
        members.map((i) => `${all[i]!.url} route=r${i}`),
        'lbmethod=bybusyness stickysession=S',
      ),
    );
  const r = await rig(lines([0, 1]));
  await run(r, held, lines);
}

test('BalancerPersist On: requests under way count for the new configuration until they end', async () => {
  await withHeld(async (r, held, lines) => {
    const answers = [r.get('/hold'), r.get('/hold'), r.get('/hold')];
    await vi.waitUntil(() => held.length === 3);
    expect(r.column('busy')).toEqual([2, 1]);
    await r.proxy.reload(config(lines([2, 1, 0])));
    expect(r.column('busy')).toEqual([0, 1, 2]);
    expect(r.proxy.balanced).toBe(true);
    expect((await r.get()).body).toBe('c'); // bybusyness knows who is at work
    await r.proxy.reload(config(lines([0, 1, 2])));
    expect(r.column('busy')).toEqual([2, 1, 0]);
    expect(r.proxy.balanced).toBe(true);
    for (const response of held) response.end();
    await Promise.all(answers);
    await r.idle();
    expect(r.column('busy')).toEqual([0, 0, 0]);
    expect(r.column('elected')).toEqual([2, 1, 1]);
  });
});

test('BalancerPersist On: requests under way on a member that is gone leave nothing behind', async () => {
  await withHeld(async (r, held, lines) => {
    const answers = [r.get('/hold'), r.get('/hold')];
    await vi.waitUntil(() => held.length === 2);
    await r.proxy.reload(config(lines([1])));
    expect(r.column('busy')).toEqual([1]);
    for (const response of held) response.end('done');
    expect((await Promise.all(answers)).map(({ body }) => body)).toEqual(['done', 'done']);
    await r.idle();
    expect(r.column('busy')).toEqual([0]);
  });
});

test('BalancerPersist On: sessions keep their worker when it moves', async () => {
  await withHeld(async (r, _, lines) => {
    const headers = { Cookie: 'S=x.r1' };
    expect((await r.get('/', { headers })).body).toBe('b');
    await r.proxy.reload(config(lines([2, 1, 0])));
    expect((await r.get('/', { headers })).body).toBe('b');
  });
});

test('BalancerPersist On: whoever waits for a worker has the timeout of the balancer, not the next', async () => {
  const port = await refusingPort();
  const lines = persisted(
    balancer([`http://127.0.0.1:${port} retry=600`], 'timeout=600 forcerecovery=Off'),
  );
  const r = await rig(lines);
  await r.get(); // in error from now on
  const waiting = new RawClient(r.port).send(GET);
  await vi.waitUntil(() => r.core.views.timeoutNs[0] === 0);
  await r.proxy.reload(config(lines));
  expect(r.core.views.timeoutNs[0]).toBe(600e9);
  waiting.socket.destroy();
});
