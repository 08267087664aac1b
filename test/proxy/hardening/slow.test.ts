/** Clients that are slow, silent, many, or gone: each costs little, ends in time, and hinders nobody (spec: hardening). */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { balancer, RawClient, rawBackend, rig } from '../rig.ts';
import { exchanged } from './probe.ts';
import { end, get, post } from './probes/text.ts';
import { recorder } from './recorder.ts';

/** Sends `pieces` one by one until they are out or the connection ends. */
async function dribble(
  client: RawClient,
  pieces: Iterable<string>,
  everyMs: number,
): Promise<void> {
  for (const piece of pieces) {
    if (client.ended || client.socket.destroyed) return;
    client.send(piece);
    await sleep(everyMs);
  }
}

const never = 'x'.repeat(100_000);

test('heads in dribbles, or not at all: 408, and the second of a connection has no more time', async () => {
  const worker = await recorder();
  const r = await rig(balancer([worker.url], '', 'KeepAliveTimeout 30'), { headerSeconds: 1 });
  const beginnings = ['', 'GET /', `${get}X-A: `, `${get}\r\nGET /y HTTP/1.1\r\n`];
  const clients = beginnings.map((text) => new RawClient(r.port).send(text));
  const dribbles = clients.slice(1).map((client) => dribble(client, never, 20));
  for (const client of clients) await client.end();
  await Promise.all(dribbles);
  const statuses = clients.map(({ text }) => text.match(/HTTP\/1\.1 \d+/g)?.join());
  const late = 'HTTP/1.1 408';
  expect(statuses).toEqual([late, late, late, `HTTP/1.1 200,${late}`]);
  expect(worker.summaries).toEqual(['GET /x']);
});

test('bodies in dribbles, with a length or in chunks: 408', async () => {
  const worker = await recorder();
  const r = await rig(balancer([worker.url]), { bodySeconds: 1 });
  const sized = new RawClient(r.port).send(`${post}Content-Length: 100000\r\n\r\n`);
  const chunked = new RawClient(r.port).send(`${post}Transfer-Encoding: chunked\r\n\r\n`);
  const dribbles = [
    dribble(sized, never, 50),
    dribble(chunked, Array(2000).fill('1\r\nx\r\n'), 50),
  ];
  for (const client of [sized, chunked]) expect(await client.end()).toMatch(/^HTTP\/1\.1 408 /);
  await Promise.all(dribbles);
  await r.idle();
  expect(worker.received).toEqual([]);
});

/** Resolves when `bytes` has stopped growing. */
async function settled(bytes: () => number): Promise<number> {
  for (let before = -1; ; before = bytes()) {
    await sleep(300);
    if (bytes() === before && before > 0) return before;
  }
}

const LARGE = 200_000_000;

