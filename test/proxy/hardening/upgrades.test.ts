/** Upgrades as a way past the proxy: only what both sides agreed to becomes a tunnel (spec: hardening). */
import { expect, test } from 'vitest';
import { balancer, RawClient, rawBackend, rig } from '../rig.ts';
import { exchanged } from './probe.ts';
import { get, hidden, post } from './probes/text.ts';
import { type Received, recorder, says } from './recorder.ts';
import { readResponses, statusOf, values } from './wire.ts';

const wish = `${get}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
const agreed =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

function isWish(request: Received): boolean {
  return values(request, 'upgrade').length > 0;
}

test.each([
  ['a plain answer', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno', 200],
  ['426', 'HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n', 426],
  ['101 to another protocol', agreed.replace('websocket', 'h2c'), 502],
  ['101 to a list', agreed.replace('websocket', 'websocket, h2c'), 502],
  ['101 without a protocol', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', 502],
  ['101 with a length', agreed.replace('\r\n\r\n', '\r\nContent-Length: 5\r\n\r\n'), 502],
  ['101 in HTTP/2.0', agreed.replace('HTTP/1.1', 'HTTP/2.0'), 502],
])('%s: what the client sent behind its wish reaches nobody', async (_, answer, status) => {
  const worker = await recorder((request, socket) =>
    isWish(request) ? answer : says(request, socket),
  );
  const r = await rig(balancer([`${worker.url} upgrade=websocket`]));
  const text = await exchanged(r.port, wish + hidden, 1);
  expect(readResponses(text, ['GET']).map(statusOf)).toEqual([status]);
  expect(worker.summaries).toEqual(['GET /x']);
  expect(worker.faults).toEqual([]);
  expect((await r.get('/after')).body).toBe('GET /after');
  await r.idle();
});

test.each([
  ['Connection does not say so', `${get}Upgrade: websocket\r\nConnection: close\r\n\r\n`],
  [
    'a body comes with it',
    `${post}Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 3\r\n\r\nabc`,
  ],
  [
    'chunks come with it',
    `${post}Connection: Upgrade\r\nUpgrade: websocket\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['it is HTTP/1.0', 'GET /x HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
  ['the protocol is another', `${get}Connection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n`],
  [
    'the protocols are several',
    `${get}Connection: Upgrade, close\r\nUpgrade: websocket, h2c\r\n\r\n`,
  ],
  [
    'the fields are several',
    `${get}Connection: Upgrade, close\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n\r\n`,
  ],
])('no wish at all, since %s', async (_, bytes) => {
  const worker = await recorder();
  const r = await rig(balancer([`${worker.url} upgrade=websocket`]));
  const text = await exchanged(r.port, bytes + hidden, 1);
  expect(readResponses(text, ['GET']).map(statusOf)).toEqual([200]);
  expect(worker.received).toHaveLength(1);
  expect(worker.received.some(isWish)).toBe(false);
  expect(worker.received[0]?.text).not.toMatch(/upgrade/i);
  expect(worker.faults).toEqual([]);
  await r.idle();
});

test('101 unasked, to one who waits for an answer: 502, and the worker gets nothing of what follows', async () => {
  let heard = '';
  const raw = await rawBackend((socket) =>
    socket.on('data', (data) => {
      heard += data.toString('latin1');
      socket.write(agreed);
    }),
  );
  const r = await rig(balancer([`${raw.url} upgrade=websocket`]));
  const text = await exchanged(r.port, `${get}Connection: close\r\n\r\n${hidden}`, 1);
  expect(readResponses(text, ['GET']).map(statusOf)).toEqual([502]);
  expect(heard).not.toMatch(/hidden/);
  await r.idle();
});

test('a wish behind a request under way, and a request behind the wish: that one reaches nobody', async () => {
  const worker = await recorder();
  const answers: (() => void)[] = [];
  worker.reply = (request, socket) => {
    answers.push(() => socket.write(says(request, socket)!, 'latin1'));
    return null;
  };
  const r = await rig(balancer([`${worker.url} upgrade=websocket`]));
  const client = new RawClient(r.port).send(`${get}\r\n${wish}${hidden.slice(0, 20)}`);
  await worker.seen(1);
  client.send(hidden); // the middle of a request, for a proxy that has lost the beginning
  answers[0]!();
  await worker.seen(2);
  answers[1]!();
  const text = await client.end();
  expect(readResponses(text, ['GET', 'GET']).map(statusOf)).toEqual([200, 200]);
  expect(worker.summaries).toEqual(['GET /x', 'GET /x']);
  expect(worker.received.some(isWish)).toBe(false);
  await r.idle();
});

test('the fields of the hop stay out of the tunnel, on both sides', async () => {
  const worker = await recorder((request) =>
    isWish(request)
      ? agreed
          .replace('\r\n\r\n', '\r\nKeep-Alive: 9\r\nProxy-Connection: x\r\nX-Hop: 1\r\n\r\n')
          .replace('Connection: Upgrade', 'Connection: Upgrade, X-Hop')
      : null,
  );
  const r = await rig(balancer([`${worker.url} upgrade=websocket`]));
  const client = new RawClient(r.port).send(
    wish.replace(
      'Connection: Upgrade',
      'Connection: Upgrade, X-Hop\r\nKeep-Alive: 9\r\nX-Hop: 1\r\nSec-WebSocket-Key: k',
    ),
  );
  await client.until((text) => text.includes('\r\n\r\n'));
  expect(client.text).toMatch(/^HTTP\/1\.1 101 /);
  expect(client.text).not.toMatch(/keep-alive|proxy-connection|x-hop/i);
  expect(worker.received[0]?.text).not.toMatch(/keep-alive|x-hop/i);
  expect(worker.received[0]?.text).toMatch(/Sec-WebSocket-Key: k\r\n/);
  client.socket.destroy();
  await r.idle();
});
