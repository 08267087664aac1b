/** What the front refuses: framing that can be read in two ways, heads beyond the limits, clients that dawdle. */
import { expect, test } from 'vitest';
import { backend, balancer, RawClient, rig } from './rig.ts';

const get = 'GET / HTTP/1.1\r\nHost: x\r\n';
const post = 'POST / HTTP/1.1\r\nHost: x\r\n';

const refused: readonly [string, number, string][] = [
  ['no HTTP', 400, 'nonsense\r\n\r\n'],
  ['another version', 400, 'GET / HTTP/3.7\r\nHost: x\r\n\r\n'],
  ['no Host', 400, 'GET / HTTP/1.1\r\n\r\n'],
  ['two Hosts', 400, `${get}Host: y\r\n\r\n`],
  [
    'length and chunks',
    400,
    `${post}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'chunks and length',
    400,
    `${post}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n`,
  ],
  ['two lengths', 400, `${post}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`],
  ['the same length twice', 400, `${post}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`],
  ['a list of lengths', 400, `${post}Content-Length: 3, 3\r\n\r\nabc`],
  ['a length with a sign', 400, `${post}Content-Length: +3\r\n\r\nabc`],
  ['a negative length', 400, `${post}Content-Length: -3\r\n\r\nabc`],
  ['a length in hexadecimal', 400, `${post}Content-Length: 0x3\r\n\r\nabc`],
  ['chunked not last', 400, `${post}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`],
  [
    'chunked twice',
    400,
    `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['another coding', 501, `${post}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ['a coding nobody knows', 501, `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
  ['chunks from HTTP/1.0', 400, 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a folded line', 400, `${get}X-A: 1\r\n 2\r\n\r\n`],
  ['a blank before the colon', 400, `${get}X-A : 1\r\n\r\n`],
  ['Transfer-Encoding with a blank', 400, `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`],
  ['a line without a colon', 400, `${get}X-A\r\n\r\n`],
  ['an empty name', 400, `${get}: 1\r\n\r\n`],
  ['NUL in a value', 400, `${get}X-A: 1\x002\r\n\r\n`],
  ['CR in a value', 400, `${get}X-A: 1\r2\r\n\r\n`],
  ['bare LF', 400, 'GET / HTTP/1.1\nHost: x\n\n'],
  ['a bad chunk size', 400, `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
  ['a chunk size with 0x', 400, `${post}Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n`],
  [
    'a chunk longer than it says',
    400,
    `${post}Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n`,
  ],
  ['a blank in the target', 400, 'GET /a b HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['a target without a slash', 400, 'GET a HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['a bad escape', 400, 'GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['above the root', 400, 'GET /../../etc HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['an encoded slash', 404, 'GET /a%2Fb HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['TRACE', 405, 'TRACE / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['CONNECT', 405, 'CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n'],
  ['Expect of something else', 417, `${post}Expect: 200-ok\r\nContent-Length: 3\r\n\r\nabc`],
  ['a long line', 414, `GET /${'a'.repeat(9000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
  ['a long field', 431, `${get}X-A: ${'a'.repeat(9000)}\r\n\r\n`],
  ['too many fields', 431, `${get}${'X-A: 1\r\n'.repeat(100)}\r\n`],
  ['a large head', 431, `${get}${`X-A: ${'a'.repeat(1000)}\r\n`.repeat(30)}\r\n`],
  ['Max-Forwards of 0', 400, `${get}Max-Forwards: 0\r\n\r\n`],
];

test.each(refused)('%s: %d', async (_, status, bytes) => {
  const a = await backend('a');
  const r = await rig(balancer([a.url]));
  const client = new RawClient(r.port).send(bytes);
  expect(await client.until((text) => text.includes('\r\n\r\n'))).toMatch(
    new RegExp(`^HTTP/1\\.1 ${status} `),
  );
  expect(a.seen).toBe(0);
  await r.idle();
  expect((await r.get()).body).toBe('a');
});

test('what a request smuggles behind its body is a request of its own, or nothing', async () => {
  const seen: string[] = [];
  const a = await backend('a', (message, response) => {
    message.resume();
    message.on('end', () => {
      seen.push(`${message.method} ${message.url}`);
      response.end('a');
    });
  });
  const r = await rig(balancer([a.url]));
  const chunked = 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n';
  const client = new RawClient(r.port);
  for (const method of ['DELETE', 'OPTIONS', 'GET', 'PROPFIND']) {
    client.send(`${method} /${method} HTTP/1.1\r\nHost: x\r\n${chunked}`);
  }
  client.send('GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  await client.end();
  expect(seen).toEqual([
    'DELETE /DELETE',
    'OPTIONS /OPTIONS',
    'GET /GET',
    'PROPFIND /PROPFIND',
    'GET /last',
  ]);
});

test('a bad request behind a good one: the good one is answered first', async () => {
  const a = await backend('a', (_, response) => setTimeout(() => response.end('good'), 20));
  const r = await rig(balancer([a.url]));
  const text = await new RawClient(r.port).send(`${get}\r\nnonsense\r\n\r\n`).end();
  expect(text).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*good[\s\S]*HTTP\/1\.1 400 Bad Request/);
});

test('a head that does not come: 408', async () => {
  const a = await backend('a');
  const r = await rig(balancer([a.url]), { headerSeconds: 1 });
  expect(await new RawClient(r.port).send('GET / HTTP/1.1\r\nHo').end()).toMatch(
    /^HTTP\/1\.1 408 /,
  );
});

test('limits of the configuration take the place of the defaults', async () => {
  const a = await backend('a');
  const lines = 'LimitRequestLine 20000\nLimitRequestFieldSize 20000\nLimitRequestFields 200';
  const r = await rig(balancer([a.url], '', lines));
  expect((await r.get(`/${'a'.repeat(15_000)}`)).body).toBe('a');
  expect((await r.get('/', { headers: { 'X-A': 'a'.repeat(15_000) } })).body).toBe('a');
  const many = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`X-${i}`, '1']));
  expect((await r.get('/', { headers: many })).body).toBe('a');
});

test('pages of the proxy itself: typed, short, without a body to HEAD, and nothing of the request in them', async () => {
  const r = await rig('ProxyPass /app http://127.0.0.1:9');
  const lost = await r.again('/<script>alert(1)</script>?alert');
  expect(lost.status).toBe(404);
  expect(lost.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(lost.body).not.toContain('alert');
  const head = await r.again('/lost', { method: 'HEAD' });
  expect(head).toMatchObject({ status: 404, body: '' });
  expect(Number(head.headers['content-length'])).toBe(lost.body.length);
});

test('OPTIONS of the server itself', async () => {
  const a = await backend('a');
  const r = await rig(balancer([a.url]));
  const client = new RawClient(r.port);
  client.send('OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  expect(await client.end()).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(a.seen).toBe(0);
});

test('OPTIONS with Max-Forwards 0 is answered here', async () => {
  const a = await backend('a');
  const r = await rig(balancer([a.url]));
  const answer = await r.get('/', { method: 'OPTIONS', headers: { 'Max-Forwards': '0' } });
  expect(answer.status).toBe(200);
  expect(answer.headers.allow).toContain('GET');
  expect(a.seen).toBe(0);
});
