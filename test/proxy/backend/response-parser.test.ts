import { expect, test } from 'vitest';
import type { ResponseHead } from '../../../src/proxy/backend/backend.ts';
import { MAX_FIELDS, ResponseParser } from '../../../src/proxy/backend/response-parser.ts';

interface Read {
  head: Omit<ResponseHead, 'said'>;
  body: string;
  complete: boolean;
  keepAlive: boolean;
  trailers: readonly string[];
  /** What is behind the message. */
  left: string;
}

/** Feeds `text` in the pieces that end at `cuts`. */
function readIn(
  text: string,
  cuts: readonly number[],
  bodyless = false,
  responsefieldsize = 8192,
): Read | 'refused' {
  const parser = new ResponseParser(responsefieldsize);
  parser.begin(bodyless);
  const bytes = Buffer.from(text, 'latin1');
  let head: Read['head'] | null = null;
  let body = '';
  let from = 0;
  for (const cut of cuts) {
    if (parser.complete) break;
    const reached = parser.feed(bytes, from, cut);
    if (parser.headReady) {
      head = parser.takeHead();
      if (head === null) break;
    }
    if (parser.bodyBytes > 0) body += parser.takeBody(bytes, from).toString('latin1');
    if (reached < 0) {
      head = null;
      break;
    }
    from = reached;
  }
  const { complete, keepAlive, trailers } = parser;
  parser.dispose();
  if (head === null) return 'refused';
  const { status, reason, version, rawHeaders, statusLineBytes } = head;
  head = { status, reason, version, rawHeaders, statusLineBytes };
  return { head, body, complete, keepAlive, trailers, left: text.slice(from) };
}

/** Reads `text` whole and again, in two pieces cut at every place, and byte by byte: all must say the same. */
function read(text: string, bodyless = false): Read | 'refused' {
  const whole = readIn(text, [text.length], bodyless);
  for (const time of ['second', 'third', 'fourth']) {
    expect(readIn(text, [text.length], bodyless), `the ${time} time`).toEqual(whole);
  }
  for (let cut = 1; cut < text.length; cut++) {
    expect(readIn(text, [cut, text.length], bodyless), `cut at ${cut}`).toEqual(whole);
  }
  const each = Array.from(text, (_, i) => i + 1);
  expect(readIn(text, each, bodyless), 'byte by byte').toEqual(whole);
  return whole;
}

const OK = 'HTTP/1.1 200 OK\r\n';
const LONG = `A: ${'x'.repeat(8187)}`; // 8190 bytes, the longest line

test('a head, a body by length, and what comes behind', () => {
  const text = `${OK}A: b\r\nContent-Length: 3\r\nEmpty:\r\nBlank: \r\nC:  d \t \r\nÖ-not: no\r\n\r\n`;
  expect(read(text)).toBe('refused'); // a name is a token
  expect(
    read(`${OK}A: b\r\nContent-Length: 3\r\nEmpty:\r\nBlank: \r\nC:  d \t \r\n\r\nabcREST`),
  ).toEqual({
    head: {
      status: 200,
      reason: 'OK',
      version: '1.1',
      rawHeaders: ['A', 'b', 'Content-Length', '3', 'Empty', '', 'Blank', '', 'C', 'd'],
      statusLineBytes: 15,
    },
    body: 'abc',
    complete: true,
    keepAlive: true,
    trailers: [],
    left: 'REST',
  });
});

test.each([
  ['HTTP/1.1 200\r\n', '', 12],
  ['HTTP/1.1 200 \r\n', '', 13],
  ['HTTP/1.1 200 OK  \r\n', 'OK  ', 17],
  ['HTTP/1.1 200 Sch\xf6n\r\n', 'Sch\xf6n', 18],
])('status line %j', (line, reason, statusLineBytes) => {
  const got = read(`${line}Content-Length: 0\r\n\r\n`);
  expect(got).toMatchObject({ head: { reason, statusLineBytes } });
});

test.each([
  ['a value may be empty at the end of the head', 'Content-Length: 0\r\nE:\r\n\r\n', '', 'E'],
  ['a length of zero', 'Content-Length: 0\r\n\r\n', '', 'Content-Length'],
  ['chunks', 'Transfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n', 'abc', 'Transfer-Encoding'],
])('%s', (_, fields, body, last) => {
  const got = read(OK + fields);
  expect(got).toMatchObject({ body, complete: true, keepAlive: true, left: '' });
  if (got !== 'refused') expect(got.head.rawHeaders.at(-2)).toBe(last);
});

