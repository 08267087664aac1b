/**
 * The name that a client asks for in its first message (RFC 8446 4.1.2, RFC 6066 3): it decides whose certificate and
 * whose rules hold, before OpenSSL sees a byte. Nothing else is read of it; whether it is right, OpenSSL says.
 */

/** More than this is no first message of anybody: what is not found by then is not looked for. */
export const HELLO_BYTES_MAX = 32_768;

const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;

/** null: it names no host, or cannot be read. */
export interface ClientHello {
  readonly serverName: string | null;
}

const unnamed: ClientHello = { serverName: null };

/** `more`: its end has not come yet. `other`: this is not TLS. */
export function readClientHello(bytes: Buffer): ClientHello | 'more' | 'other' {
  if (bytes.length === 0) return 'more';
  if (bytes[0] !== HANDSHAKE_RECORD) return 'other';
  const message = handshakeMessage(bytes);
  if (message === null) return bytes.length < HELLO_BYTES_MAX ? 'more' : unnamed;
  try {
    return { serverName: serverNameIn(new Cursor(message)) };
  } catch (error) {
    if (error instanceof RangeError) return unnamed;
    throw error;
  }
}

/**
 * The first message, put together from its records; null: some of it is missing. Records may be of one byte each, and
 * come one by one: nothing is put together before it is known to be whole.
 */
function handshakeMessage(bytes: Buffer): Buffer | null {
  let length = 0;
  let whole = 0;
  for (let at = 0; at + 5 <= bytes.length; ) {
    const end = at + 5 + bytes.readUInt16BE(at + 3);
    if (bytes[at] !== HANDSHAKE_RECORD || end === at + 5) return Buffer.alloc(0);
    length += Math.min(end, bytes.length) - at - 5;
    at = end;
    if (whole === 0 && length >= 4) whole = 4 + joined(bytes, at).readUIntBE(1, 3);
    if (whole > 0 && length >= whole) return joined(bytes, at).subarray(0, whole);
  }
  return null;
}

/** What the records before `to` hold. */
function joined(bytes: Buffer, to: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < to; ) {
    const end = at + 5 + bytes.readUInt16BE(at + 3);
    parts.push(bytes.subarray(at + 5, end));
    at = end;
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

function serverNameIn(hello: Cursor): string | null {
  if (hello.number(1) !== CLIENT_HELLO) return null;
  hello.skip(3 + 2 + 32); // length, version, random
  hello.skip(hello.number(1)); // session
  hello.skip(hello.number(2)); // ciphers
  hello.skip(hello.number(1)); // compressions
  const end = hello.number(2) + hello.at;
  while (hello.at < end) {
    const kind = hello.number(2);
    const length = hello.number(2);
    if (kind === SERVER_NAME) return nameIn(hello);
    hello.skip(length);
  }
  return null;
}

/** A list that can hold one name of each kind, and there is but one kind. */
function nameIn(hello: Cursor): string | null {
  hello.skip(2);
  if (hello.number(1) !== 0) return null;
  return hello.text(hello.number(2));
}

/** Reads forward; beyond the end there is a RangeError. */
class Cursor {
  at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  number(bytes: number): number {
    const value = this.#bytes.readUIntBE(this.at, bytes);
    this.at += bytes;
    return value;
  }

  text(length: number): string {
    const from = this.at;
    this.skip(length);
    if (this.at > this.#bytes.length) throw new RangeError('beyond the end');
    return this.#bytes.toString('latin1', from, this.at).toLowerCase();
  }

  skip(length: number): void {
    this.at += length;
  }
}
