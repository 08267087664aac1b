import { connect, createServer } from 'node:net';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { answering, backend, dispatch, MS, member, request, serve } from './harness.ts';

const HELLO = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';

/** A port that nobody listens on. */
async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return address !== null && typeof address === 'object' ? address.port : 0;
}

/** Answers the first request of a connection with `text`, and then ends it in some way. */
function sayAnd(text: string, then: 'end' | 'resetAndDestroy' | 'nothing') {
  return serve((socket) => {
    socket.once('data', () => {
      const go = () => {
        if (then !== 'nothing') socket[then]();
      };
      if (text === '') go();
      else socket.write(text, 'latin1', () => setTimeout(go, 20));
    });
  });
}

test('refused', async () => {
  const to = backend(await unusedPort());
  const told = dispatch(to, request());
  expect(await told.over).toEqual(['failed connectFailed']);
  expect(told.sent).toBe(0);
  expect(to.stats).toEqual({ inUse: 0, idle: 0 });
});

test('refused under a name: twice, as the second time the address is known', async () => {
  const port = await unusedPort();
  const to = backend(port, { url: { ...member(port).url, host: 'localhost' } });
  for (let i = 0; i < 2; i++) {
    expect(await dispatch(to, request()).over).toEqual(['failed connectFailed']);
  }
});

test('no unix socket there', async () => {
  const to = backend(80, { url: { ...member(80).url, socket: '/nowhere/at/all' } });
  expect(await dispatch(to, request()).over).toEqual(['failed connectFailed']);
});

test('a name that does not exist', async () => {
  const to = backend(80, { url: { ...member(80).url, host: 'name.invalid' } });
  const both = [dispatch(to, request()), dispatch(to, request())];
  for (const { over } of both) expect(await over).toEqual(['failed dnsFailed']);
  expect(to.stats).toEqual({ inUse: 0, idle: 0 });
}, 30_000);