test('chunks with extensions and trailers', () => {
  const chunks = '5;a=1;b="c d"\r\nhello\r\n0A;x\r\n0123456789\r\n0\r\nT: v \r\nU:\r\n\r\nX';
  expect(read(`${OK}Transfer-Encoding: chunked\r\n\r\n${chunks}`)).toMatchObject({
    body: 'hello0123456789',
    complete: true,
    trailers: ['T', 'v', 'U', ''],
    left: 'X',
  });
});

test.each([
  [100, false, 'HTTP/1.1 200'],
  [103, false, 'HTTP/1.1 200'],
  [204, false, 'hello'],
  [304, false, 'hello'],
  [200, true, 'hello'],
  [404, true, 'hello'],
])('status %i, asked by HEAD: %s, has no body, whatever follows', (status, bodyless, behind) => {
  const length = status < 200 ? '' : 'Content-Length: 5\r\n';
  const got = read(`HTTP/1.1 ${status} X\r\n${length}\r\n${behind}`, bodyless);
  expect(got).toMatchObject({ body: '', complete: true, left: behind });
});

test('a connection can be kept when the end of the response was certain', () => {
  const keep = (text: string, head = false) => {
    const got = read(text, head);
    return got === 'refused' ? got : got.complete && got.keepAlive;
  };
  expect(keep(`${OK}Content-Length: 0\r\n\r\n`)).toBe(true);
  expect(keep(`${OK}Connection: close\r\nContent-Length: 0\r\n\r\n`)).toBe(false);
  expect(keep(`${OK}Connection: keep-alive, Close\r\nContent-Length: 0\r\n\r\n`)).toBe(false);
  expect(keep(`${OK}\r\n`)).toBe(false);
  expect(keep(`${OK}\r\n`, true)).toBe(true);
  expect(keep('HTTP/1.1 304 X\r\n\r\n')).toBe(true);
  expect(keep('HTTP/1.1 204 X\r\nContent-Length: 0\r\n\r\n')).toBe(true);
  expect(keep('HTTP/1.1 204 X\r\nContent-Length: 5\r\n\r\n')).toBe(false);
  expect(keep('HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n')).toBe(false);
  expect(keep('HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n')).toBe(
    false, // httpd does not keep these either
  );
});

