import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { answering, backend, dispatch, GET, member, request, serve, until } from './harness.ts';

const HELLO = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';

test('a request goes out as it is and is counted to the byte; the connection serves the next', async () => {
  const heads: string[] = [];
  const server = await serve(
    answering((head) => {
      heads.push(head);
      return HELLO;
    }),
  );
  const to = backend(server.port);

  const first = dispatch(to, request());
  expect(to.stats).toEqual({ inUse: 1, idle: 0 });
  expect(await first.over).toEqual(['connected', 'responded 200', 'ended']);
  expect(first).toMatchObject({ sent: GET.length, body: 'hello' });
  expect(first.heads[0]).toEqual({
    status: 200,
    reason: 'OK',
    version: '1.1',
    rawHeaders: ['Content-Length', '5'],
    statusLineBytes: 15,
    said: null,
  });
  expect(to.stats).toEqual({ inUse: 0, idle: 1 });

  const second = dispatch(to, request());
  expect(second.sent).toBe(GET.length);
  expect(await second.over).toEqual(['responded 200', 'ended']);
  expect(heads).toEqual([GET, GET]);
  expect(server.accepted()).toBe(1);
});

test('the next request may be sent from inside the end of the last', async () => {
  const server = await serve(answering(() => HELLO));
  const to = backend(server.port);
  let left = 50;
  await new Promise<void>((done) => {
    const again = () => {
      if (left-- === 0) done();
      else dispatch(to, request(), { ended: again });
    };
    again();
  });
  expect(server.accepted()).toBe(1);
});

test('a connection is not free while it is in use', async () => {
  const server = await serve(answering(() => HELLO));
  const to = backend(server.port);
  const tries = Array.from({ length: 5 }, () => dispatch(to, request()));
  expect(to.stats).toEqual({ inUse: 5, idle: 0 });
  for (const { over } of tries) expect((await over).at(-1)).toBe('ended');
  expect(to.stats).toEqual({ inUse: 0, idle: 5 });
});

test('bytes of a head above 127 go out and come in as they are', async () => {
  let seen = '';
  const server = await serve(
    answering((head) => {
      seen = head;
      return 'HTTP/1.1 200 Sch\xf6n\r\nB: \xff\xfe\r\nContent-Length: 0\r\n\r\n';
    }),
  );
  const head = 'GET /\xe9 HTTP/1.1\r\nHost: h\r\n\r\n';
  const told = dispatch(backend(server.port), request({ head }));
  await told.over;
  expect(seen).toBe(head);
  expect(told.sent).toBe(head.length);
  expect(told.heads[0]).toMatchObject({
    reason: 'Sch\xf6n',
    rawHeaders: ['B', '\xff\xfe', 'Content-Length', '0'],
  });
});

test.each([
  ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n', 200],
  ['HEAD', 'HTTP/1.1 200 OK\r\n\r\n', 200],
  ['HEAD', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 200],
  ['GET', 'HTTP/1.1 204 No\r\n\r\n', 204],
  ['GET', 'HTTP/1.1 304 No\r\nContent-Length: 99\r\n\r\n', 304],
  ['GET', 'HTTP/1.1 304 No\r\n\r\n', 304],
])('%s answered by %j has no body, and the connection is kept', async (method, answer, status) => {
  const server = await serve(answering(() => answer));
  const to = backend(server.port);
  for (let i = 0; i < 3; i++) {
    const told = dispatch(to, request({ method }));
    expect((await told.over).slice(-2)).toEqual([`responded ${status}`, 'ended']);
    expect(told.bytes).toBe(0);
  }
  expect(server.accepted()).toBe(1);
});

