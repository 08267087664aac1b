/** Requests out of bytes, wherever the bytes are cut: the same request, the same end, or the same refusal. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Client, Known } from '../../../src/proxy/http1/known-fields.ts';
import { type RequestHead, RequestParser } from '../../../src/proxy/http1/request-parser.ts';

interface Read {
  readonly head: Omit<RequestHead, 'lines' | 'read'>;
  /** The lines of its fields. */
  readonly written: string;
  readonly body: string;
  readonly complete: boolean;
  /** What is behind the request. */
  readonly left: string;
}

/** Feeds `text` in the pieces that end at `cuts`; a number is the status that it is refused with. */
function readIn(text: string, cuts: readonly number[]): Read | number {
  const parser = new RequestParser(1000);
  parser.begin();
  const bytes = Buffer.from(text, 'latin1');
  let head: RequestHead | null = null;
  let body = '';
  let from = 0;
  try {
    for (const cut of cuts) {
      if (parser.complete) break;
      const reached = parser.feed(bytes, from, cut);
      if (parser.headReady) {
        head = parser.takeHead();
        if (head === null) return parser.fault;
      }
      if (parser.bodyBytes > 0) body += parser.takeBody(bytes, from).toString('latin1');
      if (reached < 0) return parser.fault;
      from = reached;
    }
    if (head === null) throw new Error('the head is not complete');
    const { lines, read: _, ...others } = head;
    const written = lines?.between(0, head.rawHeaders.length) ?? '';
    return { head: others, written, body, complete: parser.complete, left: text.slice(from) };
  } finally {
    parser.dispose();
  }
}

/** Reads `text` whole, in two pieces cut at every place, and byte by byte: all must say the same. */
function read(text: string): Read | number {
  const whole = readIn(text, [text.length]);
  for (let cut = 1; cut < text.length; cut++) {
    expect(readIn(text, [cut, text.length]), `cut at ${cut}`).toEqual(whole);
  }
  const each = Array.from(text, (_, i) => i + 1);
  expect(readIn(text, each), 'byte by byte').toEqual(whole);
  return whole;
}

const get = 'GET /x HTTP/1.1\r\n';
const chunked = `POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n`;

test('a head, and what comes behind it', () => {
  expect(read(`\r\n${get}Host: x\r\nEmpty:\r\nBlank: \r\nC:  d \t \r\n\r\nGET`)).toEqual({
    head: {
      method: 'GET',
      target: '/x',
      version: '1.1',
      rawHeaders: ['Host', 'x', 'Empty', '', 'Blank', '', 'C', 'd'],
      keepAlive: true,
    },
    written: 'Host: x\r\nEmpty:\r\nBlank: \r\nC:  d \t \r\n',
    body: '',
    complete: true,
    left: 'GET',
  });
});

test('a head without fields', () => {
  expect(read('OPTIONS * HTTP/1.0\r\n\r\nmore')).toEqual({
    head: { method: 'OPTIONS', target: '*', version: '1.0', rawHeaders: [], keepAlive: false },
    written: '',
    body: '',
    complete: true,
    left: 'more',
  });
});

test.each([
  ['1.1', '', true],
  ['1.1', 'Connection: close\r\n', false],
  ['1.1', 'Connection: x, Close\r\n', false],
  ['1.0', 'Connection: keep-alive\r\n', true],
  ['1.0', 'Connection: close\r\n', false],
])('HTTP/%s with %j: whether another may follow', (version, lines, keepAlive) => {
  expect(read(`GET /x HTTP/${version}\r\n${lines}\r\n`)).toMatchObject({ head: { keepAlive } });
});

test('a body by length, and what comes behind', () => {
  const got = read('POST /x HTTP/1.1\r\nContent-Length: 5\r\n\r\nhelloGET');
  expect(got).toMatchObject({ body: 'hello', complete: true, left: 'GET' });
});

test('a body by length that is not there yet', () => {
  const got = read('POST /x HTTP/1.1\r\nContent-Length: 6\r\n\r\nhello');
  expect(got).toMatchObject({ body: 'hello', complete: false, left: '' });
});

test('chunks, extensions, trailers', () => {
  const got = read(`${chunked}3;a=b\r\nabc\r\n02\r\nde\r\n0;c\r\nX-T: 1\r\n\r\nGET`);
  expect(got).toMatchObject({ body: 'abcde', complete: true, left: 'GET' });
  expect(got).toMatchObject({ head: { rawHeaders: ['Transfer-Encoding', 'chunked'] } });
});

test.each([
  ['CONNECT', 'CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\nGET'],
  ['a wish to upgrade', `${get}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\nGET`],
])('%s ends where its head ends', (_, text) => {
  expect(read(text)).toMatchObject({ body: '', complete: true, left: 'GET' });
});

test('a wish to upgrade with a body ends where the body ends', () => {
  const wish = 'Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 3\r\n\r\nabcGET';
  expect(read(`POST /x HTTP/1.1\r\n${wish}`)).toMatchObject({ body: 'abc', left: 'GET' });
});

