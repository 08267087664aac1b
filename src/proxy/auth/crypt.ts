/**
 * The hashes of passwords that `htpasswd` writes, computed anew from a password and what a hash says of its salt: MD5
 * (`$apr1$`, `$1$`), SHA-crypt (`$5$`, `$6$`) and `{SHA}`.
 */
import { createHash } from 'node:crypto';

type Algorithm = 'md5' | 'sha1' | 'sha256' | 'sha512';

/** What `password` becomes under the method and salt of `hash`: equal to `hash` for the right one. */
export function crypt(password: Buffer, hash: string): string {
  if (hash.startsWith('{SHA}')) return `{SHA}${digestOf('sha1', [password]).toString('base64')}`;
  const [, method = '', first = '', second = ''] = hash.split('$');
  if (method === 'apr1' || method === '1')
    return md5Crypt(password, `$${method}$`, first.slice(0, 8));
  const [rounds, salt] = first.startsWith('rounds=') ? [`${first}$`, second] : ['', first];
  const head = `$${method}$${rounds}${salt}$`;
  const count = rounds === '' ? 5000 : Number(rounds.slice('rounds='.length, -1));
  return (
    head + shaCrypt(method === '5' ? 'sha256' : 'sha512', password, salt, Math.max(1000, count))
  );
}

function md5Crypt(password: Buffer, method: string, saltText: string): string {
  const salt = Buffer.from(saltText, 'latin1');
  const inner = digestOf('md5', [password, salt, password]);
  const first = [password, Buffer.from(method), salt, repeated(inner, password.length)];
  for (let bits = password.length; bits > 0; bits >>= 1) {
    first.push(bits & 1 ? Buffer.alloc(1) : password.subarray(0, 1));
  }
  const digest = stretched('md5', 1000, digestOf('md5', first), password, salt);
  const groups = [0, 1, 2, 3].map((i) => [i, i + 6, i + 12]);
  return `${method}${saltText}$${encoded(digest, [...groups, [4, 10, 5], [11]])}`;
}

/** After "Unix crypt using SHA-256 and SHA-512", version 0.6. */
function shaCrypt(
  algorithm: 'sha256' | 'sha512',
  password: Buffer,
  saltText: string,
  rounds: number,
): string {
  const salt = Buffer.from(saltText, 'latin1');
  const inner = digestOf(algorithm, [password, salt, password]);
  const first = [password, salt, repeated(inner, password.length)];
  for (let bits = password.length; bits > 0; bits >>= 1) first.push(bits & 1 ? inner : password);
  const start = digestOf(algorithm, first);
  const times = (what: Buffer, count: number) =>
    digestOf(
      algorithm,
      Array.from({ length: count }, () => what),
    );
  const longPassword = repeated(times(password, password.length), password.length);
  const longSalt = repeated(times(salt, 16 + start[0]!), salt.length);
  const digest = stretched(algorithm, rounds, start, longPassword, longSalt);
  return encoded(digest, algorithm === 'sha256' ? sha256Order : sha512Order);
}

const sha256Order = [...triples(10, (i) => (3 - (i % 3)) % 3), [31, 30]];
const sha512Order = [...triples(21, (i) => i % 3), [63]];

/** Groups of three bytes, each a third of the digest apart, of which every other group begins elsewhere. */
function triples(third: number, turned: (i: number) => number): number[][] {
  return Array.from({ length: third }, (_, i) => {
    const group = [i, i + third, i + 2 * third];
    return [...group.slice(turned(i)), ...group.slice(0, turned(i))];
  });
}

function stretched(
  algorithm: Algorithm,
  rounds: number,
  start: Buffer,
  password: Buffer,
  salt: Buffer,
): Buffer {
  let digest = start;
  for (let round = 0; round < rounds; round++) {
    const odd = round % 2 === 1;
    const parts = [odd ? password : digest];
    if (round % 3 !== 0) parts.push(salt);
    if (round % 7 !== 0) parts.push(password);
    parts.push(odd ? digest : password);
    digest = digestOf(algorithm, parts);
  }
  return digest;
}

/** `bytes` again and again, `length` bytes of them. */
function repeated(bytes: Buffer, length: number): Buffer {
  return Buffer.alloc(length, bytes);
}

function digestOf(algorithm: Algorithm, parts: readonly Buffer[]): Buffer {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Six bits a character, from the lowest of each group of bytes on. */
function encoded(digest: Buffer, groups: readonly (readonly number[])[]): string {
  let text = '';
  for (const group of groups) {
    let bits = group.reduce((sum, at) => sum * 256 + digest[at]!, 0);
    for (let left = Math.ceil((group.length * 8) / 6); left > 0; left--) {
      text += ALPHABET[bits & 63];
      bits >>= 6;
    }
  }
  return text;
}