test.each([
  ['a body where none may be (HEAD)', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'],
  ['a body where none may be (204)', 'GET', 'HTTP/1.1 204 No\r\n\r\nhello'],
  ['a body where none may be (304)', 'GET', 'HTTP/1.1 304 No\r\nContent-Length: 5\r\n\r\nhello'],
  ['a length in a 204', 'GET', 'HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n'],
  ['more than the length', 'GET', `${HELLO}!`],
  ['a second response', 'GET', HELLO + HELLO],
  [
    'something behind the last chunk',
    'GET',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\r\n',
  ],
  ['Connection: close', 'GET', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'],
  ['HTTP/1.0', 'GET', 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n'],
  [
    'HTTP/1.0 with keep-alive',
    'GET',
    'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n',
  ],
])('the connection is not kept after %s', async (_, method, answer) => {
  const server = await serve(answering(() => answer));
  const to = backend(server.port);
  for (let i = 1; i <= 2; i++) {
    const told = dispatch(to, request({ method }));
    expect((await told.over).at(-1)).toBe('ended');
    expect(to.stats).toEqual({ inUse: 0, idle: 0 });
    expect(server.accepted()).toBe(i);
  }
});

test('bytes that come later, on an idle connection, close it', async () => {
  const server = await serve(answering(() => HELLO));
  const to = backend(server.port);
  await dispatch(to, request()).over;
  expect(to.stats.idle).toBe(1);
  for (const socket of server.sockets) socket.write(HELLO);
  await until(() => to.stats.idle === 0);
  const told = dispatch(to, request());
  expect(await told.over).toEqual(['connected', 'responded 200', 'ended']);
  expect(told.body).toBe('hello');
});

test('a body framed by the end of the connection', async () => {
  const server = await serve((socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nA: b\r\n\r\nall of it'));
  });
  const to = backend(server.port);
  const told = dispatch(to, request());
  expect(await told.over).toEqual(['connected', 'responded 200', 'ended']);
  expect(told.body).toBe('all of it');
  expect(to.stats).toEqual({ inUse: 0, idle: 0 });
});

test('chunks are undone, trailers told', async () => {
  const answer =
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' +
    '3;x=y\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\nT: v\r\n\r\n';
  const server = await serve(answering(() => answer));
  const to = backend(server.port);
  const told = dispatch(to, request());
  await told.over;
  expect(told.body).toBe('abc0123456789abcdef');
  expect(told.trailers).toEqual(['T', 'v']);
  expect(to.stats.idle).toBe(1);
  const next = dispatch(to, request());
  await next.over;
  expect(next.trailers).toEqual(['T', 'v']);
});

test('a body of many sizes arrives unharmed', async () => {
  const body = Buffer.alloc(3_000_000, 'The quick brown fox. ');
  const server = await serve(
    answering(() => {
      const chunks: Buffer[] = [
        Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'),
      ];
      for (let at = 0, size = 1; at < body.length; at += size, size = (size * 7) % 90_001) {
        const piece = body.subarray(at, at + size);
        chunks.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
      }
      return Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')]);
    }),
  );
  const got: Buffer[] = [];
  const told = dispatch(backend(server.port), request(), {
    data: (chunk) => got.push(Buffer.from(chunk)),
  });
  expect((await told.over).at(-1)).toBe('ended');
  expect(Buffer.concat(got).equals(body)).toBe(true);
});

test('a response in pieces cut at every place, and in single bytes', async () => {
  const answer = Buffer.from(
    'HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\nT: v\r\n\r\n',
  );
  let count = 0;
  const server = await serve((socket) => {
    socket.on('data', () => {
      const cut = count++;
      if (cut > 0) {
        socket.write(answer.subarray(0, cut));
        setTimeout(() => socket.write(answer.subarray(cut)), 3);
        return;
      }
      let at = 0;
      const next = () => {
        if (at < answer.length) socket.write(answer.subarray(at, ++at), () => setImmediate(next));
      };
      next();
    });
  });
  const to = backend(server.port);
  for (let cut = 0; cut < answer.length; cut++) {
    const told = dispatch(to, request());
    const events = (await told.over).filter((event) => event !== 'connected');
    expect(events, `cut at ${cut}`).toEqual(['interim 103', 'responded 200', 'ended']);
    expect(told).toMatchObject({ body: 'abcd', trailers: ['T', 'v'] });
  }
  expect(server.accepted()).toBe(1);
});

test.each([1, 2, 9])('%i interim heads are told, each with its length', async (count) => {
  const answer = 'HTTP/1.1 103 Early\r\nA: b\r\n\r\n'.repeat(count) + HELLO;
  const server = await serve(answering(() => answer));
  const to = backend(server.port);
  const told = dispatch(to, request());
  const interims = new Array(count).fill('interim 103');
  expect(await told.over).toEqual(['connected', ...interims, 'responded 200', 'ended']);
  expect(told.heads[0]).toMatchObject({ statusLineBytes: 18, rawHeaders: ['A', 'b'] });
  expect(to.stats.idle).toBe(1);
});

test('the tenth interim head is told, and is one too many', async () => {
  const answer = 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(10) + HELLO;
  const server = await serve(answering(() => answer));
  const to = backend(server.port);
  const told = dispatch(to, request());
  const interims = new Array(10).fill('interim 100');
  expect(await told.over).toEqual(['connected', ...interims, 'failed badResponse']);
  expect(to.stats).toEqual({ inUse: 0, idle: 0 });
});

test('a unix socket', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'worker');
  await serve(
    answering(() => HELLO),
    path,
  );
  const url = { ...member(80).url, socket: path };
  const to = backend(80, { url });
  expect(await dispatch(to, request()).over).toEqual(['connected', 'responded 200', 'ended']);
  expect(await dispatch(to, request()).over).toEqual(['responded 200', 'ended']);
});

test('a host name is looked up', async () => {
  const server = await serve(answering(() => HELLO));
  const url = { ...member(server.port).url, host: 'localhost' };
  for (const addressttlSeconds of [-1, 0]) {
    const to = backend(server.port, { url, addressttlSeconds, disablereuse: true });
    for (let i = 0; i < 3; i++) {
      expect(await dispatch(to, request()).over).toEqual(['connected', 'responded 200', 'ended']);
    }
  }
  expect(server.accepted()).toBe(6);
});
