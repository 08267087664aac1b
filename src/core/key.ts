/**
 * Request keys: what a hash method maps to a worker. A driver hashes the client's address or the path of the URI
 * once a request, and only for a method that asks for it.
 */

/** Which text of a request makes its key: the client's address, or the path of the URI. */
export type KeyKind = 'source' | 'uri';

/** Remainders of the reflected polynomial 0xEDB88320, by byte. */
const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) {
    remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  }
  return remainder;
});

/** Takes one byte into a CRC-32 under way (which starts as `~0` and ends inverted). */
export function crcByte(crc: number, byte: number): number {
  return (remainders[(crc ^ byte) & 0xff] ^ (crc >>> 8)) >>> 0;
}

/** CRC-32 of the UTF-8 of `text`, 0 to 2^32 - 1: nginx's hash of keys and of server names. */
export function keyOf(text: string): number {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) crc = crcByte(crc, unit);
    else if (unit < 0x800) {
      crc = crcByte(crcByte(crc, 0xc0 | (unit >>> 6)), 0x80 | (unit & 0x3f));
    } else {
      const point = text.codePointAt(i) ?? unit;
      if (point > 0xffff) {
        i++;
        crc = crcByte(crcByte(crc, 0xf0 | (point >>> 18)), 0x80 | ((point >>> 12) & 0x3f));
      } else crc = crcByte(crc, 0xe0 | (point >>> 12));
      crc = crcByte(crcByte(crc, 0x80 | ((point >>> 6) & 0x3f)), 0x80 | (point & 0x3f));
    }
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/**
 * The key of a worker's name, `host:port` or any other, without a scheme: of `host`, a zero byte and `port`, which is
 * what nginx's ring is made from.
 */
export function identityOf(name: string): number {
  const [, host = '', port = ''] = /^(?:\w+:\/\/)?(.*?)(?::(\d+))?$/s.exec(name) ?? [];
  return keyOf(`${host}\0${port}`);
}
