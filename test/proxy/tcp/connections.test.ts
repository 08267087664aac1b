/** Connections that go to a balancer as they are: picks, failover, what is counted, how they end. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { refusingPort } from '../rig.ts';
import { dial, everything, handing, next, server, tcpRig } from './tcp-rig.ts';

const patient = { timeout: 20_000, interval: 5 };

test('one pick for each connection, busy while it is open, bytes counted both ways', async () => {
  const [a, b] = [await server('a'), await server('b')];
  const r = await tcpRig(handing([a.url, b.url]));
  const clients: Socket[] = [];
  const names: string[] = [];
  for (let i = 0; i < 4; i++) {
    const client = await dial(r.port);
    names.push(await next(client));
    clients.push(client);
  }
  expect(names).toEqual(['a', 'b', 'a', 'b']);
  expect(r.column('busy')).toEqual([2, 2]);
  clients[0]!.write('hello');
  expect(await next(clients[0]!)).toBe('hello');
  expect(r.column('transferred')).toEqual([5, 0]);
  expect(r.column('read')).toEqual([6 + 1, 2]);
  for (const client of clients) client.end();
  await r.idle();
  expect(r.column('elected')).toEqual([2, 2]);
  expect(r.column('busy')).toEqual([0, 0]);
});

test('who cannot be connected to is in error, and another one takes the connection with all of its bytes', async () => {
  const b = await server('b');
  const r = await tcpRig(handing([`tcp://127.0.0.1:${await refusingPort()}`, b.url]));
  for (let i = 0; i < 2; i++) {
    const client = await dial(r.port);
    client.end('early');
    expect(await everything(client)).toEqual({ text: 'bearly', how: 'end' });
    await r.idle();
  }
  expect(r.flags).toEqual(['E', '']);
  expect(r.column('elected')).toEqual([1, 2]);
});

test('a connection that was made is not made again elsewhere', async () => {
  const a = await server('a', (socket) => socket.once('data', () => socket.resetAndDestroy()));
  const b = await server('b');
  const r = await tcpRig(handing([a.url, `${b.url}, lbset: 1`]));
  const client = await dial(r.port);
  client.write('a question');
  expect(await everything(client)).toEqual({ text: '', how: 'ECONNRESET' });
  await r.idle();
  expect(r.column('elected')).toEqual([1, 0]);
  expect(r.flags).toEqual(['', '']);
});

test('with nobody to take it a connection is closed', async () => {
  const urls = [await refusingPort(), await refusingPort()].map(
    (port) => `tcp://127.0.0.1:${port}`,
  );
  const r = await tcpRig(handing(urls));
  expect((await everything(await dial(r.port))).text).toBe('');
  await r.idle();
  expect(r.flags).toEqual(['E', 'E']);
});

test('a name without an address closes the connection, and says so', async () => {
  const lines: string[] = [];
  const r = await tcpRig(handing(['tcp://nobody.invalid:1']), { log: (line) => lines.push(line) });
  expect((await everything(await dial(r.port))).text).toBe('');
  await r.idle();
  expect(lines.join()).toMatch(/tcp:\/\/nobody\.invalid:1: its name has no address/);
});

describe('each side ends for itself', () => {
  test('the client first', async () => {
    const heard: string[] = [];
    const a = await server('a', (socket) => {
      socket.on('data', (chunk) => heard.push(String(chunk)));
      socket.on('end', () => socket.end(`heard ${heard.join('')}, and that is all`));
    });
    const r = await tcpRig(handing([a.url]));
    const client = await dial(r.port);
    client.end('a question');
    expect(await everything(client)).toEqual({
      text: 'heard a question, and that is all',
      how: 'end',
    });
    await r.idle();
  });

  test('the client without a word, before a worker is connected to', async () => {
    const a = await server('a');
    const r = await tcpRig(handing([`${a.url}, max: 1`]));
    const first = await dial(r.port);
    await next(first);
    const second = await dial(r.port);
    second.end();
    await vi.waitUntil(() => r.proxy.open === 2, patient);
    first.end();
    expect(await everything(second)).toEqual({ text: 'a', how: 'end' });
    await r.idle();
  });

  test('the worker first', async () => {
    const a = await server('a', (socket) => socket.end('nothing more from here'));
    const r = await tcpRig(handing([a.url]));
    const client = await dial(r.port);
    expect(await everything(client)).toEqual({ text: 'nothing more from here', how: 'end' });
    expect(r.column('busy')).toEqual([1]);
    const heard = everything(a.sockets[0]!);
    client.end('still here');
    expect(await heard).toEqual({ text: 'still here', how: 'end' });
    await r.idle();
  });
});

test.each(['client', 'worker'])('what the %s breaks off is no end to the other', async (side) => {
  const a = await server('a');
  const r = await tcpRig(handing([a.url]));
  const client = await dial(r.port);
  await next(client);
  const [breaks, other] = side === 'client' ? [client, a.sockets[0]!] : [a.sockets[0]!, client];
  const told = everything(other);
  breaks.resetAndDestroy();
  expect((await told).how).toBe('ECONNRESET');
  await r.idle();
});

test('whoever takes nothing holds the other side back, and loses nothing', async () => {
  const a = await server('a', (socket) => socket.pause());
  const r = await tcpRig(handing([a.url, (await server('b')).url]));
  const client = await dial(r.port);
  const much = Buffer.alloc(256 * 1024 * 1024, 'abcdefghijklmnop!');
  client.end(much);
  await vi.waitUntil(() => a.sockets.length === 1, patient);
  const other = await dial(r.port);
  await next(other);
  for (let before = -1; r.column('transferred')[0] !== before; ) {
    before = r.column('transferred')[0]!;
    for (let i = 0; i < 50; i++) {
      other.write('.');
      await next(other);
    }
  }
  // The system has buffers of its own, of some megabytes.
  expect(r.column('transferred')[0]).toBeLessThan(much.length / 2);
  other.end();
  const sum = createHash('sha256');
  a.sockets[0]!.on('data', (chunk) => sum.update(chunk));
  a.sockets[0]!.resume();
  await once(a.sockets[0]!, 'end');
  a.sockets[0]!.end();
  expect(sum.digest('hex')).toBe(createHash('sha256').update(much).digest('hex'));
  await r.idle();
  expect(r.column('transferred')[0]).toBe(much.length);
});

test('when both are silent for long the connection is cut', async () => {
  const a = await server('a');
  const r = await tcpRig(handing([`${a.url}, timeout: 100ms`]));
  const client = await dial(r.port);
  await next(client);
  const [mine, its] = await Promise.all([everything(client), everything(a.sockets[0]!)]);
  expect([mine.how, its.how]).toEqual(['ECONNRESET', 'ECONNRESET']);
  await r.idle();
});

describe('max', () => {
  test('a connection beyond it waits for another one to end', async () => {
    const a = await server('a');
    const r = await tcpRig(handing([`${a.url}, max: 1`]));
    const first = await dial(r.port);
    await next(first);
    const second = await dial(r.port);
    second.write('early');
    await vi.waitUntil(() => r.proxy.open === 2, patient);
    expect(a.sockets).toHaveLength(1);
    first.end();
    second.end();
    expect(await everything(second)).toEqual({ text: 'aearly', how: 'end' });
    await r.idle();
  });

  test('it waits no longer than acquire, then another worker takes it', async () => {
    const [a, b] = [await server('a'), await server('b')];
    const r = await tcpRig(handing([`${a.url}, max: 1, acquire: 10ms`, `${b.url}, lbset: 1`]));
    const first = await dial(r.port);
    await next(first);
    const second = await dial(r.port);
    expect(await next(second)).toBe('b');
    expect(r.flags).toEqual(['E', '']);
  });

  test('who leaves while waiting is not charged for', async () => {
    const a = await server('a');
    const r = await tcpRig(handing([`${a.url}, max: 1`]));
    const first = await dial(r.port);
    await next(first);
    const second = await dial(r.port);
    await vi.waitUntil(() => r.proxy.open === 2, patient);
    second.resetAndDestroy();
    first.end();
    await r.idle();
    expect(a.sockets).toHaveLength(1);
  });
});

test('source: an address has one worker, others have others', async () => {
  const servers = await Promise.all(['a', 'b', 'c'].map((name) => server(name)));
  const r = await tcpRig(
    handing(
      servers.map(({ url }) => url),
      'lbmethod: source',
    ),
  );
  const whose = async (address: string) => next(await dial(r.port, address));
  const own = await whose('127.0.0.1');
  for (let i = 0; i < 3; i++) expect(await whose('127.0.0.1')).toBe(own);
  const names = new Set<string>();
  for (let i = 2; i < 20; i++) names.add(await whose(`127.0.0.${i}`));
  expect([...names].sort()).toEqual(['a', 'b', 'c']);
});

test('a health check takes a worker out before a connection finds out', async () => {
  const bad = `tcp://127.0.0.1:${await refusingPort()}`;
  const b = await server('b');
  const checked = 'hcmethod: TCP, hcinterval: 100ms';
  const r = await tcpRig(handing([`${bad}, ${checked}`, `${b.url}, ${checked}`]));
  await vi.waitUntil(() => r.flags[0]!.includes('C'), patient);
  const client = await dial(r.port);
  expect(await next(client)).toBe('b');
  expect(r.column('elected')).toEqual([0, 1]);
});
