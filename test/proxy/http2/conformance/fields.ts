/** Requests and their fields: RFC 9113, section 8, and header compression, RFC 7541. */
import * as h2 from '../wire.ts';
import { answered, type Case, connection, malformed, stream } from './case.ts';

const { frame, types, END_HEADERS, END_STREAM, headers, data, fields, block, integer } = h2;

const one = (section: string, says: string, frames: readonly Buffer[], may = malformed): Case => ({
  section,
  says,
  may,
  run: (wire) => wire.send(...frames),
});

/** A request with one more field. */
const withField = (section: string, name: string, value: string, may = malformed): Case =>
  one(
    section,
    `${JSON.stringify(name)}: ${JSON.stringify(value)}`,
    [headers(1, fields({}, [name, value]))],
    may,
  );

/** A request whose pseudo-fields are others. */
const pseudo = (says: string, other: Parameters<typeof fields>[0], may = malformed): Case =>
  one('8.3.1', says, [headers(1, fields(other))], may);

const POST = { ':method': 'POST' };
const body = (lengths: readonly string[], ...pieces: readonly string[]): Buffer[] => [
  headers(
    1,
    fields(POST, ...lengths.map((length) => ['content-length', length] as const)),
    END_HEADERS,
  ),
  ...pieces.map((piece, i) => data(1, piece, i === pieces.length - 1 ? END_STREAM : 0)),
];
const trailers = (flags: number, ...said: readonly h2.Field[]): Buffer[] => [
  headers(1, fields(POST), END_HEADERS),
  data(1, 'x', 0),
  frame(types.headers, flags, 1, block(...said)),
];

/** Behind the fields of a request come these bytes of HPACK. */
const packed = (says: string, bytes: readonly number[], section: string): Case =>
  one(
    `7541 ${section}`,
    says,
    [
      frame(
        types.headers,
        END_STREAM | END_HEADERS,
        1,
        Buffer.concat([block(...fields()), Buffer.from(bytes)]),
      ),
    ],
    connection('COMPRESSION_ERROR'),
  );
const huffman = (...bytes: readonly number[]) => [0, 1, 120, 0x80 | bytes.length, ...bytes];