test.each([
  ['two blanks', 'GET  /x HTTP/1.1\r\n\r\n', 400],
  ['RTSP', 'DESCRIBE /x RTSP/1.0\r\n\r\n', 400],
  ['bytes beyond ASCII', 'GET /\xe4 HTTP/1.1\r\n\r\n', 400],
  ['LF before the line', '\nGET /x HTTP/1.1\r\n\r\n', 400],
  ['CR before the line', '\rGET /x HTTP/1.1\r\n\r\n', 400],
  ['a folded field', `${get}A: b\r\n c\r\n\r\n`, 400],
  ['a folded trailer', `${chunked}0\r\nA: b\r\n c\r\n\r\n`, 400],
  ['both lengths', `${get}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n`, 400],
  ['two lengths', `${get}Content-Length: 3\r\nContent-Length: 3\r\n\r\n`, 400],
  ['HTTP/2.0', 'GET /x HTTP/2.0\r\n\r\n', 400],
  ['a head of 1001 bytes', `${get}A: ${'b'.repeat(1001 - get.length - 3)}\r\n\r\n`, 431],
])('%s: refused', (_, text, status) => {
  expect(read(text)).toBe(status);
});

test('a head of 1000 bytes is not too long', () => {
  expect(read(`${get}A: ${'b'.repeat(1000 - get.length - 3)}\r\n\r\n`)).toMatchObject({
    complete: true,
  });
});

test('what comes behind a head without fields does not count', () => {
  const got = readIn(`GET /x HTTP/1.0\r\n\r\n${'x'.repeat(2000)}`, [2019]);
  expect(got).toMatchObject({ complete: true, left: 'x'.repeat(2000) });
});

