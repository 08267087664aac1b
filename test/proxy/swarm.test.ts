/**
 * Hundreds of requests at once, workers that misbehave, clients that go: in the end nothing is charged, nothing is
 * open, and the proxy serves. What happens is drawn from a fixed seed; when it happens is the machine's.
 */
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { balancer, RawClient, rawBackend, rig } from './rig.ts';

/** Park and Miller's generator, so that a failure names its seed. */
function draws(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state % below;
  };
}

const answers = [
  'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 204 No Content\r\n\r\n',
  'HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nnot all',
  'HTTP/1.1 2',
  'nonsense\r\n\r\n',
  `HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(100_000)}`,
  '',
];

/** Answers each piece that comes with something, sooner or later, and sometimes breaks off. */
function misbehaving(draw: (below: number) => number) {
  return (socket: Socket) =>
    socket.on('data', () => {
      const bytes = answers[draw(answers.length)]!;
      const then = draw(4);
      setTimeout(() => {
        if (socket.destroyed) return;
        socket.write(bytes, 'latin1');
        if (then === 0) socket.resetAndDestroy();
        if (then === 1) socket.end();
      }, draw(15));
    });
}

function request(draw: (below: number) => number): string {
  const path = `/${draw(1000)}?S=x.${draw(4)}`;
  const size = [0, 10, 20_000, 100_000][draw(4)]!;
  switch (draw(4)) {
    case 0:
      return `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\n\r\n${'y'.repeat(draw(3) === 0 ? size >> 1 : size)}`;
    case 1:
      return `POST ${path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${size.toString(16)}\r\n${'z'.repeat(size)}\r\n0\r\n\r\n`;
    case 2:
      return `GET ${path} HTTP/1.0\r\n\r\n`;
    default:
      return `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(1 + draw(3));
  }
}

test.each([1, 2, 3, 4])('seed %d', async (seed) => {
  const draw = draws(seed * 7919);
  const workers = await Promise.all([0, 1, 2, 3].map(() => rawBackend(misbehaving(draw))));
  const members = workers.map(
    ({ url }, i) =>
      `${url} route=${i} timeout=1 retry=0 ${['', 'max=2 acquire=30', 'ping=50ms', 'disablereuse=On'][i]}`,
  );
  const r = await rig(
    balancer(members, 'stickysession=S failonstatus=500 failontimeout=On timeout=1'),
    {
      bodySeconds: 1,
    },
  );
  const clients = Array.from({ length: 150 }, () => new RawClient(r.port));
  await Promise.all(
    clients.map(async (client) => {
      const patience = 20 + draw(400);
      await new Promise((resolve) => setTimeout(resolve, draw(200)));
      client.send(request(draw));
      await new Promise((resolve) => setTimeout(resolve, patience));
      if (draw(2) === 0) client.socket.destroy();
      else client.socket.resetAndDestroy();
    }),
  );
  await r.idle();
  expect(r.column('busy')).toEqual([0, 0, 0, 0]);
  expect(r.core.views.timeoutNs[0]).toBe(1e9); // nobody waits any more
  expect(r.column('elected').reduce((sum, elected) => sum + elected, 0)).toBeGreaterThan(0);
});
