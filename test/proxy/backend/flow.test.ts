import type { Duplex } from 'node:stream';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { Try } from '../../../src/proxy/backend/index.ts';
import { answering, backend, dispatch, MS, request, serve, until } from './harness.ts';

const HELLO = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';

test('150 MB, paused again and again, come whole and do not pile up', async () => {
  const piece = Buffer.alloc(65_536, 'x');
  const pieces = 2400;
  let written = 0;
  const server = await serve((socket) => {
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${pieces * piece.length}\r\n\r\n`);
      const next = () => {
        while (written < pieces) {
          written++;
          if (!socket.write(piece)) return;
        }
      };
      socket.on('drain', next);
      next();
    });
  });
  const to = backend(server.port);
  let arrived = 0;
  let most = 0;
  let pausedAt = 0;
  const before = process.memoryUsage.rss();
  const told = dispatch(to, request({ timeoutNs: 400 * MS }), {
    data: (chunk) => {
      arrived += chunk.length;
      most = Math.max(most, process.memoryUsage.rss());
      if (arrived - pausedAt < 30_000_000) return;
      pausedAt = arrived;
      told.attempt.pause();
      setTimeout(() => told.attempt.resume(), 600); // longer than the timeout: a pause is not silence
    },
  });
  await until(() => pausedAt > 0);
  const held = arrived;
  await new Promise((later) => setTimeout(later, 60));
  expect(arrived).toBe(held);
  expect(written).toBeLessThan(pieces);
  expect((await told.over).at(-1)).toBe('ended');
  expect(arrived).toBe(pieces * piece.length);
  expect(most - before).toBeLessThan(100_000_000);
  expect(to.stats.idle).toBe(1);
}, 60_000);

test('pause before there is a connection holds', async () => {
  const server = await serve(answering(() => HELLO));
  const told = dispatch(backend(server.port), request());
  told.attempt.pause();
  await new Promise((later) => setTimeout(later, 80));
  expect(told.events).toEqual(['connected']);
  told.attempt.resume();
  expect((await told.over).at(-1)).toBe('ended');
});

test('a pause that outlasts its response does not stop the connection', async () => {
  const server = await serve(answering(() => HELLO));
  const to = backend(server.port);
  const told = dispatch(to, request(), { responded: () => told.attempt.pause() });
  expect((await told.over).at(-1)).toBe('ended');
  const next = dispatch(to, request());
  expect(await next.over).toEqual(['responded 200', 'ended']);
});

type Stage =
  | 'at once'
  | 'connected'
  | 'sent'
  | 'interim'
  | 'responded'
  | 'data'
  | 'upload'
  | 'ended';

test.each<Stage>(['at once', 'connected', 'sent', 'interim', 'responded', 'data', 'upload'])(
  'abort: %s',
  async (stage) => {
    const server = await serve((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 103 X\r\n\r\n');
        setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello'), 10);
      });
    });
    const to = backend(server.port);
    const rest = stage === 'upload' ? new PassThrough() : null;
    rest?.write('he');
    let attempt: Try | null = null;
    let count = 0;
    const abort = (now: Stage) => {
      if (now !== stage) return;
      // `sent` may come before `dispatch` has returned.
      if (attempt === null) queueMicrotask(() => attempt?.abort());
      else attempt.abort();
      count = told?.events.length ?? 0;
    };
    let told: ReturnType<typeof dispatch> | null = null;
    told = dispatch(to, request({ method: 'POST', rest }), {
      connected: () => {
        abort('connected');
        return true;
      },
      sent: () => {
        abort('sent');
        if (told !== null && told.sent > request().head.length) abort('upload');
      },
      interim: () => abort('interim'),
      responded: () => abort('responded'),
      data: () => abort('data'),
    });
    attempt = told.attempt;
    abort('at once');
    await until(() => to.stats.inUse === 0);
    await new Promise((later) => setTimeout(later, 60));
    expect(told.events.length).toBe(count); // nothing more was told
    expect(to.stats).toEqual({ inUse: 0, idle: 0 });
    expect(rest?.listenerCount('data') ?? 0).toBe(0);
    await until(() => server.sockets.size === 0);
  },
);

test('abort, pause and resume after the end touch nothing', async () => {
  const server = await serve(answering(() => HELLO));
  const to = backend(server.port);
  const first = dispatch(to, request());
  await first.over;
  const second = dispatch(to, request());
  first.attempt.pause();
  first.attempt.abort();
  expect(await second.over).toEqual(['responded 200', 'ended']);
  first.attempt.resume();
  second.attempt.abort();
  expect(to.stats).toEqual({ inUse: 0, idle: 1 });
});

const UPGRADE = 'GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n';
const SWITCHED = 'HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

test.each(['a new', 'a kept'])(
  'a tunnel over %s connection, half-closed on either side',
  async (which) => {
    const server = await serve((socket) => {
      socket.on('data', (data) => {
        const text = data.toString('latin1');
        if (text.startsWith('GET /a')) socket.write(HELLO);
        else if (text.startsWith('GET')) socket.write(`${SWITCHED}first`);
        else socket.write(data);
      });
      socket.on('end', () => socket.write('last'));
    });
    const to = backend(server.port);
    if (which === 'a kept') await dispatch(to, request()).over;
    const { tunnel, first } = await new Promise<{ tunnel: Duplex; first: Buffer }>((done) => {
      dispatch(to, request({ head: UPGRADE, upgrade: 'websocket' }), {
        upgraded: (_, connection, bytes) => done({ tunnel: connection, first: bytes }),
      });
    });
    expect(first.toString()).toBe('first');
    expect(server.accepted()).toBe(1);
    expect(to.stats).toEqual({ inUse: 1, idle: 0 });
    const big = Buffer.alloc(2_000_000, 'y');
    tunnel.write('ping');
    tunnel.end(big);
    const echoed: Buffer[] = [];
    for await (const piece of tunnel) echoed.push(piece);
    expect(
      Buffer.concat(echoed).equals(Buffer.concat([Buffer.from('ping'), big, Buffer.from('last')])),
    ).toBe(true);
    await until(() => to.stats.inUse === 0);
  },
);

test('a tunnel that one side breaks ends for the other', async () => {
  const server = await serve(answering(() => SWITCHED));
  const to = backend(server.port);
  const open = () =>
    new Promise<Duplex>((done) => {
      dispatch(to, request({ head: UPGRADE, upgrade: 'websocket' }), {
        upgraded: (_, connection) => done(connection),
      });
    });
  const broken = await open();
  const closed = new Promise((done) => broken.on('error', () => {}).on('close', done));
  broken.resume();
  for (const socket of server.sockets) socket.resetAndDestroy();
  await closed;
  await until(() => to.stats.inUse === 0);

  (await open()).destroy();
  await until(() => to.stats.inUse === 0 && server.sockets.size === 0);
});

test('another answer than 101 is a response like any; a 101 to something else is none', async () => {
  const plain = await serve(answering(() => HELLO));
  const asked = request({ head: UPGRADE, upgrade: 'websocket' });
  const to = backend(plain.port);
  expect((await dispatch(to, asked).over).at(-1)).toBe('ended');
  expect(to.stats.idle).toBe(1);
  const other = await serve(answering(() => SWITCHED.replace('websocket', 'h2c')));
  expect((await dispatch(backend(other.port), asked).over).at(-1)).toBe('failed badResponse');
});

test('20 000 requests leave nothing behind', async () => {
  const server = await serve(answering(() => HELLO));
  const to = backend(server.port);
  const run = (total: number, width: number) =>
    new Promise<void>((done, broken) => {
      let started = 0;
      let ended = 0;
      const next = () => {
        if (started === total) return;
        started++;
        to.dispatch(request(), {
          connected: () => true,
          sent: () => {},
          interim: () => {},
          responded: () => {},
          data: () => {},
          ended: () => (++ended === total ? done() : next()),
          truncated: () => broken(new Error('truncated')),
          failed: (why) => broken(new Error(why)),
          upgraded: () => broken(new Error('upgraded')),
        });
      };
      for (let i = 0; i < width; i++) next();
    });
  await run(500, 20);
  const warnings: Error[] = [];
  const warned = (warning: Error) => warnings.push(warning);
  process.on('warning', warned);
  const before = process.getActiveResourcesInfo().length;
  await run(20_000, 20);
  expect(server.accepted()).toBe(20);
  expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before + 2);
  expect(to.stats).toEqual({ inUse: 0, idle: 20 });
  process.off('warning', warned);
  expect(warnings).toEqual([]);
  to.close();
  await until(() => server.sockets.size === 0);
}, 60_000);
