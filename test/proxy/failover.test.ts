/** What comes of using a member, with real sockets at both ends (spec: httpd 5.1; the worked examples E6 to E40). */
import type { Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import { backend, balancer, RawClient, rawBackend, refusingPort, rig } from './rig.ts';

const closes = (socket: Socket) => socket.once('data', () => socket.destroy());
const never = () => {};

test('E6: a member that goes down is passed over, and comes back', async () => {
  const [a, b, c] = [await backend('a'), await backend('b'), await backend('c')];
  const r = await rig(balancer([a.url, b.url, c.url].map((url) => `${url} retry=1`)));
  const lbstatus = async () => [(await r.get()).body, ...r.column('lbstatus')];
  expect(await lbstatus()).toEqual(['a', -200, 100, 100]);
  expect(await lbstatus()).toEqual(['b', -100, -100, 200]);
  await b.down();
  expect(await lbstatus()).toEqual(['c', 0, 0, 0]);
  expect(await lbstatus()).toEqual(['a', -200, 100, 100]);
  expect(await lbstatus()).toEqual(['c', 0, -100, 100]);
  expect(r.flags).toEqual(['', 'E', '']);
  await b.up();
  await new Promise((resolve) => setTimeout(resolve, 1100)); // retry=1, compared with `>`
  const names = [];
  for (let i = 0; i < 4; i++) names.push((await r.get()).body);
  expect(names).toContain('b');
  expect(r.flags).toEqual(['', '', '']);
  await r.idle();
});

test('E7: all down: every request tries all, then 503', async () => {
  const ports = [await refusingPort(), await refusingPort()];
  const r = await rig(balancer(ports.map((port) => `http://127.0.0.1:${port}`)));
  expect((await r.get()).status).toBe(503);
  expect(r.column('lbstatus')).toEqual([-100, 100]);
  expect(r.flags).toEqual(['E', 'E']);
  expect((await r.get()).status).toBe(503);
  expect(r.column('lbstatus')).toEqual([0, 0]);
  expect(r.flags).toEqual(['E', 'E']);
  expect(r.column('elected')).toEqual([2, 2]);
  await r.idle();
});

test('E13: a member that ignores errors is not followed by another', async () => {
  const [port, b] = [await refusingPort(), await backend('b')];
  const r = await rig(balancer([`http://127.0.0.1:${port} status=+I`, b.url]));
  expect((await r.get()).status).toBe(503);
  expect(r.flags).toEqual(['I', '']);
  expect((await r.get()).body).toBe('b');
});

test.each([
  [1000, false],
  [1000, true],
  [16_384, true],
  [200_000, false],
  [200_000, true],
])('a POST of %d bytes (chunked: %s) fails over with its body', async (size, chunked) => {
  const port = await refusingPort();
  const b = await backend('b', (message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk) => chunks.push(chunk));
    message.on('end', () => response.end(Buffer.concat(chunks)));
  });
  const r = await rig(balancer([`http://127.0.0.1:${port}`, b.url]));
  const body = Array.from({ length: size / 10 }, (_, i) => String(i).padStart(10, '0')).join('');
  const answer = await r.get('/', { method: 'POST', body: body.slice(0, size), chunked });
  expect(answer.status).toBe(200);
  expect(answer.body === body.slice(0, size)).toBe(true);
  expect(r.flags).toEqual(['E', '']);
  await r.idle();
});

test('a name without address: 500, error, no other member', async () => {
  const b = await backend('b');
  const r = await rig(balancer(['http://no-such-host.invalid:81', b.url]));
  expect((await r.get()).status).toBe(500);
  expect(r.flags).toEqual(['E', '']);
  expect((await r.get()).body).toBe('b');
});

test('closed before a status line, first request of the client: 502, no error', async () => {
  const raw = await rawBackend(closes);
  const b = await backend('b');
  const r = await rig(balancer([raw.url, b.url]));
  expect((await r.get()).status).toBe(502);
  expect(r.flags).toEqual(['', '']);
  expect((await r.get()).body).toBe('b');
  await r.idle();
});

test('failonstatus=502 marks it for later requests', async () => {
  const raw = await rawBackend(closes);
  const b = await backend('b');
  const r = await rig(balancer([raw.url, b.url], 'failonstatus=502'));
  expect((await r.get()).status).toBe(502);
  expect(r.flags).toEqual(['E', '']);
});

test('E40: closed early on a kept-alive client connection, new backend connection', async () => {
  const [b, raw] = [await backend('b'), await rawBackend(closes)];
  const r = await rig(balancer([b.url, raw.url]));
  const client = new RawClient(r.port).send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const first = await client.until((text) => text.endsWith('b'));
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(await client.end()).toBe(first);
  expect(r.flags).toEqual(['', 'E']);
  await r.idle();
});

