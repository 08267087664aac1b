/**
 * Workers that answer what they should not: the client gets one answer or a broken connection, the worker's
 * connection is not used again, and what comes next is answered by whom it was asked (spec: hardening).
 */
import { expect, test } from 'vitest';
import { balancer, rig } from '../rig.ts';
import { send } from './probe.ts';
import { recorder, says } from './recorder.ts';

interface Answering {
  readonly name: string;
  readonly bytes: string;
  readonly method?: string;
  /** Of the answers to the request itself. */
  readonly statuses: readonly number[];
  /** Of the last one. */
  readonly body?: string;
  /** The worker ends its connection behind the bytes. */
  readonly ends?: boolean;
  /** The client's connection carries another request afterwards. */
  readonly goesOn: boolean;
  /** The worker's connection does, too. */
  readonly kept?: boolean;
  readonly lacks?: RegExp;
}

const ok = 'HTTP/1.1 200 OK\r\n';
const hello = `${ok}Content-Length: 5\r\n\r\nhello`;
const evil = `${ok}Content-Length: 4\r\n\r\nevil`;

function bad(name: string, bytes: string, more: Partial<Answering> = {}): Answering {
  return { name, bytes, statuses: [502], goesOn: true, ...more };
}

/** The head is out when it turns out bad: the connection breaks, with no answer that looks whole. */
function cut(name: string, bytes: string, more: Partial<Answering> = {}): Answering {
  return { name, bytes, statuses: [], goesOn: false, lacks: /\r\n0\r\n\r\n|marker/, ...more };
}

function good(name: string, bytes: string, more: Partial<Answering> = {}): Answering {
  return { name, bytes, statuses: [200], goesOn: true, ...more };
}

const chunked = `${ok}Transfer-Encoding: chunked\r\n\r\n`;

