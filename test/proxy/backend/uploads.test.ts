import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { OutgoingRequest } from '../../../src/proxy/backend/index.ts';
import { backend, dispatch, MS, request, serve, until } from './harness.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

function post(differs: Partial<OutgoingRequest> = {}, fields = 'Content-Length: 5\r\n') {
  const head = `POST /p HTTP/1.1\r\nHost: h\r\n${fields}\r\n`;
  return request({ method: 'POST', head, ...differs });
}

const expecting = (differs: Partial<OutgoingRequest> = {}) =>
  post({ expectContinue: true, ...differs }, 'Expect: 100-continue\r\nContent-Length: 5\r\n');

/** Collects all that arrives, and calls `arrived` after each piece. */
async function collecting(arrived: (all: string, say: (text: string) => void) => void) {
  let all = '';
  const server = await serve((socket) => {
    socket.on('data', (data) => {
      all += data.toString('latin1');
      arrived(all, (text) => socket.write(text, 'latin1'));
    });
  });
  return { ...server, all: () => all };
}

/** Answers as soon as what arrived ends with `end`. */
const answeringAt = (end: string) =>
  collecting((all, say) => {
    if (all.endsWith(end)) say(OK);
  });

test('head and a small body go out in one piece', async () => {
  let pieces = 0;
  const server = await serve((socket) => {
    socket.on('data', () => {
      pieces++;
      socket.write(OK);
    });
  });
  const body = [Buffer.from('he'), Buffer.from('llo')];
  const what = post({ body });
  const told = dispatch(backend(server.port), what);
  await told.over;
  expect(pieces).toBe(1);
  expect(told.sent).toBe(what.head.length + 5);
});

test('a body with a length goes out as it is', async () => {
  const server = await answeringAt('0123456789end');
  const rest = Readable.from([Buffer.from('56789'), Buffer.from('end')]);
  const what = post({ body: [Buffer.from('01234')], rest });
  const to = backend(server.port);
  const told = dispatch(to, what);
  expect((await told.over).at(-1)).toBe('ended');
  expect(server.all()).toBe(`${what.head}0123456789end`);
  expect(told.sent).toBe(server.all().length);
  expect(to.stats.idle).toBe(1);
});

test('chunks: what was there is one, what follows goes in pieces of 8192 at most', async () => {
  const server = await answeringAt('0\r\n\r\n');
  const big = 'x'.repeat(8192 * 2 + 100);
  const rest = Readable.from([Buffer.from('z'), Buffer.from(big)]);
  const body = [Buffer.from('0123456789'), Buffer.from('abcdef')];
  const what = post({ body, rest, chunked: true }, 'Transfer-Encoding: chunked\r\n');
  const told = dispatch(backend(server.port), what);
  expect((await told.over).at(-1)).toBe('ended');
  const piece = 'x'.repeat(8192);
  const expected = [
    `${what.head}10\r\n0123456789abcdef\r\n`,
    '1\r\nz\r\n',
    `2000\r\n${piece}\r\n2000\r\n${piece}\r\n64\r\n${'x'.repeat(100)}\r\n`,
    '0\r\n\r\n',
  ].join('');
  expect(server.all()).toBe(expected);
  expect(told.sent).toBe(expected.length);
});

test.each([
  ['without a body', [], '0\r\n\r\n'],
  ['with a body that is all there', [Buffer.from('hello')], '5\r\nhello\r\n0\r\n\r\n'],
])('chunks %s', async (_, body, expected) => {
  const server = await answeringAt('0\r\n\r\n');
  const what = post({ body, chunked: true }, 'Transfer-Encoding: chunked\r\n');
  const told = dispatch(backend(server.port), what);
  await told.over;
  expect(server.all()).toBe(what.head + expected);
  expect(told.sent).toBe(server.all().length);
});

test('a body that is there and large', async () => {
  const body = [Buffer.alloc(200_000, 'a'), Buffer.alloc(100_000, 'b')];
  const server = await answeringAt('b\r\n0\r\n\r\n');
  const what = post({ body, chunked: true }, 'Transfer-Encoding: chunked\r\n');
  const told = dispatch(backend(server.port), what);
  await told.over;
  const text = 'a'.repeat(200_000) + 'b'.repeat(100_000);
  expect(server.all()).toBe(`${what.head}493e0\r\n${text}\r\n0\r\n\r\n`);
  expect(told.sent).toBe(server.all().length);
});

