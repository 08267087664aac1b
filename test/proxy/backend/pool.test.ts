import { expect, test } from 'vitest';
import type { Backend } from '../../../src/proxy/backend/index.ts';
import { answering, backend, dispatch, request, serve, until } from './harness.ts';

const HELLO = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';

/** Opens `count` connections and leaves them idle. */
async function fill(to: Backend, count: number): Promise<void> {
  const tries = Array.from({ length: count }, () => dispatch(to, request()));
  for (const { over } of tries) expect((await over).at(-1)).toBe('ended');
}

const rest = (ms: number) => new Promise((over) => setTimeout(over, ms));

test('the connection that was freed last is taken first', async () => {
  const served: number[] = [];
  const ports: number[] = [];
  const server = await serve((socket) => {
    const number = ports.push(socket.remotePort ?? 0);
    answering(() => {
      served.push(number);
      return HELLO;
    })(socket);
  });
  const to = backend(server.port);
  await fill(to, 3);
  served.length = 0;
  for (let i = 0; i < 4; i++) await dispatch(to, request()).over;
  expect(new Set(served).size).toBe(1);
});

test('disablereuse closes after every response', async () => {
  const server = await serve(answering(() => HELLO));
  const to = backend(server.port, { disablereuse: true });
  await fill(to, 1);
  await fill(to, 1);
  expect(server.accepted()).toBe(2);
  expect(to.stats).toEqual({ inUse: 0, idle: 0 });
});

test('a request that may not keep its connection closes it', async () => {
  const server = await serve(answering(() => HELLO));
  const to = backend(server.port);
  await dispatch(to, request({ keepAlive: false })).over;
  expect(to.stats).toEqual({ inUse: 0, idle: 0 });
});

test('a connection idle for ttl is not taken, however many there are', async () => {
  const server = await serve(answering(() => HELLO));
  const to = backend(server.port, { ttlSeconds: 0.05 });
  await fill(to, 4);
  expect(to.stats.idle).toBe(4);
  await rest(80);
  expect(to.stats.idle).toBe(4);
  expect(await dispatch(to, request()).over).toEqual(['connected', 'responded 200', 'ended']);
  expect(to.stats.idle).toBe(1);
  expect(server.accepted()).toBe(5);
});

test('above smax the oldest go, once they are as old as ttl', async () => {
  let hold: (() => void)[] = [];
  const server = await serve((socket) => {
    socket.on('data', () => {
      hold.push(() => socket.write(HELLO));
    });
  });
  const to = backend(server.port, { smax: 2, ttlSeconds: 0.2 });
  const release = async (count: number) => {
    await until(() => hold.length >= count);
    for (const go of hold.splice(0, count)) go();
  };
  const tries = Array.from({ length: 6 }, () => dispatch(to, request()));
  await release(5);
  await until(() => to.stats.idle === 5); // young: more than smax stay
  await rest(250);
  expect(to.stats).toEqual({ inUse: 1, idle: 5 });
  await release(1);
  await Promise.all(tries.map(({ over }) => over));
  expect(to.stats).toEqual({ inUse: 0, idle: 2 });
  hold = [];
});

test('without a ttl nothing is dropped', async () => {
  const server = await serve(answering(() => HELLO));
  const to = backend(server.port, { smax: 1 });
  await fill(to, 4);
  expect(to.stats.idle).toBe(4); // httpd 2.4.71 keeps them, too
});

test.each(['end', 'destroy', 'resetAndDestroy'] as const)(
  'a connection closed while idle (%s) is replaced',
  async (how) => {
    const server = await serve(answering(() => HELLO));
    const to = backend(server.port);
    await fill(to, 3);
    for (const socket of server.sockets) socket[how]();
    await until(() => to.stats.idle === 0);
    expect(await dispatch(to, request()).over).toEqual(['connected', 'responded 200', 'ended']);
  },
);

test('a kept connection that dies under a request fails it: whether to repeat is not decided here', async () => {
  let count = 0;
  const server = await serve((socket) => {
    socket.on('data', () => {
      if (count++ === 0) socket.write(HELLO);
      else socket.destroy();
    });
  });
  const to = backend(server.port);
  await fill(to, 1);
  expect(await dispatch(to, request()).over).toEqual(['failed closedEarly']);
  expect(server.accepted()).toBe(1);
});

test('a kept connection is taken that is closing at this very moment', async () => {
  const server = await serve(answering(() => HELLO));
  const to = backend(server.port);
  for (let i = 0; i < 50; i++) {
    await fill(to, 1);
    for (const socket of server.sockets) socket.resetAndDestroy();
    // In the same turn: nobody can know. It must end in one of three ways, and never hang.
    const events = await dispatch(to, request()).over;
    expect(['ended', 'failed closedEarly', 'failed writeGone']).toContain(events.at(-1));
  }
});

test('close ends idle connections at once and used ones when they are done', async () => {
  let go = () => {};
  const server = await serve((socket) => {
    socket.once('data', () => {
      socket.write(HELLO);
      socket.once('data', () => {
        go = () => socket.write(HELLO);
      });
    });
  });
  const to = backend(server.port);
  await fill(to, 2);
  const used = dispatch(to, request());
  expect(to.stats).toEqual({ inUse: 1, idle: 1 });
  to.close();
  expect(to.stats).toEqual({ inUse: 1, idle: 0 });
  await until(() => server.sockets.size === 1);
  go();
  expect((await used.over).at(-1)).toBe('ended');
  expect(to.stats).toEqual({ inUse: 0, idle: 0 });
  await until(() => server.sockets.size === 0);
});
