/** Clients and workers that go at every point: nothing stays charged, and the next request works. */
import type { Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import { backend, balancer, RawClient, rawBackend, rig } from './rig.ts';

const head = (length: number, more = '') =>
  `POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n${more}\r\n`;

/** Answers `/ok` at once and does with others what the test says. */
function scripted(serve: (socket: Socket, request: string) => void) {
  return (socket: Socket) =>
    socket.on('data', (data) => {
      const text = data.toString('latin1');
      if (text.startsWith('GET /ok ')) {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      } else serve(socket, text);
    });
}

interface Leaving {
  readonly name: string;
  readonly sends: string;
  readonly serve: (socket: Socket, request: string) => void;
  /** The client goes when this holds of what it got and of what the worker got. */
  readonly when: (got: string, worker: string) => boolean;
}

const leaving: readonly Leaving[] = [
  {
    name: 'while the head is being sent',
    sends: 'GET /x HTTP/1.1\r\nHost: x\r\n',
    serve: () => {},
    when: () => true,
  },
  {
    name: 'before the answer',
    sends: 'GET /x HTTP/1.1\r\nHost: x\r\n\r\n',
    serve: () => {},
    when: (_, worker) => worker.includes('GET /x'),
  },
  {
    name: 'behind the head of the answer',
    sends: 'GET /x HTTP/1.1\r\nHost: x\r\n\r\n',
    serve: (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n'),
    when: (got) => got.includes('\r\n\r\n'),
  },
  {
    name: 'inside the body of the answer',
    sends: 'GET /x HTTP/1.1\r\nHost: x\r\n\r\n',
    serve: (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive!'),
    when: (got) => got.endsWith('five!'),
  },
  {
    name: 'inside a body that is read before connecting',
    sends: `${head(100)}only this`,
    serve: () => {},
    when: () => true,
  },
  {
    name: 'inside a body that goes straight on',
    sends: head(100_000) + 'x'.repeat(50_000),
    serve: () => {},
    when: (_, worker) => worker.length > 50_000,
  },
  {
    name: 'inside a body in chunks',
    sends: `POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n8000\r\n${'x'.repeat(0x8000)}\r\n`,
    serve: () => {},
    when: (_, worker) => worker.length > 0x8000,
  },
  {
    name: 'while it waits for a 100',
    sends: head(4, 'Expect: 100-continue\r\n'),
    serve: () => {},
    when: (_, worker) => worker.includes('POST /x'),
  },
];

test.each(leaving)('a client that goes $name', async ({ sends, serve, when }) => {
  let worker = '';
  const raw = await rawBackend(
    scripted((socket, text) => {
      worker += text;
      serve(socket, text);
    }),
  );
  const r = await rig(balancer([raw.url], 'failonstatus=400,502,503'));
  for (const how of ['reset', 'close'] as const) {
    worker = '';
    const client = new RawClient(r.port).send(sends);
    await vi.waitUntil(() => when(client.text, worker));
    if (how === 'reset') client.socket.resetAndDestroy();
    else client.socket.destroy();
    await r.idle();
    expect(r.column('busy')).toEqual([0]);
    expect((await r.get('/ok')).body).toBe('ok');
  }
});

test('a client that goes says nothing against the worker', async () => {
  let asked = false;
  const raw = await rawBackend(
    scripted(() => {
      asked = true;
    }),
  );
  const r = await rig(balancer([raw.url], 'failonstatus=400,500,502,503'));
  const client = new RawClient(r.port).send('GET /x HTTP/1.1\r\nHost: x\r\n\r\n');
  await vi.waitUntil(() => asked);
  client.socket.destroy();
  await r.idle();
  expect(r.flags).toEqual(['']);
});

const ends: readonly [string, string][] = [
  ['before the answer', ''],
  ['inside the status line', 'HTTP/1.1 20'],
  ['inside the head', 'HTTP/1.1 200 OK\r\nContent-Le'],
  ['behind the head', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n'],
  ['inside the body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive!'],
  ['inside a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nfive!'],
  ['before the last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfive!\r\n'],
  ['behind an interim head', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
];

test.each(ends)('a worker that breaks %s', async (_, bytes) => {
  let how: 'end' | 'destroy' | 'resetAndDestroy' = 'end';
  const raw = await rawBackend(
    scripted((socket) => {
      if (bytes === '') socket[how]();
      else socket.write(bytes, () => socket[how]());
    }),
  );
  const r = await rig(balancer([raw.url]));
  for (how of ['end', 'destroy', 'resetAndDestroy'] as const) {
    const client = new RawClient(r.port);
    const text = await client.send('GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n').end();
    expect(text).not.toMatch(/HTTP\/1\.1 200 OK[\s\S]*0\r\n\r\n$/); // no answer that looks whole
    if (!bytes.includes('\r\n\r\n') || bytes.includes(' 103 ')) expect(text).toMatch(/ 502 /);
    await r.idle();
    expect((await r.get('/ok')).body).toBe('ok');
    expect(r.flags).toEqual(['']);
  }
});

test('a worker that ends idle connections: the next request opens another', async () => {
  const a = await backend('a');
  const r = await rig(balancer([a.url]));
  expect((await r.get()).body).toBe('a');
  await a.down();
  await a.up();
  expect((await r.get()).body).toBe('a');
  expect(r.flags).toEqual(['']);
});

test('an early answer to a long upload arrives, and the connection can go on', async () => {
  const a = await backend('a', (message, response) => {
    if (message.method === 'POST') response.writeHead(413).end('too much');
    else response.end('a');
  });
  const r = await rig(balancer([a.url]));
  const answer = await r.get('/', { method: 'POST', body: 'x'.repeat(500_000) });
  expect(answer).toMatchObject({ status: 413, body: 'too much' });
  await r.idle();
  expect((await r.get()).body).toBe('a');
});

test('a body that is not what it says: 400, and the worker is not blamed', async () => {
  const a = await backend('a');
  const r = await rig(balancer([a.url]));
  const broken = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n';
  expect(await new RawClient(r.port).send(broken).end()).toMatch(/^HTTP\/1\.1 400 /);
  await r.idle();
  expect(r.flags).toEqual(['']);
  expect(a.seen).toBe(0);
});

test('the same in the middle of a body that is on its way', async () => {
  const a = await backend('a');
  const r = await rig(balancer([a.url]));
  const client = new RawClient(r.port);
  client.send(
    `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n8000\r\n${'x'.repeat(0x8000)}\r\n`,
  );
  await vi.waitUntil(() => a.seen === 1);
  expect(await client.send('nonsense\r\n').end()).toMatch(/^HTTP\/1\.1 400 /);
  await r.idle();
  expect(r.flags).toEqual(['']);
});

test('a body beyond LimitRequestBody: 413, by its length or as it comes', async () => {
  const a = await backend('a');
  const r = await rig(balancer([a.url], '', 'LimitRequestBody 50000'));
  const long = 'x'.repeat(60_000);
  expect((await r.get('/', { method: 'POST', body: long })).status).toBe(413);
  const client = new RawClient(r.port);
  client.send(
    `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nea60\r\n${long}\r\n0\r\n\r\n`,
  );
  expect(await client.end()).toMatch(/^HTTP\/1\.1 413 /);
  await r.idle();
  expect(r.flags).toEqual(['']);
  expect((await r.get('/', { method: 'POST', body: 'x'.repeat(50_000) })).body).toBe('a');
});

test('a client that takes nothing of a ready answer is gone after Timeout', async () => {
  const piece = Buffer.alloc(1_000_000);
  const a = await backend('a', (message, response) => {
    if (message.url === '/ok') response.end('a');
    else for (let i = 0; i < 40; i++) response.write(piece);
  });
  const r = await rig(balancer([a.url], '', 'Timeout 1'));
  const client = new RawClient(r.port);
  client.socket.removeAllListeners('data').pause();
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await vi.waitUntil(() => r.proxy.open === 1);
  await r.idle();
  expect((await r.get('/ok')).body).toBe('a');
  expect(r.flags).toEqual(['']);
});

test('a worker that is slower than Timeout, within its own timeout, is waited for', async () => {
  const a = await backend('a', (_, response) => setTimeout(() => response.end('late'), 2500));
  const r = await rig(balancer([`${a.url} timeout=20`], '', 'Timeout 1'));
  expect((await r.get()).body).toBe('late');
});

test('a body that does not come: 408', async () => {
  const a = await backend('a');
  const r = await rig(balancer([a.url]), { bodySeconds: 1 });
  const client = new RawClient(r.port).send(`${head(100)}only this`);
  expect(await client.end()).toMatch(/^HTTP\/1\.1 408 /);
  await r.idle();
  expect(r.flags).toEqual(['']);
});