test('a slow reader holds the client back; nothing piles up here', async () => {
  let received = 0;
  let go = () => {};
  const server = await serve((socket) => {
    socket.pause();
    go = () => socket.resume();
    socket.on('data', (data) => {
      received += data.length;
      if (received >= total) socket.write(OK);
    });
  });
  const piece = Buffer.alloc(65_536, 'x');
  const pieces = 800; // 52 MB
  let given = 0;
  const rest = new Readable({
    read() {
      given++;
      this.push(given > pieces ? null : piece);
    },
  });
  const what = post({ rest });
  const total = what.head.length + pieces * piece.length;
  const told = dispatch(backend(server.port), what);
  await until(() => given > 0);
  let before = -1;
  while (given !== before) {
    before = given;
    await new Promise((later) => setTimeout(later, 100));
  }
  expect(given * piece.length).toBeLessThan(16_000_000); // what systems and streams hold
  go();
  expect((await told.over).at(-1)).toBe('ended');
  expect(told.sent).toBe(total);
}, 60_000);

test('a reader that stops is a write that timed out', async () => {
  const server = await serve((socket) => socket.pause());
  const rest = Readable.from(Array.from({ length: 500 }, () => Buffer.alloc(65_536)));
  const told = dispatch(backend(server.port), post({ rest, timeoutNs: 150 * MS }));
  expect(await told.over).toEqual(['connected', 'failed writeTimedOut']);
});

test('a client that is slow is not the backend’s fault', async () => {
  const server = await answeringAt('hello');
  const rest = new PassThrough();
  const told = dispatch(backend(server.port), post({ rest, timeoutNs: 50 * MS }));
  rest.write('he');
  await new Promise((later) => setTimeout(later, 250));
  expect(told.events).toEqual(['connected']);
  rest.end('llo');
  expect((await told.over).at(-1)).toBe('ended');
});

test('a backend that goes away during the body', async () => {
  for (const how of ['destroy', 'resetAndDestroy'] as const) {
    const server = await serve((socket) => {
      socket.once('data', () => socket[how]());
    });
    const rest = new PassThrough();
    const told = dispatch(backend(server.port), post({ rest }));
    rest.write('he');
    expect(await told.over, how).toEqual(['connected', 'failed writeGone']);
    expect(rest.listenerCount('data')).toBe(0);
  }
});

test.each([
  ['broken off', (rest: PassThrough) => rest.destroy()],
  ['failing', (rest: PassThrough) => rest.destroy(new Error('client reset'))],
])('a client’s body %s ends the try', async (_, breaking) => {
  let ended = false;
  const server = await serve((socket) => {
    socket.on('close', () => {
      ended = true;
    });
    socket.on('data', () => {});
  });
  const rest = new PassThrough();
  const told = dispatch(backend(server.port), post({ rest }), {
    sent: () => setTimeout(() => breaking(rest), 20),
  });
  expect(await told.over).toEqual(['connected', 'failed writeFailed']);
  await until(() => ended);
});

test('an answer before the whole request: refused, the rest is not sent', async () => {
  const server = await collecting((_, say) =>
    say('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno'),
  );
  const rest = new PassThrough();
  rest.write('he');
  const to = backend(server.port);
  const told = dispatch(to, post({ rest }), { responded: () => rest.write('llo') });
  expect(await told.over).toEqual(['connected', 'responded 413', 'ended']);
  expect(told.body).toBe('no');
  expect(server.all().endsWith('\r\n\r\nhe')).toBe(true);
  expect(to.stats).toEqual({ inUse: 0, idle: 0 });
  expect(rest.listenerCount('data')).toBe(0);
  expect(rest.isPaused()).toBe(true);
});

test('an answer that goes on while the request does', async () => {
  const server = await collecting((all, say) => {
    if (all.endsWith('one')) say('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\none');
    if (all.endsWith('two')) say('two');
  });
  const rest = new PassThrough();
  rest.write('one');
  const to = backend(server.port);
  const told = dispatch(to, post({ rest }), { responded: () => rest.end('two') });
  expect(await told.over).toEqual(['connected', 'responded 200', 'ended']);
  expect(told.body).toBe('onetwo');
  expect(to.stats.idle).toBe(1);
});

