/** Upgraded connections: tunnels both ways, and wishes that are not granted (spec: httpd 10.5). */
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import { backend, balancer, RawClient, rawBackend, rig } from './rig.ts';

const ask = 'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
const agreed =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

/** Agrees, then says back what it hears. */
function echo(socket: Socket): void {
  socket.once('data', (head) => {
    expect(String(head)).toMatch(/connection: upgrade\r\nupgrade: websocket\r\n/i);
    socket.write(`${agreed}hello,`);
    socket.on('data', (data) => socket.write(data));
    socket.on('end', () => socket.end());
  });
}

test.each([
  ['upgrade=websocket', 'http'],
  ['upgrade=ANY', 'http'],
  ['', 'ws'],
])('%s over %s: both directions, one long request', async (parameter, scheme) => {
  const raw = await rawBackend(echo);
  const r = await rig(balancer([`${raw.url.replace('http', scheme)} ${parameter}`]));
  const client = new RawClient(r.port).send(`${ask}early,`);
  await client.until((text) => text.endsWith('hello,early,'));
  expect(client.text).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
  expect(client.text).toMatch(/\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n/i);
  client.send('late');
  await client.until((text) => text.endsWith('late'));
  expect(r.column('busy')).toEqual([1]);
  expect(r.column('read')).toEqual(['HTTP/1.1 101 Switching Protocols'.length]);
  const sent = r.column('transferred')[0]!;
  client.socket.end();
  await r.idle();
  expect(r.column('transferred')).toEqual([sent]); // nothing of the tunnel counts
  expect(r.column('elected')).toEqual([1]);
});

test('a megabyte through a tunnel, and back', async () => {
  const raw = await rawBackend(echo);
  const r = await rig(balancer([`${raw.url} upgrade=websocket`]));
  const client = new RawClient(r.port).send(ask);
  await client.until((text) => text.endsWith('hello,'));
  const start = client.text.length;
  const much = 'abcdefghijklmnop'.repeat(65_536);
  client.send(much);
  await client.until((text) => text.length >= start + much.length);
  const sum = (text: string) => createHash('sha256').update(text, 'latin1').digest('hex');
  expect(sum(client.text.slice(start))).toBe(sum(much));
  client.socket.end();
  await r.idle();
});

test.each(['client', 'worker'])('a tunnel ends when the %s breaks it', async (side) => {
  let worker: Socket | undefined;
  const raw = await rawBackend((socket) => {
    worker = socket;
    echo(socket);
  });
  const r = await rig(balancer([`${raw.url} upgrade=websocket`]));
  const client = new RawClient(r.port).send(ask);
  await client.until((text) => text.endsWith('hello,'));
  if (side === 'client') client.socket.resetAndDestroy();
  else worker?.resetAndDestroy();
  await client.end();
  await r.idle();
  await vi.waitUntil(() => worker?.destroyed);
});

test('an idle tunnel ends by the larger timeout', async () => {
  const raw = await rawBackend(echo);
  const r = await rig(balancer([`${raw.url} upgrade=websocket timeout=1`], '', 'Timeout 1'));
  const client = new RawClient(r.port).send(ask);
  await client.end();
  expect(client.text).toMatch(/hello,$/);
  await r.idle();
});

test.each([
  ['nobody takes upgrades', ''],
  ['another protocol', 'upgrade=h2c'],
])('%s: a plain request, without the wish, on a connection that goes on', async (_, parameter) => {
  const a = await backend('a', (message, response) => {
    response.end(`${message.headers.upgrade ?? 'none'} ${message.headers.connection}`);
  });
  const r = await rig(balancer([`${a.url} ${parameter}`]));
  const client = new RawClient(r.port).send(ask);
  await client.until((text) => /none keep-alive/i.test(text));
  client.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  expect((await client.end()).match(/HTTP\/1\.1 200/g)).toHaveLength(2);
});

test('a wish with a body is a plain request, body and all', async () => {
  const a = await backend('a', (message, response) => {
    message.on('data', (data) => response.end(`got ${data}`));
  });
  const r = await rig(balancer([`${a.url} upgrade=ANY`]));
  const answer = await r.get('/', {
    method: 'POST',
    headers: { Connection: 'Upgrade', Upgrade: 'h2c' },
    body: 'it',
  });
  expect(answer.body).toBe('got it');
});

test('one member takes upgrades, the picked one does not: a plain answer', async () => {
  const a = await backend('a');
  const raw = await rawBackend(echo);
  const r = await rig(balancer([a.url, `${raw.url} upgrade=websocket`]));
  const text = await new RawClient(r.port).send(ask).end();
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\na$/);
  await r.idle();
});

test('the worker declines: its answer goes through', async () => {
  const a = await backend('a', (_, response) => response.writeHead(426).end('no'));
  const r = await rig(balancer([`${a.url} upgrade=websocket`]));
  const text = await new RawClient(r.port).send(ask).end();
  expect(text).toMatch(/^HTTP\/1\.1 426 [\s\S]*\r\nno\r\n0\r\n\r\n$/);
  await r.idle();
});

test('a wish pipelined behind another request does not get through', async () => {
  const a = await backend('a', (message, response) =>
    response.end(message.headers.upgrade ?? 'none'),
  );
  const r = await rig(balancer([`${a.url} upgrade=websocket`]));
  const client = new RawClient(r.port).send(`GET / HTTP/1.1\r\nHost: x\r\n\r\n${ask}`);
  await client.end();
  await r.idle();
  expect(client.text.match(/HTTP\/1\.1 200|none/g)).toEqual([
    'HTTP/1.1 200',
    'none',
    'HTTP/1.1 200',
    'none',
  ]);
});
