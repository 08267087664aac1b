/** States of streams, their identifiers and their number: RFC 9113, sections 5.1 and 5.4. */
import * as h2 from '../wire.ts';
import { accepted, type Case, connection, stream } from './case.ts';

const { frame, types, END_HEADERS, END_STREAM, headers, data, ping, window, fields, block } = h2;

const HELD = fields({ ':path': '/held' });
/** Open on both sides for as long as the test goes on. */
const open = (id: number) =>
  headers(id, fields({ ':method': 'POST', ':path': '/held' }), END_HEADERS);
/** The client has ended its side; no answer comes. */
const halfClosed = (id: number) => headers(id, HELD);
const continuation = (id: number) => frame(types.continuation, END_HEADERS, id, block(['x', 'y']));
const priority = (id: number) => frame(types.priority, 0, id, [0, 0, 0, 0, 255]);

const one = (
  says: string,
  frames: readonly Buffer[],
  may: readonly string[],
  section = '5.1',
): Case => ({
  section,
  says,
  may,
  run: (wire) => wire.send(...frames),
});

/** Behind a stream that both sides have ended. */
const afterAnswer = (says: string, frames: readonly Buffer[], may: readonly string[]): Case => ({
  section: '5.1',
  says: `closed: ${says}`,
  may,
  run: async (wire) => {
    wire.send(headers(1));
    await wire.next(({ flags, type }) => type <= types.headers && (flags & END_STREAM) !== 0);
    wire.send(...frames);
  },
});

const idle = connection('PROTOCOL_ERROR');
const STREAM_CLOSED = stream('STREAM_CLOSED');

export const streamCases: readonly Case[] = [
  one('idle: DATA', [data(1, 'x')], idle),
  one('idle: RST_STREAM', [h2.reset(1)], idle),
  one('idle: WINDOW_UPDATE', [window(1, 100)], idle),
  one('idle: CONTINUATION', [continuation(1)], idle),
  one('idle: PRIORITY', [priority(1), ping()], accepted),

  one('half-closed: DATA', [halfClosed(1), data(1, 'x')], STREAM_CLOSED),
  one('half-closed: HEADERS', [halfClosed(1), headers(1)], STREAM_CLOSED),
  one(
    'half-closed: CONTINUATION',
    [halfClosed(1), continuation(1)],
    stream('STREAM_CLOSED', 'PROTOCOL_ERROR'),
  ),
  one('half-closed: PRIORITY', [halfClosed(1), priority(1), ping()], accepted),
  one('half-closed: WINDOW_UPDATE', [halfClosed(1), window(1, 1), ping()], accepted),
  one('half-closed: RST_STREAM', [halfClosed(1), h2.reset(1), ping()], accepted),

  // 9113 lets a server ignore what is on its way still when a stream is reset; only fields must be read.
  one('reset: DATA', [open(1), h2.reset(1), data(1, 'x'), ping()], [...STREAM_CLOSED, 'pong']),
  one(
    'reset: HEADERS',
    [open(1), h2.reset(1), headers(1), ping()],
    [...STREAM_CLOSED, ...idle, 'pong'],
  ),
  one(
    'reset: CONTINUATION',
    [open(1), h2.reset(1), continuation(1), ping()],
    stream('STREAM_CLOSED', 'PROTOCOL_ERROR'),
  ),
  one('reset: PRIORITY', [open(1), h2.reset(1), priority(1), ping()], accepted),
  one('reset: WINDOW_UPDATE', [open(1), h2.reset(1), window(1, 1), ping()], accepted),
  one('reset: RST_STREAM', [open(1), h2.reset(1), h2.reset(1), ping()], [...STREAM_CLOSED, 'pong']),

  afterAnswer('DATA', [data(1, 'x')], STREAM_CLOSED),
  afterAnswer('HEADERS', [headers(1)], stream('STREAM_CLOSED', 'PROTOCOL_ERROR')),
  afterAnswer('CONTINUATION', [continuation(1)], stream('STREAM_CLOSED', 'PROTOCOL_ERROR')),
  afterAnswer('PRIORITY', [priority(1), ping()], accepted),
  afterAnswer('WINDOW_UPDATE', [window(1, 1), ping()], accepted),
  afterAnswer('RST_STREAM', [h2.reset(1), ping()], accepted),

  one('an even identifier', [headers(2)], idle, '5.1.1'),
  one(
    'an identifier below one that was used',
    [halfClosed(5), headers(3), ping()],
    stream('PROTOCOL_ERROR', 'STREAM_CLOSED'),
    '5.1.1',
  ),
  one(
    'DATA on a stream that was skipped',
    [halfClosed(5), data(3, 'x'), ping()],
    stream('PROTOCOL_ERROR', 'STREAM_CLOSED'),
    '5.1.1',
  ),
  one('the largest identifier', [headers(2 ** 31 - 1)], ['answer 200'], '5.1.1'),
  {
    section: '5.1.2',
    says: 'more streams than allowed',
    run: async (wire) => {
      const found = await wire.next(
        ({ type, payload }) => type === types.settings && payload.length > 0,
      );
      const at = found!.payload.indexOf(Buffer.from([0, h2.settingIds.streams]));
      const most = found!.payload.readUInt32BE(at + 2);
      // Acknowledged settings are those that hold.
      wire.send(frame(types.settings, h2.ACK, 0));
      wire.send(...Array.from({ length: most + 1 }, (_, i) => halfClosed(2 * i + 1)));
    },
    may: stream('PROTOCOL_ERROR', 'REFUSED_STREAM'),
  },
  {
    section: '5.4.1',
    says: 'an error of the connection, which ends behind its GOAWAY',
    run: (wire) => wire.send(frame(types.ping, 0, 0, Buffer.alloc(6))),
    may: ['GOAWAY, closed'],
    tells: async (wire) => {
      const goaway = await wire.next(({ type }) => type === types.goaway);
      await wire.next(() => false);
      return `${goaway === null ? 'no GOAWAY' : 'GOAWAY'}, ${wire.closed ? 'closed' : 'open'}`;
    },
  },
  {
    section: '5.4.2',
    says: 'an error of one stream, which leaves others alone',
    run: (wire) => wire.send(headers(1, fields({}, ['Upper', 'x'])), headers(3)),
    may: ['answer 200'],
    tells: async (wire) => {
      const found = await wire.next((one) => one.stream === 3 && one.type === types.headers);
      return `answer ${found && h2.statusIn(found.payload)}`;
    },
  },
];
