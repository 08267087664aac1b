/** An HTTP/2 client down to the frames (RFC 9113, RFC 7541): it says whatever a test wants, and tells what comes back. */
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

export const types = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  window: 8,
  continuation: 9,
} as const;

/** Flags; those of DATA and HEADERS, and ACK. */
export const END_STREAM = 1;
export const ACK = 1;
export const END_HEADERS = 4;
export const PADDED = 8;
export const PRIORITY = 32;

export const settingIds = {
  tableSize: 1,
  push: 2,
  streams: 3,
  window: 4,
  frameSize: 5,
} as const;

const errors =
  'NO_ERROR PROTOCOL_ERROR INTERNAL_ERROR FLOW_CONTROL_ERROR SETTINGS_TIMEOUT STREAM_CLOSED FRAME_SIZE_ERROR REFUSED_STREAM CANCEL COMPRESSION_ERROR CONNECT_ERROR ENHANCE_YOUR_CALM INADEQUATE_SECURITY HTTP_1_1_REQUIRED'.split(
    ' ',
  );

type Payload = Buffer | string | readonly number[];

/** `length`: what the frame says of its payload. */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Payload = '',
  length?: number,
): Buffer {
  const body = Buffer.from(payload as string);
  const head = Buffer.alloc(9);
  head.writeUIntBE(length ?? body.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

export function u32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

/** Pairs of a setting and its value. */
export function settings(...pairs: readonly (readonly [number, number])[]): Buffer {
  return frame(
    types.settings,
    0,
    0,
    pairs.flatMap(([id, value]) => [0, id, ...u32(value)]),
  );
}

export const ping = (text = 'fairlead') => frame(types.ping, 0, 0, text);
export const window = (stream: number, increment: number) =>
  frame(types.window, 0, stream, u32(increment));
export const reset = (stream: number, code = 8) => frame(types.reset, 0, stream, u32(code));
export const data = (stream: number, body: Payload, flags = END_STREAM) =>
  frame(types.data, flags, stream, body);

/** An integer of HPACK with so many bits in its first byte, under `pattern`. */
export function integer(value: number, bits: number, pattern = 0): number[] {
  const max = 2 ** bits - 1;
  if (value < max) return [pattern | value];
  const bytes = [pattern | max];
  let rest = value - max;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

export type Field = readonly [name: string, value: string];

/** Fields as literals that no table is needed for. */
export function block(...fields: readonly Field[]): Buffer {
  const text = (value: string) => {
    const bytes = Buffer.from(value, 'latin1');
    return Buffer.concat([Buffer.from(integer(bytes.length, 7)), bytes]);
  };
  return Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]),
  );
}

/** A plain request's fields, with others in their place (undefined: left out) and more behind them. */
export function fields(
  other: Readonly<Record<string, string | undefined>> = {},
  ...more: readonly Field[]
): readonly Field[] {
  const usual = { ':method': 'GET', ':scheme': 'https', ':authority': 'a.test', ':path': '/' };
  const all = Object.entries<string | undefined>({ ...usual, ...other });
  return [
    ...all.flatMap(([name, value]): Field[] => (value === undefined ? [] : [[name, value]])),
    ...more,
  ];
}

export function headers(
  stream: number,
  said: readonly Field[] = fields(),
  flags = END_STREAM | END_HEADERS,
): Buffer {
  return frame(types.headers, flags, stream, block(...said));
}

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export class Wire {
  readonly socket: TLSSocket;
  readonly frames: Frame[] = [];
  closed = false;
  #left = Buffer.alloc(0);
  #seen = 0;
  #wake: () => void = () => {};

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('end', () => this.#end());
    socket.on('close', () => this.#end());
  }

  /** `first`: what is said right behind the TLS handshake; the preface and settings that spare us a table. */
  static async connect(
    port: number,
    first: readonly Buffer[] = [PREFACE, settings([settingIds.tableSize, 0])],
  ): Promise<Wire> {
    const socket = connect({
      host: '127.0.0.1',
      port,
      servername: 'a.test',
      rejectUnauthorized: false,
      ALPNProtocols: ['h2'],
    });
    onTestFinished(() => void socket.destroy());
    await once(socket, 'secureConnect');
    if (socket.alpnProtocol !== 'h2') throw new Error('the other side speaks no HTTP/2');
    return new Wire(socket).send(...first);
  }

  send(...frames: readonly Buffer[]): this {
    if (this.socket.writable) this.socket.write(Buffer.concat(frames));
    return this;
  }

  /** The next frame for which `wanted` holds; null: the connection ended before, or nothing came for long. */
  async next(wanted: (frame: Frame) => boolean): Promise<Frame | null> {
    for (;;) {
      while (this.#seen < this.frames.length) {
        const found = this.frames[this.#seen++]!;
        if (wanted(found)) return found;
      }
      if (this.closed || !(await this.#news())) return null;
    }
  }

  /**
   * What the other side makes of it: `goaway CODE`, `reset CODE`, `answer STATUS`, `pong`, `closed`, or `nothing`
   * for ten seconds. Of GOAWAY without an error the end of the connection is waited for.
   */
  async outcome(): Promise<string> {
    const found = await this.next(({ type, flags, payload }) => {
      if (type === types.ping) return (flags & ACK) !== 0;
      if (type === types.goaway) return payload.readUInt32BE(4) !== 0;
      return type === types.reset || type === types.headers;
    });
    if (found === null) return this.closed ? 'closed' : 'nothing';
    if (found.type === types.ping) return 'pong';
    if (found.type === types.headers) return `answer ${statusIn(found.payload)}`;
    const code = found.payload.readUInt32BE(found.type === types.goaway ? 4 : 0);
    return `${found.type === types.goaway ? 'goaway' : 'reset'} ${errors[code] ?? code}`;
  }

  /** False: nothing for ten seconds. */
  #news(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), 10_000);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  #take(chunk: Buffer): void {
    let bytes = Buffer.concat([this.#left, chunk]);
    while (bytes.length >= 9) {
      const end = 9 + bytes.readUIntBE(0, 3);
      if (bytes.length < end) break;
      this.frames.push({
        type: bytes[3]!,
        flags: bytes[4]!,
        stream: bytes.readUInt32BE(5),
        payload: bytes.subarray(9, end),
      });
      bytes = bytes.subarray(end);
    }
    this.#left = bytes;
    this.#wake();
  }

  #end(): void {
    this.closed = true;
    this.#wake();
  }
}

const indexed = [200, 204, 206, 304, 400, 404, 500];

/** The status, which comes first; from a peer that was told to keep no table. */
export function statusIn(bytes: Buffer): number {
  let at = 0;
  while ((bytes[at]! & 0xe0) === 0x20) at++; // "the table has no room", in one byte
  const first = bytes[at]!;
  if (first >= 0x88 && first <= 0x8e) return indexed[first - 0x88]!;
  const length = bytes[at + 1]!;
  const text = bytes.subarray(at + 2, at + 2 + (length & 127));
  return Number(length & 128 ? digitsIn(text) : text.toString());
}

/** Digits in HPACK's Huffman code: 0 to 2 have five bits, 3 to 9 six. */
function digitsIn(text: Buffer): string {
  let bits = [...text].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  let digits = '';
  while (digits.length < 3) {
    const five = Number.parseInt(bits.slice(0, 5), 2);
    const size = five < 3 ? 5 : 6;
    digits += size === 5 ? five : Number.parseInt(bits.slice(0, 6), 2) - 0x19 + 3;
    bits = bits.slice(size);
  }
  return digits;
}