test('a client that does not read holds back the worker: memory stays flat', async () => {
  let worker: Socket | undefined;
  const raw = await rawBackend((socket) => {
    worker = socket;
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${LARGE}\r\n\r\n`);
      const piece = Buffer.alloc(1_000_000);
      for (let i = 0; i < LARGE / piece.length; i++) socket.write(piece);
    });
  });
  const r = await rig(balancer([raw.url]));
  const client = connect(r.port, '127.0.0.1').pause();
  client.write(`${get}\r\n`);
  await vi.waitUntil(() => worker !== undefined);
  const taken = await settled(() => worker!.bytesWritten - worker!.writableLength);
  expect(taken).toBeLessThan(LARGE / 4); // what the system's buffers hold
  client.destroy();
  await r.idle();
});

test('a worker that does not read holds back the client: memory stays flat', async () => {
  const raw = await rawBackend((socket) => socket.pause());
  const r = await rig(balancer([`${raw.url} timeout=2`]));
  const client = connect(r.port, '127.0.0.1');
  client.on('error', () => client.destroy());
  client.write(`${post}Content-Length: ${LARGE}\r\n\r\n`);
  const piece = Buffer.alloc(1_000_000);
  for (let i = 0; i < LARGE / piece.length; i++) client.write(piece);
  const taken = await settled(() => client.bytesWritten - client.writableLength);
  expect(taken).toBeLessThan(LARGE / 4);
  await r.idle(); // by the worker's timeout
  client.destroy();
});

test('hundreds of idle connections hinder nobody, and end by themselves', async () => {
  const worker = await recorder();
  const r = await rig(balancer([worker.url]), { headerSeconds: 1 });
  const idle = await Promise.all(
    Array.from({ length: 400 }, async () => {
      const socket = connect(r.port, '127.0.0.1').resume();
      socket.on('error', () => socket.destroy());
      onTestFinished(() => {
        socket.destroy();
      });
      await once(socket, 'connect');
      return socket;
    }),
  );
  expect((await r.get('/after')).body).toBe('GET /after');
  for (const socket of idle) if (!socket.closed) await once(socket, 'close');
});

test('two thousand requests in one pipeline are answered one after the other', async () => {
  const worker = await recorder();
  const r = await rig(balancer([worker.url], '', 'MaxKeepAliveRequests 0'));
  const count = 2000;
  const all = Array.from({ length: count }, (_, i) => `GET /${i} HTTP/1.1\r\nHost: x\r\n\r\n`);
  const last = 'GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  const text = await exchanged(r.port, all.join('') + last, 1);
  const answers = text.match(/(?<=\r\n\r\n)GET \/(?:\d+|last)/g);
  expect(answers).toEqual([...all.map((_, i) => `GET /${i}`), 'GET /last']);
  expect(worker.summaries).toEqual(answers);
});

test('a request in two parts, cut at every byte: no answer to the first, one to both', async () => {
  const worker = await recorder();
  const r = await rig(balancer([worker.url]));
  const request = `${get}Connection: close\r\n\r\n`;
  const clients = Array.from({ length: request.length }, (_, length) =>
    new RawClient(r.port).send(request.slice(0, length)),
  );
  for (const { socket } of clients) if (socket.connecting) await once(socket, 'connect');
  for (let i = 0; i < 5; i++) await r.get('/after');
  expect(clients.map(({ text, ended }) => text + ended)).toEqual(clients.map(() => 'false'));
  expect(new Set(worker.summaries)).toEqual(new Set(['GET /after']));
  clients.forEach((client, length) => {
    client.send(request.slice(length));
  });
  for (const client of clients)
    expect(await client.end()).toMatch(/^HTTP\/1\.1 200 [\s\S]*GET \/x$/);
});

const requests: readonly [string, string][] = [
  ['a GET', `${get}Accept: */*\r\n\r\n`],
  ['a body', `${post}Content-Length: 20\r\n\r\n${'x'.repeat(20)}`],
  ['chunks', `${post}Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n${end}`],
  ['a waiting body', `${post}Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc`],
  ['a wish to upgrade', `${get}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\nmore`],
];

test.each(requests)('%s abandoned at every byte', async (_, bytes) => {
  const raw = await rawBackend((socket) =>
    socket.on('data', (data) => {
      // Only what comes afterwards is answered.
      if (data.toString('latin1').startsWith('GET /after ')) {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      }
    }),
  );
  const r = await rig(
    balancer([`${raw.url} upgrade=websocket`], 'failonstatus=400,408,500,502,503'),
  );
  for (let length = 0; length <= bytes.length; length++) {
    const socket = connect(r.port, '127.0.0.1').resume();
    socket.on('error', () => socket.destroy());
    await once(socket, 'connect');
    if (length > 0) socket.write(bytes.slice(0, length), 'latin1');
    await sleep(1);
    if (length % 3 === 0) socket.resetAndDestroy();
    else if (length % 3 === 1) socket.destroy();
    else socket.end();
    if (!socket.closed) await once(socket, 'close');
  }
  await r.idle();
  expect(r.column('busy')).toEqual([0]);
  expect(r.flags).toEqual(['']);
  expect((await r.get('/after')).body).toBe('ok');
});