/** A listener whose queue is full, so that the system leaves further connections unanswered. */
async function fullListener(): Promise<number> {
  const thread = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const server = require('node:net').createServer().listen(0, '127.0.0.1', 1, () => {
       parentPort.postMessage(server.address().port);
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60000);
     });`,
    { eval: true },
  );
  onTestFinished(() => thread.terminate().then(() => {}));
  const port = await new Promise<number>((told) => thread.once('message', told));
  const fillers = Array.from({ length: 8 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  onTestFinished(() => {
    for (const filler of fillers) filler.destroy();
  });
  await new Promise((later) => setTimeout(later, 100));
  return fillers.every((filler) => !filler.connecting) ? 0 : port;
}

test('no connection within connectTimeout', async (context) => {
  const port = await fullListener();
  if (port === 0) return context.skip('this system queues connections without limit');
  const to = backend(port);
  const told = dispatch(to, request({ connectTimeoutNs: 100 * MS }));
  expect(await told.over).toEqual(['failed connectFailed']);
  expect(to.stats).toEqual({ inUse: 0, idle: 0 });
  const given = dispatch(to, request());
  expect(to.stats).toEqual({ inUse: 1, idle: 0 });
  given.attempt.abort();
  expect(to.stats).toEqual({ inUse: 0, idle: 0 });
  expect(given.events).toEqual([]);
});

test('a connection that is not wanted any more carries nothing', async () => {
  let bytes = 0;
  const server = await serve((socket) => {
    socket.on('data', (data) => {
      bytes += data.length;
    });
  });
  const to = backend(server.port);
  await new Promise<void>((closed) => {
    const told = dispatch(to, request(), {
      connected: () => {
        setTimeout(() => {
          expect(told.events).toEqual(['connected']);
          closed();
        }, 30);
        return false;
      },
    });
  });
  expect(bytes).toBe(0);
  expect(to.stats).toEqual({ inUse: 0, idle: 0 });
});

test.each(['end', 'resetAndDestroy'] as const)('closed before a status line: %s', async (how) => {
  const server = await sayAnd('', how);
  const told = dispatch(backend(server.port), request());
  expect(await told.over).toEqual(['connected', 'failed closedEarly']);
  expect(told).toMatchObject({ sent: request().head.length, statusLineBytes: 0 });
});

test('closed behind an interim head', async () => {
  const server = await sayAnd('HTTP/1.1 100 Continue\r\n\r\n', 'end');
  expect(await dispatch(backend(server.port), request()).over).toEqual([
    'connected',
    'interim 100',
    'failed closedEarly',
  ]);
});

const WHOLE = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\nA: b\r\n\r\n0123456789';
const HEAD_BYTES = WHOLE.indexOf('0123456789');

test.each(['end', 'resetAndDestroy'] as const)('broken off at every place: %s', async (how) => {
  for (let cut = 1; cut < WHOLE.length; cut += cut < HEAD_BYTES - 2 ? 3 : 1) {
    const server = await sayAnd(WHOLE.slice(0, cut), how);
    const told = dispatch(backend(server.port), request());
    const events = await told.over;
    server.close();
    if (cut < HEAD_BYTES) {
      expect(events, `at ${cut}`).toEqual(['connected', 'failed badResponse']);
      expect(told.statusLineBytes, `at ${cut}`).toBe(cut < 17 ? 0 : 15);
    } else {
      expect(events, `at ${cut}`).toEqual(['connected', 'responded 200', 'truncated']);
      expect(told.bytes).toBe(cut - HEAD_BYTES);
    }
  }
});

test.each([
  ['in a chunk', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhel', 'end', 3],
  ['between chunks', 'Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n', 'end', 3],
  [
    'before the trailers end',
    'Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n0\r\nA: b\r\n',
    'end',
    3,
  ],
  ['by a reset, framed by the end', 'A: b\r\n\r\nhel', 'resetAndDestroy', 3],
] as const)('truncated %s', async (_, fields, how, bytes) => {
  const server = await sayAnd(`HTTP/1.1 200 OK\r\n${fields}`, how);
  const told = dispatch(backend(server.port), request());
  expect(await told.over).toEqual(['connected', 'responded 200', 'truncated']);
  expect(told.bytes).toBe(bytes);
});

test('a bad chunk truncates, whether it comes with the head or later', async () => {
  const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n';
  const together = await sayAnd(`${head}XYZ\r\n`, 'nothing');
  const later = await serve((socket) => {
    socket.once('data', () => {
      socket.write(head);
      setTimeout(() => socket.write('XYZ\r\n'), 20);
    });
  });
  for (const { port } of [together, later]) {
    const to = backend(port);
    const told = dispatch(to, request());
    expect(await told.over).toEqual(['connected', 'responded 200', 'truncated']);
    expect(told.body).toBe('hel');
    expect(to.stats).toEqual({ inUse: 0, idle: 0 });
  }
});

test.each([
  ['garbage', 'garbage\r\n\r\n', 0],
  ['a wrong version', 'HTTP/2.0 200 OK\r\n\r\n', 15],
  ['a bad line', 'HTTP/1.1 200 OK\r\nbad line\r\n\r\n', 15],
  [
    'length and coding',
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n',
    15,
  ],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nhello', 15],
  ['chunked not last', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, x\r\n\r\nhello', 15],
  ['a folded line', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n', 15],
  ['a blank before the colon', 'HTTP/1.1 200 OK\r\nA : b\r\n\r\n', 15],
  ['NUL', 'HTTP/1.1 200 OK\r\nA: \0\r\n\r\n', 15],
  ['a long line', `HTTP/1.1 200 OK\r\nA: ${'x'.repeat(9000)}\r\n\r\n`, 15],
  ['a 101 nobody asked for', 'HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n', 0],
])('%s is no response', async (_, answer, statusLineBytes) => {
  const server = await sayAnd(answer, 'nothing');
  const to = backend(server.port);
  const told = dispatch(to, request());
  expect(await told.over).toEqual(['connected', 'failed badResponse']);
  if (!answer.includes(' 101 ')) expect(told.statusLineBytes).toBe(statusLineBytes);
  expect(to.stats).toEqual({ inUse: 0, idle: 0 });
});

test('responsefieldsize decides what a long line is', async () => {
  const server = await serve(
    answering(() => `HTTP/1.1 200 OK\r\nA: ${'x'.repeat(20_000)}\r\nContent-Length: 0\r\n\r\n`),
  );
  expect((await dispatch(backend(server.port), request()).over).at(-1)).toBe('failed badResponse');
  const roomy = backend(server.port, { responsefieldsize: 20_010 });
  expect((await dispatch(roomy, request()).over).at(-1)).toBe('ended');
});

test.each([
  ['without a byte', '', 'failed timedOut'],
  ['in the status line', 'HTTP/1.1 20', 'failed timedOut'],
  ['behind an interim head', 'HTTP/1.1 103 X\r\n\r\n', 'failed timedOut'],
  ['in the head', 'HTTP/1.1 200 OK\r\nA: b\r\n', 'failed badResponse'],
  ['in the body', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel', 'truncated'],
  ['before a close that frames', 'HTTP/1.1 200 OK\r\n\r\nhel', 'truncated'],
])('silence %s', async (_, answer, last) => {
  const server = await sayAnd(answer, 'nothing');
  const to = backend(server.port);
  const told = dispatch(to, request({ timeoutNs: 120 * MS }));
  expect((await told.over).at(-1)).toBe(last);
  expect(to.stats).toEqual({ inUse: 0, idle: 0 });
});

test('what arrives in time, however slowly, does not time out', async () => {
  const server = await serve((socket) => {
    socket.once('data', () => {
      let at = 0;
      const next = () => {
        if (at === HELLO.length) return;
        socket.write(HELLO.slice(at, ++at));
        setTimeout(next, 10);
      };
      next();
    });
  });
  const told = dispatch(backend(server.port), request({ timeoutNs: 400 * MS }));
  expect((await told.over).at(-1)).toBe('ended'); // 43 bytes take longer than one timeout
});

test('a short timeout behind a long one on the same connection', async () => {
  let count = 0;
  const server = await serve((socket) => {
    socket.on('data', () => {
      if (count++ === 0) socket.write(HELLO);
    });
  });
  const to = backend(server.port);
  expect((await dispatch(to, request()).over).at(-1)).toBe('ended');
  const told = dispatch(to, request({ timeoutNs: 100 * MS }));
  expect(await told.over).toEqual(['failed timedOut']);
});
