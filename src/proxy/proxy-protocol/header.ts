/**
 * The header of the PROXY protocol (HAProxy's proxy-protocol.txt, versions 1 and 2): who the client of the balancer in
 * front is. Nothing beyond its own length is read.
 */
import { isIP } from 'node:net';

/** A line of version 1 is never longer. */
export const LINE_BYTES_MAX = 107;
/** Addresses, and room for the extensions that balancers send. */
export const BINARY_BYTES_MAX = 4096;

export const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
/** How addresses of IPv4 begin in those of IPv6. */
export const MAPPED = Buffer.from('00000000000000000000ffff', 'hex');
const LINE = Buffer.from('PROXY ', 'latin1');

export interface ProxyHeader {
  /** null: the balancer speaks for itself, or does not know. */
  readonly client: { readonly address: string; readonly port: number } | null;
  readonly length: number;
}

/** `more`: its end has not come yet. `bad`: there is none, or one that makes no sense. */
export function readProxyHeader(bytes: Buffer): ProxyHeader | 'more' | 'bad' {
  if (begins(bytes, LINE)) return readLine(bytes);
  if (begins(bytes, SIGNATURE)) return readBinary(bytes);
  return 'bad';
}

/** As far as both go. */
function begins(bytes: Buffer, with_: Buffer): boolean {
  const length = Math.min(bytes.length, with_.length);
  return bytes.subarray(0, length).equals(with_.subarray(0, length));
}

function readLine(bytes: Buffer): ProxyHeader | 'more' | 'bad' {
  const end = bytes.subarray(0, LINE_BYTES_MAX).indexOf('\r\n');
  if (end < 0) return bytes.length < LINE_BYTES_MAX ? 'more' : 'bad';
  const line = bytes.toString('latin1', 0, end);
  const length = end + 2;
  if (/^PROXY UNKNOWN(?: |$)/.test(line)) return { client: null, length };
  const match = /^PROXY TCP([46]) ([\d.a-fA-F:]+) ([\d.a-fA-F:]+) (\d{1,5}) (\d{1,5})$/.exec(line);
  if (match === null) return 'bad';
  const [, kind, address = '', to = '', from, at] = match;
  const fits = isIP(address) === Number(kind) && isIP(to) === Number(kind);
  if (!fits || Number(from) > 65_535 || Number(at) > 65_535) return 'bad';
  return { client: { address, port: Number(from) }, length };
}

function readBinary(bytes: Buffer): ProxyHeader | 'more' | 'bad' {
  if (bytes.length < 16) return 'more';
  const version = bytes[12]! >> 4;
  const command = bytes[12]! & 15;
  const family = bytes[13]!;
  const length = 16 + bytes.readUInt16BE(14);
  if (version !== 2 || command > 1 || length > BINARY_BYTES_MAX) return 'bad';
  if (bytes.length < length) return 'more';
  if (command === 0 || family === 0) return { client: null, length };
  if (family === 0x11 && length >= 28) {
    const address = [...bytes.subarray(16, 20)].join('.');
    return { client: { address, port: bytes.readUInt16BE(24) }, length };
  }
  if (family === 0x21 && length >= 52) {
    if (bytes.subarray(16, 28).equals(MAPPED)) {
      const address = [...bytes.subarray(28, 32)].join('.');
      return { client: { address, port: bytes.readUInt16BE(48) }, length };
    }
    const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(16 + 2 * i).toString(16));
    return { client: { address: shortened(groups), port: bytes.readUInt16BE(48) }, length };
  }
  return 'bad';
}

/** As Node writes addresses of sockets: the first longest run of zeros left out. */
function shortened(groups: readonly string[]): string {
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
