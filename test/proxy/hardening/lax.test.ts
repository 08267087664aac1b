/** The careless reader falls for what it is there to fall for; else it would prove nothing. */
import { expect, test } from 'vitest';
import { readLax } from './lax.ts';
import { chunked, end, get, hidden, post } from './probes/text.ts';

test.each([
  ['TE.CL', `${post}${chunked}Content-Length: ${(end + hidden).length}\r\n\r\n${end}${hidden}`],
  ['a blank before the colon', `${post}Transfer-Encoding : chunked\r\n\r\n${end}${hidden}`],
  ['a folded coding', `${post}Transfer-Encoding:\r\n chunked\r\n\r\n${end}${hidden}`],
  ['another coding', `${post}Transfer-Encoding: xchunked\r\n\r\n${end}${hidden}`],
  ['bare line feeds', `${post.replaceAll('\r', '')}Content-Length: 0\n\n${hidden}`],
  ['a length with more behind it', `${post}Content-Length: 3, 99\r\n\r\nabc${hidden}`],
  ['a size with more behind it', `${post}${chunked}\r\n3;\nabc\r\n${end}${hidden}`],
])('%s', (_, text) => {
  const first = readLax(text, 'the chunks');
  expect(text.slice(first?.end)).toBe(hidden);
});

test('which of both lengths counts', () => {
  const both = `${get}${chunked}Content-Length: 3\r\n\r\n${end}`;
  expect(readLax(both, 'the chunks')).toMatchObject({ body: '', end: both.length });
  expect(readLax(both, 'the length')).toMatchObject({ body: '0\r\n', end: both.length - 2 });
});
