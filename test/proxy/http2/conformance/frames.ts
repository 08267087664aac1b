/** Frames one by one: RFC 9113, sections 3.4, 4, 5.5 and 6. */
import * as h2 from '../wire.ts';
import { accepted, answered, type Case, connection, stream } from './case.ts';

const { frame, types, END_HEADERS, END_STREAM, PADDED, PRIORITY, ACK, settingIds: id } = h2;
const { headers, data, ping, window, settings, fields, block, u32 } = h2;

const post = (stream: number, path = '/') =>
  headers(stream, fields({ ':method': 'POST', ':path': path }), END_HEADERS);
const begun = (stream: number, bytes: Buffer = block(...fields())) =>
  frame(types.headers, END_STREAM, stream, bytes);
const PROTOCOL = connection('PROTOCOL_ERROR');
const SIZE = connection('FRAME_SIZE_ERROR');
const zeros = (length: number) => Buffer.alloc(length);

const one = (
  section: string,
  says: string,
  frames: () => readonly Buffer[],
  may: readonly string[],
): Case => ({ section, says, may, run: (wire) => wire.send(...frames()) });

/** Accepted: a PING behind it is answered first. */
const fine = (section: string, says: string, frames: () => readonly Buffer[]): Case =>
  one(section, says, () => [...frames(), ping()], accepted);