const answerings: readonly Answering[] = [
  good('a plain answer', hello, { body: 'hello', kept: true }),
  good('chunks', `${chunked}5\r\nhello\r\n0\r\n\r\n`, { body: 'hello', kept: true }),
  good('trailers are dropped', `${chunked}5\r\nhello\r\n0\r\nSet-Cookie: evil=1\r\n\r\n`, {
    body: 'hello',
    kept: true,
    lacks: /evil/,
  }),
  // More than one answer.
  good('two answers', hello + evil, { body: 'hello', lacks: /evil/ }),
  good('a byte too many', `${hello}!`, { body: 'hello' }),
  good('an answer behind the last chunk', `${chunked}0\r\n\r\n${evil}`, { lacks: /evil/ }),
  good('an answer in the body of HEAD', `${ok}Content-Length: ${evil.length}\r\n\r\n${evil}`, {
    method: 'HEAD',
    lacks: /evil/,
  }),
  good('chunks in the body of HEAD', `${chunked}4\r\nevil\r\n0\r\n\r\n`, {
    method: 'HEAD',
    lacks: /evil/,
  }),
  good('an answer behind 204', `HTTP/1.1 204 No Content\r\n\r\n${evil}`, {
    statuses: [204],
    lacks: /evil/,
  }),
  good(
    '204 with a length',
    `HTTP/1.1 204 No Content\r\nContent-Length: ${evil.length}\r\n\r\n${evil}`,
    {
      statuses: [204],
      lacks: /evil|Content-Length: 4\d/,
    },
  ),
  good(
    'an answer behind 304',
    `HTTP/1.1 304 Not Modified\r\nContent-Length: ${evil.length}\r\n\r\n${evil}`,
    {
      statuses: [304],
      lacks: /evil/,
    },
  ),
  good('205 without a length', `HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n`, {
    statuses: [205],
    kept: true,
  }),
  // Interim heads.
  good('an interim head', `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${hello}`, {
    statuses: [103, 200],
    kept: true,
  }),
  good('100 that nobody waits for', `HTTP/1.1 100 Continue\r\n\r\n${hello}`, { kept: true }),
  bad('a hundred interim heads', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100) + hello, {
    statuses: [...Array.from({ length: 10 }, () => 103), 502],
  }),
  bad(
    'an interim head with a length',
    `HTTP/1.1 103 X\r\nContent-Length: ${evil.length}\r\n\r\n${evil}${hello}`,
  ),
  bad(
    'an interim head with chunks',
    `HTTP/1.1 103 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hello}`,
  ),
  bad(
    '101 that nobody asked for',
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  ),
  bad('101 and an answer', `HTTP/1.1 101 Switching Protocols\r\n\r\n${hello}`),
  // Framing.
  bad('both framings', `${ok}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
  bad(
    'both framings, chunked first',
    `${ok}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`,
  ),
  bad('two lengths', `${ok}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`),
  bad('the same length twice', `${ok}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`),
  bad('a list of lengths', `${ok}Content-Length: 5, 5\r\n\r\nhello`),
  bad('a negative length', `${ok}Content-Length: -1\r\n\r\n`),
  bad('a length with a sign', `${ok}Content-Length: +5\r\n\r\nhello`),
  bad('a huge length', `${ok}Content-Length: 99999999999999999999\r\n\r\n`),
  bad('another coding', `${ok}Transfer-Encoding: gzip\r\n\r\nhello`),
  bad('identity', `${ok}Transfer-Encoding: identity\r\n\r\nhello`),
  bad(
    'chunked twice',
    `${ok}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ),
  bad('chunked in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
  good(
    'a length that Connection names',
    `${ok}Connection: Content-Length\r\nContent-Length: 5\r\n\r\nhello`,
    {
      body: 'hello',
      kept: true,
    },
  ),
  good('no length, and the end', `${ok}\r\nhello`, { body: 'hello', ends: true }),
  cut('a body that is cut', `${ok}Content-Length: 10\r\n\r\nhello`, { ends: true }),
  cut('chunks that are cut', `${chunked}5\r\nhello\r\n`, { ends: true }),
  cut('a chunk of another size', `${chunked}3\r\nhello\r\n0\r\n\r\n`),
  cut('LF behind a chunk', `${chunked}5\r\nhello\n0\r\n\r\n`),
  cut('a chunk size beyond everything', `${chunked}5\r\nhello\r\nffffffffffffffffff\r\n`),
  // Heads.
  bad('nonsense', 'nonsense\r\n\r\n'),
  bad('HTTP/0.9', '<html>hello</html>', { ends: true }),
  bad('an empty line in front', `\r\n${hello}`),
  bad('HTTP/2.0', 'HTTP/2.0 200 OK\r\n\r\n'),
  bad('the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  bad(
    'a frame of HTTP/2',
    '\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80\0\x04\0\x01\0\0\0\x05\0\xff\xff\xff',
  ),
  bad('TLS', '\x15\x03\x01\0\x02\x02\x16', { ends: true }),
  bad('HTTP/1.2', 'HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n'),
  bad('status 0', 'HTTP/1.1 0 OK\r\nContent-Length: 0\r\n\r\n'),
  bad('status 000', 'HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n'),
  bad('status 099', 'HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n'),
  bad('status 1000', 'HTTP/1.1 1000 OK\r\nContent-Length: 0\r\n\r\n'),
  bad('status -1', 'HTTP/1.1 -1 OK\r\nContent-Length: 0\r\n\r\n'),
  bad('no status', 'HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n'),
  good('status 999', 'HTTP/1.1 999 Denied\r\nContent-Length: 0\r\n\r\n', {
    statuses: [999],
    kept: true,
  }),
  bad('a request', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
  bad('LF for line ends', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'),
  bad('a folded line', `${ok}X-A: 1\r\n Set-Cookie: evil=1\r\nContent-Length: 0\r\n\r\n`),
  bad('a blank before the colon', `${ok}Content-Length : 5\r\n\r\nhello`),
  bad('no colon', `${ok}nonsense\r\nContent-Length: 0\r\n\r\n`),
  bad('no name', `${ok}: 1\r\nContent-Length: 0\r\n\r\n`),
  ...Array.from('\0\x01\x0b\x0c\x7f\r', (c) =>
    bad(
      `${JSON.stringify(c)} in a value`,
      `${ok}X-A: a${c}Set-Cookie: evil=1\r\nContent-Length: 0\r\n\r\n`,
      {
        lacks: /evil/,
      },
    ),
  ),
  bad('LF and a field in a value', `${ok}X-A: a\nSet-Cookie: evil=1\r\nContent-Length: 0\r\n\r\n`),
  ...Array.from('\0\r\x0b\x7f', (c) =>
    bad(`${JSON.stringify(c)} in the reason`, `HTTP/1.1 200 O${c}K\r\nContent-Length: 0\r\n\r\n`),
  ),
  ...Array.from('\0 \t"(),/@[]{}\x7f\xff', (c) =>
    bad(`${JSON.stringify(c)} in a name`, `${ok}X${c}A: 1\r\nContent-Length: 0\r\n\r\n`),
  ),
  bad('a line of 9000 bytes', `${ok}X-A: ${'a'.repeat(9000)}\r\nContent-Length: 0\r\n\r\n`),
  bad('a reason of 9000 bytes', `HTTP/1.1 200 ${'a'.repeat(9000)}\r\nContent-Length: 0\r\n\r\n`),
  bad('a head without an end', `${ok}${`X-A: ${'a'.repeat(1000)}\r\n`.repeat(300)}`),
  bad('2000 fields', `${ok}${'X-A: 1\r\n'.repeat(2000)}Content-Length: 0\r\n\r\n`),
  good('200 fields', `${ok}${'X-A: 1\r\n'.repeat(200)}Content-Length: 0\r\n\r\n`, { kept: true }),
  good('bytes beyond ASCII', `${ok}X-A: \x80\xff\r\nContent-Length: 0\r\n\r\n`, { kept: true }),
  good('its own Connection', `${ok}Connection: close, X-A\r\nX-A: 1\r\nContent-Length: 0\r\n\r\n`, {
    lacks: /X-A/,
  }),
  good(
    'Keep-Alive and Upgrade',
    `${ok}Keep-Alive: timeout=999\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n`,
    {
      kept: true,
      lacks: /999|h2c/,
    },
  ),
];

test.each(answerings)(
  '$name',
  async ({ bytes, method = 'GET', statuses, ends, goesOn, kept, body, lacks }) => {
    const worker = await recorder((request, socket) => {
      if (!request.line.includes(' /x ')) return says(request, socket);
      if (!ends) return bytes;
      socket.end(bytes, 'latin1');
      return null;
    });
    const r = await rig(balancer([worker.url]));
    const got = await send(r, worker, `${method} /x HTTP/1.1\r\nHost: x\r\n\r\n`, 1);
    expect(worker.faults).toEqual([]);
    expect(worker.summaries).toEqual(goesOn ? [`${method} /x`, 'GET /marker'] : [`${method} /x`]);
    if (goesOn) {
      expect(got, got.client).toMatchObject({ statuses: [...statuses, 200], faults: [] });
      expect(got.client).toMatch(/GET \/marker$/);
    } else {
      expect(got.faults, got.client).not.toEqual([]); // there is no whole answer
      expect(got.client).toMatch(/^HTTP\/1\.1 200 /);
    }
    if (body !== undefined) expect(got.bodies[0]).toBe(body);
    if (lacks !== undefined) expect(got.client).not.toMatch(lacks);
    expect((await r.get('/after')).body).toBe('GET /after');
    expect(worker.received.at(-1)?.connection).toBe(kept ? 1 : 2);
    await r.idle();
  },
);

test('chunks for a kept connection of HTTP/1.0: its end is the end, so nothing behind is served', async () => {
  const worker = await recorder((request, socket) =>
    request.line.includes(' /x ') ? `${chunked}5\r\nhello\r\n0\r\n\r\n` : says(request, socket),
  );
  const r = await rig(balancer([worker.url]));
  const got = await send(r, worker, 'GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n', 1);
  expect(got, got.client).toMatchObject({ statuses: [200], bodies: ['hello'], faults: [] });
  expect(worker.summaries).toEqual(['GET /x']);
  await r.idle();
});