export const fieldCases: readonly Case[] = [
  one('8.1', 'trailers', trailers(END_STREAM | END_HEADERS, ['x-trailer', 'y']), answered),
  one('8.1', 'trailers that do not end the stream', trailers(END_HEADERS, ['x-trailer', 'y'])),
  one('8.1', 'pseudo-fields among trailers', trailers(END_STREAM | END_HEADERS, [':path', '/x'])),
  one(
    '8.1',
    'an upper-case name among trailers',
    trailers(END_STREAM | END_HEADERS, ['X-Trailer', 'y']),
  ),
  one('8.1.1', 'a body longer than it says', body(['1'], 'xy')),
  one('8.1.1', 'a body shorter than it says', body(['3'], 'xy')),
  one('8.1.1', 'a body in pieces, longer than it says', body(['3'], 'xy', 'xy')),
  one('8.1.1', 'no body where there is a length', [
    headers(1, fields(POST, ['content-length', '5'])),
  ]),
  one('8.1.1', 'a length that is no number', body(['2x'], 'xy')),
  one('8.1.1', 'a length below nothing', body(['-2'], 'xy')),
  one('8.1.1', 'two lengths', body(['2', '3'], 'xy')),
  one('8.1.1', 'a body as long as it says', body(['4'], 'xy', 'xy'), answered),

  withField('8.2.1', 'X-Upper', 'y'),
  withField('8.2.1', 'x y', 'z'),
  withField('8.2.1', 'x\ny', 'z'),
  withField('8.2.1', 'x:y', 'z'),
  withField('8.2.1', '', 'z'),
  withField('8.2.1', 'x\x7f', 'z'),
  withField('8.2.1', 'xé', 'z'),
  withField('8.2.1', 'x', 'a\nb'),
  withField('8.2.1', 'x', 'a\rb'),
  withField('8.2.1', 'x', 'a\0b'),
  withField('8.2.1', 'x', ' a', [...malformed, ...answered]),
  withField('8.2.1', 'x', 'a\t', [...malformed, ...answered]),
  withField('8.2.2', 'connection', 'keep-alive'),
  withField('8.2.2', 'connection', 'x-hop'),
  withField('8.2.2', 'keep-alive', 'timeout=5'),
  withField('8.2.2', 'proxy-connection', 'keep-alive'),
  withField('8.2.2', 'transfer-encoding', 'chunked'),
  withField('8.2.2', 'upgrade', 'websocket'),
  withField('8.2.2', 'te', 'gzip'),
  withField('8.2.2', 'te', 'trailers, deflate'),
  withField('8.2.2', 'te', 'trailers', answered),
  withField('8.2.3', 'cookie', 'a=1', answered),

  one('8.3', 'a pseudo-field that nobody knows', [headers(1, [...fields(), [':unknown', 'x']])]),
  one('8.3', 'the pseudo-field of an answer', [headers(1, [...fields(), [':status', '200']])]),
  one('8.3', 'a pseudo-field behind others', [
    headers(1, [...fields({ ':path': undefined }), ['x', 'y'], [':path', '/']]),
  ]),
  one('8.3', ':method twice', [headers(1, [...fields(), [':method', 'GET']])]),
  one('8.3', ':scheme twice', [headers(1, [...fields(), [':scheme', 'https']])]),
  one('8.3', ':path twice', [headers(1, [...fields(), [':path', '/']])]),
  one('8.3', ':authority twice', [headers(1, [...fields(), [':authority', 'a.test']])]),
  pseudo('an empty :path', { ':path': '' }),
  pseudo('a :path without a slash', { ':path': 'x' }),
  pseudo('a :path with a blank', { ':path': '/a b' }, [...malformed]),
  pseudo('a :path with a line feed', { ':path': '/a\nHost: b' }),
  pseudo('no :method', { ':method': undefined }),
  pseudo('no :scheme', { ':scheme': undefined }),
  pseudo('no :path', { ':path': undefined }),
  pseudo('a :method with a blank', { ':method': 'GET /' }, [...malformed, 'answer 501']),
  pseudo('neither :authority nor Host', { ':authority': undefined }),
  pseudo('an :authority with a user', { ':authority': 'user@a.test' }),
  pseudo('an :authority with a path', { ':authority': 'a.test/x' }),
  pseudo('an :authority with a line feed', { ':authority': 'a.test\r\nX: y' }),
  pseudo('OPTIONS *', { ':method': 'OPTIONS', ':path': '*' }, answered),
  one(
    '8.3.1',
    'Host without :authority',
    [headers(1, fields({ ':authority': undefined }, ['host', 'a.test']))],
    answered,
  ),
  one(
    '8.3.1',
    'Host unlike :authority',
    [headers(1, fields({}, ['host', 'b.test']))],
    [...malformed, 'answer 421'],
  ),
  one('8.3.1', 'two Hosts', [
    headers(1, fields({ ':authority': undefined }, ['host', 'a.test'], ['host', 'b.test'])),
  ]),
  one('8.5', 'CONNECT with :scheme and :path', [headers(1, fields({ ':method': 'CONNECT' }))]),
  one('8.5', 'CONNECT without :authority', [
    headers(
      1,
      fields({
        ':method': 'CONNECT',
        ':scheme': undefined,
        ':path': undefined,
        ':authority': undefined,
      }),
    ),
  ]),
  one(
    '8.4',
    'a request on a stream that a server would open',
    [headers(2)],
    stream('PROTOCOL_ERROR'),
  ),

  packed('index 0', [0x80], '6.1'),
  packed('an index that is in no table', integer(70, 7, 0x80), '2.3.3'),
  packed('the name of an index that is in no table', [...integer(70, 6, 0x40), 1, 120], '2.3.3'),
  packed('a table larger than allowed', integer(100_000, 5, 0x20), '6.3'),
  packed('a new size of the table behind fields', [0x20], '4.2'),
  packed('padding of a whole byte', huffman(0xff, 0xff), '5.2'),
  packed('padding of zeros', huffman(0x00 | (0x1f & 0x18) | 0x00), '5.2'),
  packed('the end of strings inside one', huffman(0xff, 0xff, 0xff, 0xff), '5.2'),
  packed('a string longer than the block', [0, 1, 120, 100, 1], '5.2'),
  packed(
    'an integer without an end',
    [0xff, ...Array.from({ length: 20 }, () => 0xff), 0x7f],
    '5.1',
  ),
  packed('an integer cut short', [0xff], '5.1'),
];