test.each([
  ['no status line', 'garbage\r\n\r\n'],
  ['an empty line before', '\r\nHTTP/1.1 200 OK\r\n\r\n'],
  ['HTTP/2.0', 'HTTP/2.0 200 OK\r\n\r\n'],
  ['HTTP/0.9', 'HTTP/0.9 200 OK\r\n\r\n'],
  ['HTTP/1.2', 'HTTP/1.2 200 OK\r\n\r\n'],
  ['HTTP/1.10', 'HTTP/1.10 200 OK\r\n\r\n'],
  ['another protocol', 'HTCP/1.1 200 OK\r\n\r\n'],
  ['status 099', 'HTTP/1.1 099 OK\r\n\r\n'],
  ['status 1000', 'HTTP/1.1 1000 OK\r\n\r\n'],
  ['status 2x0', 'HTTP/1.1 2x0 OK\r\n\r\n'],
  ['NUL in the reason', 'HTTP/1.1 200 O\0K\r\n\r\n'],
  ['bare LF behind the status line', 'HTTP/1.1 200 OK\nA: b\r\n\r\n'],
  ['bare LF behind a field', `${OK}A: b\n\r\n`],
  ['bare LF at the end', `${OK}A: b\r\n\n`],
  ['bare CR in a value', `${OK}A: b\rc\r\n\r\n`],
  ['NUL in a value', `${OK}A: b\0c\r\n\r\n`],
  ['NUL in a name', `${OK}A\0: b\r\n\r\n`],
  ['DEL in a value', `${OK}A: b\x7fc\r\n\r\n`],
  ['a folded line', `${OK}A: b\r\n c\r\n\r\n`],
  ['a folded first line', `${OK} A: b\r\n\r\n`],
  ['a folded empty value', `${OK}A:\r\n\tb\r\n\r\n`],
  ['a blank before the colon', `${OK}A : b\r\n\r\n`],
  ['a tab before the colon', `${OK}A\t: b\r\n\r\n`],
  ['no name', `${OK}: b\r\n\r\n`],
  ['no colon', `${OK}abc\r\n\r\n`],
  ['a length twice', `${OK}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`],
  ['two lengths', `${OK}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`],
  ['a list of lengths', `${OK}Content-Length: 3, 3\r\n\r\nabc`],
  ['an empty length', `${OK}Content-Length: \r\n\r\n`],
  ['a signed length', `${OK}Content-Length: +3\r\n\r\nabc`],
  ['a negative length', `${OK}Content-Length: -3\r\n\r\nabc`],
  ['a hexadecimal length', `${OK}Content-Length: 0x3\r\n\r\nabc`],
  ['a fractional length', `${OK}Content-Length: 3.0\r\n\r\nabc`],
  ['a length beyond 64 bits', `${OK}Content-Length: 18446744073709551619\r\n\r\nabc`],
  ['length, then coding', `${OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['coding, then length', `${OK}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n`],
  ['coding identity', `${OK}Transfer-Encoding: identity\r\n\r\nabc`],
  [
    'coding identity and a length',
    `${OK}Transfer-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc`,
  ],
  ['chunked not last', `${OK}Transfer-Encoding: chunked, gzip\r\n\r\nabc`],
  ['chunked twice', `${OK}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`],
  ['two codings', `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  [
    'two lines of codings',
    `${OK}Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['chunked with a tail', `${OK}Transfer-Encoding: chunkedx\r\n\r\n0\r\n\r\n`],
  ['chunked in front of VT', `${OK}Transfer-Encoding: chunked\x0b\r\n\r\n0\r\n\r\n`],
  ['chunked in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['chunked in a 204', 'HTTP/1.1 204 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a length in a 100', 'HTTP/1.1 100 X\r\nContent-Length: 0\r\n\r\n'],
  ['a coding in a 103', 'HTTP/1.1 103 X\r\nTransfer-Encoding: chunked\r\n\r\n'],
])('refused: %s', (_, text) => {
  expect(read(text)).toBe('refused');
});

const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

test.each([
  ['no number', 'Z\r\n'],
  ['an empty number', '\r\nhello\r\n'],
  ['a bare LF', '5\nhello\r\n'],
  ['a blank behind the number', '5 \r\nhello\r\n'],
  ['a sign', '+5\r\nhello\r\n'],
  ['a prefix', '0x5\r\nhello\r\n'],
  ['a number that overflows', 'fffffffffffffffff\r\nhello\r\n'],
  ['a chunk longer than it says', '5\r\nhelloX\r\n'],
  ['a NUL in an extension', '5;a\0\r\nhello\r\n'],
  ['a bare LF in an extension', '5;a\nhello\r\n'],
  ['a bare LF behind a chunk', '5\r\nhello\n0\r\n\r\n'],
])('refused in chunks: %s', (_, chunks) => {
  expect(read(CHUNKED + chunks)).toBe('refused');
});

test('the longest line passes, one byte more does not', () => {
  const fields = (line: string) => readIn(`${OK}${line}\r\n\r\n`, [OK.length + line.length + 4]);
  expect(fields(LONG)).toMatchObject({ head: { rawHeaders: ['A', 'x'.repeat(8187)] } });
  expect(fields(`${LONG}x`)).toBe('refused');
  const reason = 'r'.repeat(8190 - 13);
  expect(fields(`A: b\r\nB: c`)).not.toBe('refused');
  const line = (more: string) => `HTTP/1.1 200 ${reason}${more}\r\n\r\n`;
  expect(readIn(line(''), [line('').length])).toMatchObject({ head: { statusLineBytes: 8190 } });
  expect(readIn(line('x'), [line('x').length])).toBe('refused');
});

test('a line that never ends is refused before it ends', () => {
  for (const start of ['HTTP/1.1 200 ', `${OK}A: `, `${OK}A: b\r\nB`]) {
    const text = start + 'x'.repeat(20_000);
    const cuts = Array.from({ length: 40 }, (_, i) => Math.min((i + 1) * 600, text.length));
    expect(readIn(text, cuts), start).toBe('refused');
  }
});

test('as many fields as allowed pass, one more does not', () => {
  const text = (count: number) => `${OK}${'A: b\r\n'.repeat(count)}Content-Length: 0\r\n\r\n`;
  const most = text(MAX_FIELDS - 1);
  expect(readIn(most, [most.length])).toMatchObject({ complete: true });
  const more = text(MAX_FIELDS);
  expect(readIn(more, [more.length])).toBe('refused');
});

test('trailers are bounded like a head', () => {
  const many = `${CHUNKED}0\r\n${'A: b\r\n'.repeat(MAX_FIELDS + 1)}\r\n`;
  expect(readIn(many, [many.length])).toBe('refused');
  const long = `${CHUNKED}0\r\n${`${LONG}\r\n`.repeat(40)}\r\n`;
  const cuts = Array.from({ length: 400 }, (_, i) => Math.min((i + 1) * 1000, long.length));
  expect(readIn(long, cuts)).toBe('refused');
});

test('a response that ends with its connection', () => {
  const end = (text: string) => {
    const parser = new ResponseParser(8192);
    parser.begin(false);
    const bytes = Buffer.from(text, 'latin1');
    parser.feed(bytes, 0, bytes.length);
    const complete = parser.finish();
    parser.dispose();
    return complete;
  };
  expect(end(`${OK}\r\nabc`)).toBe(true);
  expect(end(`${OK}\r\n`)).toBe(true);
  expect(end(`${OK}Content-Length: 4\r\n\r\nabc`)).toBe(false);
  expect(end(`${CHUNKED}3\r\nabc\r\n`)).toBe(false);
  expect(end(`${CHUNKED}3\r\nabc\r\n0\r\n`)).toBe(false);
  expect(end(OK)).toBe(false);
});

test('parsers of many connections do not disturb each other', () => {
  const text = `${OK}A: b\r\nContent-Length: 10\r\n\r\n0123456789`;
  const bytes = Buffer.from(text);
  const parsers = Array.from({ length: 600 }, () => new ResponseParser(8192));
  for (const parser of parsers) parser.begin(false);
  let told = '';
  for (let at = 0; at < bytes.length; at++) {
    for (const parser of parsers) {
      expect(parser.feed(bytes, at, at + 1)).toBe(at + 1);
      if (parser.headReady) expect(parser.takeHead()?.rawHeaders[1]).toBe('b');
      if (parser === parsers[599] && parser.bodyBytes > 0) told += parser.takeBody(bytes, at);
    }
  }
  expect(told).toBe('0123456789');
  expect(parsers.every(({ complete, keepAlive }) => complete && keepAlive)).toBe(true);
  for (const parser of parsers) parser.dispose();
});

test('a head that came before means the same, whatever comes with it', () => {
  const head = `${OK}Content-Length: 3\r\nX-Known: ${'k'.repeat(100)}\r\n\r\n`;
  const again = (rest: string, bodyless = false, size = 8192) =>
    readIn(head + rest, [head.length + rest.length], bodyless, size);
  for (let times = 0; times < 3; times++) {
    expect(again('abc')).toMatchObject({ body: 'abc', complete: true, left: '' });
  }
  expect(again('xyz')).toMatchObject({ body: 'xyz', complete: true, keepAlive: true });
  expect(again('ab')).toMatchObject({ body: 'ab', complete: false });
  expect(again('')).toMatchObject({ body: '', complete: false });
  expect(again('abcd')).toMatchObject({ body: 'abc', complete: true, left: 'd' });
  expect(again('abc', true)).toMatchObject({ body: '', complete: true, left: 'abc' });
  expect(again('abc', false, 100)).toBe('refused'); // its longest line is too long there
});

test.each([
  ['a cookie', 'Set-Cookie: a=b\r\n'],
  ['a place', 'Location: /x\r\n'],
  ['its end', 'Connection: close\r\n'],
])('a head that says %s is read anew each time', (_, line) => {
  const text = `${OK}${line}Content-Length: 1\r\n\r\nx`;
  for (let times = 0; times < 4; times++) expect(said(text)).toBeNull();
});

test('another head is the same object when it comes again and again', () => {
  const text = `${OK}X-Other: 1\r\nContent-Length: 1\r\n\r\nx`;
  const heads = [said(text), said(text), said(text), said(text.replace(/x$/, 'y'))];
  expect(heads.map((one) => one !== null)).toEqual([false, false, true, true]);
  expect(heads[3]).toBe(heads[2]);
});

/** What is kept beside the head of `text`, which is a whole response. */
function said(text: string): ResponseHead['said'] {
  const parser = new ResponseParser(8192);
  parser.begin(false);
  parser.feed(Buffer.from(text, 'latin1'), 0, text.length);
  const head = parser.takeHead();
  parser.dispose();
  return head!.said;
}