export const frameCases: readonly Case[] = [
  {
    section: '3.4',
    says: 'something else instead of the preface',
    bare: true,
    run: (wire) => wire.send(Buffer.from('INVALID CONNECTION PREFACE\r\n\r\n')),
    may: PROTOCOL,
  },
  {
    section: '3.4',
    says: 'the preface without settings',
    bare: true,
    run: (wire) => wire.send(h2.PREFACE, ping()),
    may: PROTOCOL,
  },
  {
    section: '3.4',
    says: 'nothing: the first frame of a server has its settings',
    run: () => {},
    may: ['4 on 0'],
    tells: async (wire) => {
      const first = await wire.next(() => true);
      return `${first?.type} on ${first?.stream}`;
    },
  },
  {
    section: '6.5.3',
    says: 'settings, which are acknowledged without a payload',
    run: (wire) => wire.send(settings([id.streams, 10])),
    may: ['0 bytes, 0 bytes'],
    tells: async (wire) => {
      const acks: string[] = [];
      for (let i = 0; i < 2; i++) {
        const ack = await wire.next(({ type, flags }) => type === types.settings && flags === ACK);
        acks.push(`${ack?.payload.length} bytes`);
      }
      return acks.join(', ');
    },
  },

  fine('4.1', 'a frame of an unknown type', () => [frame(0x16, 0, 0, zeros(8))]),
  fine('4.1', 'an unknown frame on an idle stream', () => [frame(0xfe, 0xff, 7, zeros(100))]),
  one(
    '4.1',
    'flags that mean nothing on a PING',
    () => [frame(types.ping, 0xfe, 0, 'fairlead')],
    accepted,
  ),
  one(
    '4.1',
    'the reserved bit of a stream identifier',
    () => [frame(types.ping, 0, 0x80000000, 'fairlead')],
    accepted,
  ),
  one('4.2', 'DATA of 16384 bytes', () => [post(1), data(1, zeros(16_384))], answered),
  one(
    '4.2',
    'DATA larger than allowed',
    () => [post(1), data(1, zeros(16_385))],
    stream('FRAME_SIZE_ERROR'),
  ),
  one(
    '4.2',
    'HEADERS larger than allowed',
    () => [headers(1, fields({}, ['x', 'y'.repeat(16_385)]))],
    SIZE,
  ),
  one(
    '4.2',
    'SETTINGS larger than allowed',
    () => [frame(types.settings, 0, 0, zeros(16_386))],
    SIZE,
  ),

  one(
    '4.3',
    'PRIORITY inside a header block',
    () => [begun(1), frame(types.priority, 0, 1, zeros(5))],
    PROTOCOL,
  ),
  one(
    '4.3',
    'HEADERS of another stream inside a header block',
    () => [begun(1), headers(3)],
    PROTOCOL,
  ),
  one(
    '5.5',
    'an unknown frame inside a header block',
    () => [begun(1), frame(0x16, 0, 1, zeros(8))],
    PROTOCOL,
  ),
  one('6.10', 'PING inside a header block', () => [begun(1), ping()], PROTOCOL),

  one('6.1', 'DATA on stream 0', () => [data(0, 'x')], PROTOCOL),
  one(
    '6.1',
    'DATA with padding',
    () => [post(1), frame(types.data, END_STREAM | PADDED, 1, [3, 120, 0, 0, 0])],
    answered,
  ),
  one(
    '6.1',
    'DATA with padding alone',
    () => [post(1), frame(types.data, END_STREAM | PADDED, 1, [4, 0, 0, 0, 0])],
    answered,
  ),
  one(
    '6.1',
    'DATA with more padding than there is',
    () => [post(1), frame(types.data, END_STREAM | PADDED, 1, [6, 120, 0, 0, 0])],
    PROTOCOL,
  ),
  one(
    '6.1',
    'DATA with padding and no byte that says how much',
    () => [post(1), frame(types.data, PADDED, 1)],
    [...SIZE, ...PROTOCOL],
  ),
  one('6.1', 'DATA without a byte that ends the stream', () => [post(1), data(1, '')], answered),
  one(
    '6.1',
    'DATA in many frames',
    () => [post(1), ...Array.from({ length: 50 }, () => data(1, 'x', 0)), data(1, '')],
    answered,
  ),

  one('6.2', 'HEADERS on stream 0', () => [headers(0)], PROTOCOL),
  one(
    '6.2',
    'HEADERS with padding',
    () => [
      frame(
        types.headers,
        END_STREAM | END_HEADERS | PADDED,
        1,
        Buffer.concat([Buffer.from([4]), block(...fields()), zeros(4)]),
      ),
    ],
    answered,
  ),
  one(
    '6.2',
    'HEADERS with padding and a priority',
    () => [
      frame(
        types.headers,
        END_STREAM | END_HEADERS | PADDED | PRIORITY,
        1,
        Buffer.concat([Buffer.from([4, 0x80, 0, 0, 0, 255]), block(...fields()), zeros(4)]),
      ),
    ],
    answered,
  ),
  one(
    '6.2',
    'HEADERS with more padding than there is',
    () => [
      frame(
        types.headers,
        END_STREAM | END_HEADERS | PADDED,
        1,
        Buffer.concat([Buffer.from([255]), block(...fields())]),
      ),
    ],
    PROTOCOL,
  ),
  one(
    '6.2',
    'HEADERS with a priority cut short',
    () => [frame(types.headers, END_STREAM | END_HEADERS | PRIORITY, 1, [0, 0])],
    [...SIZE, ...PROTOCOL],
  ),

  one('6.3', 'PRIORITY on stream 0', () => [frame(types.priority, 0, 0, zeros(5))], PROTOCOL),
  one(
    '6.3',
    'PRIORITY of four bytes',
    () => [post(1), frame(types.priority, 0, 1, zeros(4))],
    stream('FRAME_SIZE_ERROR'),
  ),
  one('6.4', 'RST_STREAM on stream 0', () => [h2.reset(0)], PROTOCOL),
  one(
    '6.4',
    'RST_STREAM of three bytes',
    () => [post(1), frame(types.reset, 0, 1, zeros(3))],
    SIZE,
  ),

  one(
    '6.5',
    'an acknowledgement with a setting',
    () => [frame(types.settings, ACK, 0, [0, 3, 0, 0, 0, 1])],
    SIZE,
  ),
  one('6.5', 'SETTINGS on a stream', () => [frame(types.settings, 0, 1)], PROTOCOL),
  one('6.5', 'half a setting', () => [frame(types.settings, 0, 0, zeros(3))], SIZE),
  fine('6.5', 'SETTINGS without any', () => [settings()]),
  fine('6.5.2', 'a setting that nobody knows', () => [
    frame(types.settings, 0, 0, [0, 255, 0, 0, 0, 1]),
  ]),
  one('6.5.2', 'ENABLE_PUSH of 2', () => [settings([id.push, 2])], PROTOCOL),
  one(
    '6.5.2',
    'INITIAL_WINDOW_SIZE of 2^31',
    () => [settings([id.window, 2 ** 31])],
    connection('FLOW_CONTROL_ERROR'),
  ),
  one(
    '6.5.2',
    'MAX_FRAME_SIZE of 2^14 - 1',
    () => [settings([id.frameSize, 2 ** 14 - 1])],
    PROTOCOL,
  ),
  one('6.5.2', 'MAX_FRAME_SIZE of 2^24', () => [settings([id.frameSize, 2 ** 24])], PROTOCOL),
  fine('6.5.2', 'MAX_FRAME_SIZE of 2^24 - 1', () => [settings([id.frameSize, 2 ** 24 - 1])]),

  one(
    '6.6',
    'PUSH_PROMISE from a client',
    () => [
      frame(types.push, END_HEADERS, 1, Buffer.concat([Buffer.from(u32(2)), block(...fields())])),
    ],
    PROTOCOL,
  ),

  {
    section: '6.7',
    says: 'PING, which is answered with the same eight bytes',
    run: (wire) => wire.send(ping('12345678')),
    may: ['12345678'],
    tells: async (wire) =>
      `${(await wire.next(({ type, flags }) => type === types.ping && flags === ACK))?.payload}`,
  },
  // Nothing says what it is; Node ends the connection.
  one(
    '6.7',
    'an answer to no PING, which is not answered',
    () => [frame(types.ping, ACK, 0, 'unwanted'), ping()],
    [...accepted, ...PROTOCOL],
  ),
  one('6.7', 'PING on a stream', () => [frame(types.ping, 0, 1, zeros(8))], PROTOCOL),
  one('6.7', 'PING of six bytes', () => [frame(types.ping, 0, 0, zeros(6))], SIZE),

  one('6.8', 'GOAWAY on a stream', () => [frame(types.goaway, 0, 1, zeros(8))], PROTOCOL),
  one('6.8', 'GOAWAY of seven bytes', () => [frame(types.goaway, 0, 0, zeros(7))], SIZE),
  one(
    '6.8',
    'GOAWAY behind a request, which is answered still',
    () => [headers(1), frame(types.goaway, 0, 0, zeros(8))],
    answered,
  ),

  one('6.9', 'WINDOW_UPDATE of nothing for the connection', () => [window(0, 0)], PROTOCOL),
  one(
    '6.9',
    'WINDOW_UPDATE of nothing for a stream',
    () => [post(1), window(1, 0)],
    stream('PROTOCOL_ERROR'),
  ),
  one('6.9', 'WINDOW_UPDATE of three bytes', () => [frame(types.window, 0, 0, zeros(3))], SIZE),
  one(
    '6.9.1',
    'more than 2^31 - 1 for the connection',
    () => [window(0, 2 ** 31 - 1), window(0, 2 ** 31 - 1)],
    connection('FLOW_CONTROL_ERROR'),
  ),
  one(
    '6.9.1',
    'more than 2^31 - 1 for a stream',
    () => [post(1), window(1, 2 ** 31 - 1), window(1, 2 ** 31 - 1)],
    stream('FLOW_CONTROL_ERROR'),
  ),
  one(
    '6.9.1',
    'more of a body than the windows allow',
    () => [post(1, '/deaf'), ...Array.from({ length: 1000 }, () => data(1, zeros(16_384), 0))],
    stream('FLOW_CONTROL_ERROR'),
  ),
  {
    section: '6.9.1',
    says: 'a window of one byte, which is not overrun',
    run: (wire) => wire.send(settings([id.window, 1]), headers(1), ping()),
    may: ['1 byte, then another'],
    tells: async (wire) => {
      const first = await wire.next(({ type }) => type === types.data);
      wire.send(window(1, 1));
      const second = await wire.next(({ type }) => type === types.data);
      return `${first?.payload.length} byte, then ${second?.payload.length === 1 ? 'another' : 'not'}`;
    },
  },
  {
    section: '6.9.2',
    says: 'a window that opens by a setting behind the request',
    run: (wire) => wire.send(settings([id.window, 0]), headers(1), ping()),
    may: ['1 byte'],
    tells: async (wire) => {
      await wire.next(({ type }) => type === types.headers);
      wire.send(settings([id.window, 1]));
      return `${(await wire.next(({ type }) => type === types.data))?.payload.length} byte`;
    },
  },
  {
    section: '6.9.2',
    says: 'a window that is below nothing by a setting, and is filled up from there',
    run: (wire) => wire.send(settings([id.window, 3]), headers(1, fields({ ':path': '/large' }))),
    may: ['3, then 1'],
    tells: async (wire) => {
      const first = await wire.next(({ type }) => type === types.data);
      wire.send(settings([id.window, 1]), window(1, 2), window(1, 1));
      const second = await wire.next(({ type }) => type === types.data);
      return `${first?.payload.length}, then ${second?.payload.length}`;
    },
  },
  one(
    '6.9.2',
    'a setting that takes the window of a stream above 2^31 - 1',
    () => [post(1), window(1, 2 ** 30), settings([id.window, 2 ** 31 - 1])],
    connection('FLOW_CONTROL_ERROR'),
  ),

  {
    section: '6.10',
    says: 'a header block in many pieces',
    run: (wire) => {
      const bytes = block(...fields());
      const pieces = [1, 2, 3, 5, 8, 13, bytes.length].map((end, i, ends) =>
        bytes.subarray(ends[i - 1] ?? 0, end),
      );
      const [first, ...rest] = pieces;
      const last = rest.length - 1;
      wire.send(
        begun(1, first),
        ...rest.map((piece, i) =>
          frame(types.continuation, i === last ? END_HEADERS : 0, 1, piece),
        ),
      );
    },
    may: answered,
  },
  one(
    '6.10',
    'CONTINUATION behind a whole header block',
    () => [
      headers(1, fields(), END_HEADERS),
      frame(types.continuation, END_HEADERS, 1, block(['x', 'y'])),
    ],
    PROTOCOL,
  ),
  one(
    '6.10',
    'CONTINUATION on stream 0',
    () => [begun(1), frame(types.continuation, END_HEADERS, 0)],
    PROTOCOL,
  ),
  one(
    '6.10',
    'CONTINUATION of another stream',
    () => [begun(1), frame(types.continuation, END_HEADERS, 3)],
    PROTOCOL,
  ),
  one('6.10', 'DATA inside a header block', () => [begun(1), data(1, 'x')], PROTOCOL),
  one(
    '6.10',
    'CONTINUATION behind DATA',
    () => [
      post(1, '/held'),
      data(1, 'x', 0),
      frame(types.continuation, END_HEADERS, 1, block(['x', 'y'])),
    ],
    PROTOCOL,
  ),
];