/** Too long to cut at every place. */
test.each([
  ['an extension', `${chunked}3;${'a'.repeat(20_000)}\r\nabc\r\n0\r\n\r\n`, 413],
  ['an extension of the last', `${chunked}0;${'a'.repeat(20_000)}\r\n\r\n`, 413],
  ['zeros', `${chunked}${'0'.repeat(20_000)}\r\n\r\n`, 413],
  ['a trailer', `${chunked}0\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ['trailers', `${chunked}0\r\n${'A: a\r\n'.repeat(4000)}\r\n`, 431],
])('%s of 20 000 bytes: refused', (_, text, status) => {
  for (const piece of [text.length, 10_000, 1000, 7]) {
    const cuts = Array.from({ length: Math.ceil(text.length / piece) }, (_, i) =>
      Math.min(text.length, (i + 1) * piece),
    );
    expect(readIn(text, cuts), `in pieces of ${piece}`).toBe(status);
  }
});

test('fields that a client says again are read as the first time', () => {
  const heads = [
    'GET /a HTTP/1.1\r\nHost: x\r\nCookie: a=1\r\n\r\n',
    'GET /b HTTP/1.1\r\nHost: x\r\nCookie: a=1\r\n\r\n',
    'GET /longer?than=that HTTP/1.1\r\nHost: x\r\nCookie: a=1\r\n\r\n',
    'GET /other-version HTTP/1.0\r\nHost: x\r\nCookie: a=1\r\n\r\n',
    'HEAD /b HTTP/1.1\r\nHost: x\r\nCookie: a=1\r\n\r\n',
    'GET /b HTTP/1.1\r\nHost: x\r\nCookie: a=2\r\n\r\n',
    'GET /b HTTP/1.1\r\nHost: x\r\nCookie: a=2\r\nA: b\r\n\r\n',
    'GET /b HTTP/1.1\r\nCookie: a=2\r\nA: b\r\n\r\n',
    'GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    'GET /b HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: y\r\n\r\n',
    'GET /b HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n',
    'POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nc',
    'POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nd',
    'PUT /b HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nd',
    'PUT /b HTTP/1.0\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nd',
    'GET /none HTTP/1.0\r\n\r\n',
    'GET /none HTTP/1.0\r\n\r\n',
  ];
  const takenBy = (parser: RequestParser, text: string, cut: number) => {
    parser.begin();
    const bytes = Buffer.from(text, 'latin1');
    let head: RequestHead | null = null;
    for (let from = 0, to = cut; !parser.complete; to = bytes.length) {
      from = parser.feed(bytes, from, to);
      if (parser.headReady) head = parser.takeHead();
    }
    const { lines, ...others } = head!;
    const count = head!.rawHeaders.length / 2;
    const plain = Array.from({ length: count }, (_, i) => lines!.isPlain(2 * i));
    return { ...others, written: lines!.between(0, 2 * count), plain };
  };
  const apart = heads.map((text) => {
    const parser = new RequestParser(1000);
    const taken = takenBy(parser, text, text.length);
    parser.dispose();
    return taken;
  });
  const parser = new RequestParser(1000);
  for (const times of [1, 2, 3]) {
    heads.forEach((text, i) => {
      for (let time = 0; time < times; time++) {
        expect(takenBy(parser, text, text.length), text).toEqual(apart[i]);
      }
      expect(takenBy(parser, text, 20), `${text} in pieces`).toEqual(apart[i]);
    });
  }
  parser.dispose();
});

/** What a parser that knows nothing says of `text`, and one of `client`: the same, or the status of a refusal. */
function readBy(
  known: Known,
  client: Client,
  text: string,
): { head: RequestHead | null; read: unknown } {
  const parser = new RequestParser(1000, known, client);
  parser.begin();
  const bytes = Buffer.from(text, 'latin1');
  const reached = parser.feed(bytes, 0, bytes.length);
  const head = parser.headReady ? parser.takeHead() : null;
  const { complete, fault } = parser;
  const read =
    reached < 0 || head === null
      ? { reached, fault }
      : { reached, complete, head: { ...head, lines: null } };
  parser.dispose();
  return { head, read };
}

const said = (target: string, fields = 'Host: x\r\nCookie: abc=def\r\n') =>
  `GET ${target} HTTP/1.1\r\n${fields}\r\n`;

test('fields that come again are the same object, for that client, until they are forgotten', () => {
  const known = new Known();
  const client = known.enter('192.0.2.1');
  const other = known.enter('192.0.2.2');
  const lines = (who: Client, text: string) => readBy(known, who, text).head!.lines;
  known.tick(1);
  const first = lines(client, said('/a'));
  const second = lines(client, said('/b?c'));
  expect(second).not.toBe(first);
  expect(lines(client, said('/a'))).toBe(second);
  expect(lines(client, said('/x/y/z'))).toBe(second);
  expect(lines(other, said('/a'))).not.toBe(second);
  expect(lines(other, said('/a'))).not.toBe(second);
  known.tick(3);
  expect(lines(client, said('/a'))).toBe(second); // this one comes at 3, so it stays until 5
  known.tick(5);
  expect(lines(client, said('/a'))).toBe(second);
  known.tick(8);
  expect(lines(client, said('/a'))).not.toBe(second);
});

test('fields that differ in a letter are found apart from each other', () => {
  for (let port = 1000; port < 1100; port++) {
    const known = new Known();
    const client = known.enter('');
    const some = ['0', '1', '2'].map((route) =>
      said('/', `Host: x:${port}\r\nCookie: r=.${route}\r\n`),
    );
    for (let times = 0; times < 2; times++) for (const text of some) readBy(known, client, text);
    for (const text of some) expect(readBy(known, client, text).head!.lines!.repeated).toBe(true);
  }
});

test('what a client has said goes with its last connection', () => {
  const known = new Known();
  const client = known.enter('192.0.2.1');
  expect(known.enter('192.0.2.1')).toBe(client);
  for (let times = 0; times < 2; times++) readBy(known, client, said('/a'));
  const { lines } = readBy(known, client, said('/a')).head!;
  known.leave(client);
  expect(readBy(known, client, said('/a')).head!.lines).toBe(lines);
  known.leave(client);
  expect(readBy(known, known.enter('192.0.2.1'), said('/a')).head!.lines).not.toBe(lines);
});

test('bytes that are nearly those of before mean what they mean alone', () => {
  const fields = [
    'Host: x\r\n',
    'Host: xy\r\n',
    'Host: xyz\r\n',
    'Host: wxyz\r\nCookie: abc=def\r\n',
  ];
  const known = new Known();
  const client = known.enter('');
  for (const text of fields.map((some) => said('/a', some))) {
    for (let times = 0; times < 3; times++) readBy(known, client, text);
  }
  const piece = fc.constantFrom(
    ...[
      '',
      '\r',
      '\n',
      '\r\n',
      ' ',
      '\t',
      '#',
      '?',
      '/',
      '//',
      '1',
      '1\r\n',
      '.1\r\n',
      ':',
      'a',
      '\x7f',
      '\0',
    ],
    ...[
      '\xe9',
      'HTTP/1.1',
      ' HTTP/1.1\r\n',
      '\r\n\r\n',
      'GET ',
      'Host: x\r\n',
      'Content-Length: 1\r\n',
    ],
  );
  const edit = fc.record({ at: fc.nat(60), cut: fc.nat(3), piece });
  let same = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...fields),
      fc.constantFrom('/', '/a', '/a?b=c', '/a%20b/..//c', '*', 'http://x/a'),
      fc.array(edit, { maxLength: 2 }),
      (some, target, edits) => {
        let text = said(target, some);
        for (const { at, cut, piece } of edits)
          text = text.slice(0, at) + piece + text.slice(at + cut);
        const fresh = new Known();
        const { head, read } = readBy(known, client, text);
        expect(read, JSON.stringify(text)).toEqual(readBy(fresh, fresh.enter(''), text).read);
        if (head?.lines?.repeated) same++;
      },
    ),
    { seed: 7, numRuns: 5000 },
  );
  expect(same).toBeGreaterThan(500);
});

test('a request that is longer than allowed is refused, whatever is known', () => {
  const known = new Known();
  const client = known.enter('');
  for (const length of [10, 900, 1000, 10]) {
    const text = said(`/${'a'.repeat(length)}`);
    const fresh = new Known();
    const alone = readBy(fresh, fresh.enter(''), text);
    for (let times = 0; times < 3; times++) {
      expect(readBy(known, client, text).read, `${length}`).toEqual(alone.read);
    }
  }
});