test('an answer that ends before the request closes the connection', async () => {
  const server = await collecting((_, say) => say(OK));
  const rest = new PassThrough();
  rest.write('he');
  const to = backend(server.port);
  const told = dispatch(to, post({ rest }));
  expect(await told.over).toEqual(['connected', 'responded 200', 'ended']);
  expect(to.stats).toEqual({ inUse: 0, idle: 0 });
});

test('a body that waits for a 100', async () => {
  const server = await collecting((all, say) => {
    if (all.endsWith('\r\n\r\n')) say(`HTTP/1.1 103 Early\r\n\r\n${CONTINUE}`);
    if (all.endsWith('hello')) say(OK);
  });
  const what = expecting({ body: [Buffer.from('he')], rest: Readable.from([Buffer.from('llo')]) });
  const sent: number[] = [];
  const to = backend(server.port);
  const told = dispatch(to, what, { sent: (bytes) => sent.push(bytes) });
  expect(await told.over).toEqual([
    'connected',
    'interim 103',
    'interim 100',
    'responded 200',
    'ended',
  ]);
  expect(sent).toEqual([what.head.length, 2, 3]);
  expect(server.all()).toBe(`${what.head}hello`);
  expect(to.stats.idle).toBe(1);
});

test('an answer instead of a 100: a body that is there is sent, the connection kept', async () => {
  const server = await collecting((all, say) => {
    if (all.endsWith('\r\n\r\n')) say(OK);
  });
  const what = expecting({ body: [Buffer.from('hello')] });
  const to = backend(server.port);
  const told = dispatch(to, what);
  expect(await told.over).toEqual(['connected', 'responded 200', 'ended']);
  expect(told.sent).toBe(what.head.length + 5);
  await until(() => server.all().endsWith('hello'));
  expect(to.stats.idle).toBe(1);
});

test.each([
  [
    'the connection closes',
    'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
    null,
  ],
  ['it is HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', null],
  ['the body is not there yet', OK, 'llo'],
])('an answer instead of a 100: nothing is sent when %s', async (_, answer, more) => {
  const server = await collecting((_all, say) => say(answer));
  const rest = more === null ? null : new PassThrough();
  const what = expecting({ body: [Buffer.from('hello')], rest });
  const to = backend(server.port);
  const told = dispatch(to, what);
  expect(await told.over).toEqual(['connected', 'responded 200', 'ended']);
  expect(told.sent).toBe(what.head.length);
  expect(to.stats).toEqual({ inUse: 0, idle: 0 });
  expect(rest?.listenerCount('data') ?? 0).toBe(0);
});

test.each([
  ['no reply within ping', { pingNs: 80 * MS }, ''],
  [
    'no 100 within ping, though another interim head',
    { pingNs: 80 * MS },
    'HTTP/1.1 103 X\r\n\r\n',
  ],
  ['no reply at all, without ping', { timeoutNs: 80 * MS }, ''],
])('%s', async (_, times, answer) => {
  const server = await collecting((_all, say) => say(answer));
  const rest = new PassThrough();
  const to = backend(server.port);
  const told = dispatch(to, expecting({ body: [Buffer.from('he')], rest, ...times }));
  expect((await told.over).at(-1)).toBe('failed pingExpired');
  expect(told.sent).toBe(expecting().head.length);
  expect(rest.listenerCount('data')).toBe(0); // another try can have it
});

test('after the 100, ping is over and timeout applies', async () => {
  const server = await collecting((all, say) => {
    if (all.endsWith('\r\n\r\n')) say(CONTINUE);
    if (all.endsWith('hello')) setTimeout(() => say(OK), 250);
  });
  const told = dispatch(
    backend(server.port),
    expecting({ body: [Buffer.from('hello')], pingNs: 100 * MS }),
  );
  expect((await told.over).at(-1)).toBe('ended');
});

test('the same body can be sent again', async () => {
  const dead = await serve((socket) => socket.destroy());
  const server = await answeringAt('hello');
  const body = [Buffer.from('hello')];
  const rest = null;
  expect((await dispatch(backend(dead.port), expecting({ body, rest })).over).at(-1)).toMatch(
    /^failed/,
  );
  expect((await dispatch(backend(server.port), post({ body, rest })).over).at(-1)).toBe('ended');
});
