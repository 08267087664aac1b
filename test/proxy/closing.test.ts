/** Ending a proxy: what is in flight is finished, what is idle ends, and there is a deadline. */
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { expect, test, vi } from 'vitest';
import { backend, balancer, RawClient, rawBackend, rig } from './rig.ts';

test('requests in flight are finished, their connections end, new ones are refused', async () => {
  const held: ServerResponse[] = [];
  const a = await backend('a', (_, response) => held.push(response));
  const r = await rig(balancer([a.url]));
  const client = new RawClient(r.port).send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await vi.waitUntil(() => held.length === 1);
  const idle = new RawClient(r.port);
  const closed = r.proxy.close();
  await vi.waitUntil(
    () =>
      new Promise((resolve) => {
        const socket = connect(r.port, '127.0.0.1');
        socket.on('connect', () => resolve(socket.destroy() === null));
        socket.on('error', () => resolve(true));
      }),
    { timeout: 20_000 },
  );
  expect(r.proxy.open).toBe(1);
  held[0]!.end('finished');
  expect(await client.end()).toMatch(/connection: close[\s\S]*finished/i);
  await closed;
  await idle.end();
  expect(r.proxy.balanced).toBe(true);
});

test('the deadline ends what does not', async () => {
  const a = await rawBackend(() => {});
  const r = await rig(balancer([a.url]));
  const client = new RawClient(r.port).send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await vi.waitUntil(() => r.proxy.open === 1);
  await r.proxy.close(50);
  await client.end();
  await r.idle();
});

test('a second call hurries the first', async () => {
  const a = await rawBackend(() => {});
  const r = await rig(balancer([a.url]));
  const client = new RawClient(r.port).send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await vi.waitUntil(() => r.proxy.open === 1);
  const slow = r.proxy.close();
  await r.proxy.close(0);
  await slow;
  await client.end();
});

test('closing twice, or with nothing open, is fine', async () => {
  const a = await backend('a');
  const r = await rig(balancer([a.url]));
  await r.get();
  await r.proxy.close();
  await r.proxy.close();
});