test('E40: the same over a reused backend connection: no error', async () => {
  let requests = 0;
  const raw = await rawBackend((socket) => {
    socket.on('data', () => {
      if (++requests === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na');
      else socket.destroy();
    });
  });
  const r = await rig(balancer([raw.url]));
  const client = new RawClient(r.port).send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const first = await client.until((text) => text.endsWith('a'));
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(await client.end()).toBe(first);
  expect(requests).toBe(2);
  expect(r.flags).toEqual(['']);
  await r.idle();
});

test('E25: no status line in time: 502, no error', async () => {
  const [raw, b] = [await rawBackend(never), await backend('b')];
  const r = await rig(balancer([`${raw.url} timeout=1`, b.url]));
  expect((await r.get()).status).toBe(502);
  expect(r.flags).toEqual(['', '']);
  expect((await r.get()).body).toBe('b');
  expect(r.column('lbstatus')).toEqual([0, 0]);
});

test('E26: the same with failontimeout: error', async () => {
  const [raw, b] = [await rawBackend(never), await backend('b')];
  const r = await rig(balancer([`${raw.url} timeout=1`, b.url], 'failontimeout=On'));
  expect((await r.get()).status).toBe(502);
  expect(r.flags).toEqual(['E', '']);
  expect([(await r.get()).body, (await r.get()).body]).toEqual(['b', 'b']);
});

test.each([
  ['no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n'],
  ['a header line without a colon', 'HTTP/1.1 200 OK\r\nnonsense\r\n\r\n'],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  ['a 101 nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
  ['ten interim answers', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(10)],
])('%s: 502, no error', async (_, bytes) => {
  const raw = await rawBackend((socket) => socket.once('data', () => socket.end(bytes)));
  const r = await rig(balancer([raw.url]));
  expect(await new RawClient(r.port).send('GET / HTTP/1.0\r\n\r\n').end()).toMatch(/ 502 /);
  expect(r.flags).toEqual(['']);
  await r.idle();
});

test('E24: failonstatus marks, the answer goes through', async () => {
  const [a, b] = [
    await backend('a', (_, response) => response.writeHead(503).end('busy')),
    await backend('b', (_, response) => response.writeHead(404).end('none')),
  ];
  const r = await rig(balancer([a.url, b.url], 'failonstatus=503,500'));
  expect(await r.get()).toMatchObject({ status: 503, body: 'busy' });
  expect(r.flags).toEqual(['E', '']);
  expect(await r.get()).toMatchObject({ status: 404, body: 'none' });
  expect(r.flags).toEqual(['E', '']);
});

test('broken off inside the body: truncated, no error, even with failontimeout', async () => {
  const raw = await rawBackend((socket) => {
    socket.once('data', () => {
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this');
    });
  });
  const r = await rig(balancer([raw.url], 'failontimeout=On'));
  const text = await new RawClient(r.port).send('GET / HTTP/1.1\r\nHost: x\r\n\r\n').end();
  expect(text).toMatch(/Content-Length: 100[\s\S]*only this$/);
  expect(r.flags).toEqual(['']);
  expect(r.column('read')).toEqual(['HTTP/1.1 200 OK'.length + 'only this'.length]);
  await r.idle();
});

test('stalled inside the body: truncated when the timeout is over', async () => {
  const raw = await rawBackend((socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n');
    });
  });
  const r = await rig(balancer([`${raw.url} timeout=1`], 'failontimeout=On'));
  const text = await new RawClient(r.port).send('GET / HTTP/1.1\r\nHost: x\r\n\r\n').end();
  expect(text).toMatch(/some\r\n$/); // without the last chunk
  expect(r.flags).toEqual(['']);
  await r.idle();
});

test('a 503 of the proxy itself ends the connection, one of a member does not', async () => {
  const port = await refusingPort();
  const a = await backend('a', (_, response) => response.writeHead(503).end('busy'));
  const own = await rig(balancer([`http://127.0.0.1:${port}`]));
  const theirs = await rig(balancer([a.url]));
  const ask = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
  expect(await new RawClient(own.port).send(ask.repeat(2)).end()).toMatch(/connection: close/i);
  const client = new RawClient(theirs.port).send(ask.repeat(2));
  await client.until((text) => text.match(/ 503 /g)?.length === 2);
});

test('E39: no reply within ping: both fail, 503; a GET is forced through', async () => {
  const quiet = (socket: Socket) =>
    socket.on('data', (data) => {
      if (String(data).startsWith('GET')) {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      }
    });
  const [a, b] = [await rawBackend(quiet), await rawBackend(quiet)];
  const r = await rig(balancer([`${a.url} ping=300ms`, `${b.url} ping=300ms`]));
  expect((await r.get('/', { method: 'POST', body: 'body' })).status).toBe(503);
  expect(r.flags).toEqual(['E', 'E']);
  expect((await r.get()).body).toBe('ok');
  expect(r.flags).toEqual(['', '']);
  await r.idle();
});

test('a member that is disabled between pick and connection fails over, with an error on top', async () => {
  const [a, b] = [await backend('a'), await backend('b')];
  const r = await rig(balancer([a.url, b.url]));
  const client = new RawClient(r.port);
  client.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nConnection: close\r\n\r\n');
  await vi.waitUntil(() => r.column('elected')[0] === 1); // picked with the head, connected to with the body
  r.core.manageWorker(0, { status: { D: true } });
  client.send('body');
  expect(await client.end()).toMatch(/b$/);
  expect(r.flags).toEqual(['DE', '']);
  expect(a.seen).toBe(0);
  await r.idle();
});

test('the connect timeout fails over', async () => {
  const b = await backend('b');
  const r = await rig(balancer(['http://192.0.2.1:81 connectiontimeout=200ms', b.url]));
  const answer = await r.get();
  expect(answer.body).toBe('b'); // nobody has the address (RFC 5737): refused, unreachable or timed out
  expect(r.flags).toEqual(['E', '']);
});
