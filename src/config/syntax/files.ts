/** The files of a configuration: read once each, checked to be text, remembered for the digest. */
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Source, sourceOf } from './source.ts';

const MiB = 1024 * 1024;
const bytesMax = 16 * MiB;

/** Why a file cannot be used: a clause that follows its name, and where in the file, when that is known. */
export class Unreadable extends Error {
  readonly line: number;
  readonly column: number;

  constructor(message: string, line = 0, column = 0) {
    super(message);
    this.line = line;
    this.column = column;
  }
}

export interface Files {
  /** Names of all files read so far, in the order of their first reading. */
  readonly names: readonly string[];
  /** Directories that were looked through for files to include. */
  readonly folders: Set<string>;
  /** `file`: its path, and its name for messages. @throws Unreadable */
  open(file: string): Source;
  /** SHA-256 of the bytes of every file, each with its length before it, in hex. */
  digest(): string;
}

interface OpenFile {
  readonly bytes: Buffer;
  readonly source: Source;
}

/** Files by absolute path: who reads twice must see the same. */
export type FileCache = Map<string, OpenFile>;

/** Reads files that are not in `cache` yet. */
export function configFiles(cache: FileCache): Files {
  const seen = new Set<OpenFile>();
  const names: string[] = [];
  return {
    names,
    folders: new Set(),
    open(file) {
      const path = resolve(file);
      const known = cache.get(path) ?? read(file);
      cache.set(path, known);
      if (!seen.has(known)) names.push(file);
      seen.add(known);
      return known.source;
    },
    digest() {
      const hash = createHash('sha256');
      for (const { bytes } of seen) {
        const length = Buffer.alloc(8);
        length.writeBigUInt64BE(BigInt(bytes.length));
        hash.update(length).update(bytes);
      }
      return hash.digest('hex');
    },
  };
}

/** Why the file system refused, for a reader. */
export function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const reasons: Record<string, string> = {
    ENOENT: 'there is no such file',
    ENOTDIR: 'a part of its path is not a directory',
    EACCES: 'its permissions do not allow it',
    ELOOP: 'its symbolic links lead in a circle',
    ENAMETOOLONG: 'its name is too long',
  };
  return reasons[code] ?? (cause instanceof Error ? cause.message : String(cause));
}

function read(file: string): OpenFile {
  const bytes = readBytes(file);
  return { bytes, source: sourceOf(file, decode(bytes), isUtf8(bytes)) };
}

function readBytes(file: string): Buffer {
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) throw new Unreadable('is a directory; expected a file');
    if (!stat.isFile() && !stat.isFIFO() && file !== '/dev/null')
      throw new Unreadable('is a device or a socket; expected a file');
    if (stat.size > bytesMax) throw tooLarge();
    const bytes = readFileSync(file);
    if (bytes.length > bytesMax) throw tooLarge();
    return bytes;
  } catch (cause) {
    if (cause instanceof Unreadable) throw cause;
    throw new Unreadable(`cannot be read: ${reasonOf(cause)}`);
  }
}

const tooLarge = () =>
  new Unreadable(`is larger than ${bytesMax / MiB} MiB; expected an httpd configuration`);

/** @throws Unreadable when it is not text, or starts with a byte order mark, which is none to httpd either */
function decode(bytes: Buffer): string {
  const zero = bytes.indexOf(0);
  if (zero >= 0) {
    const before = bytes.toString('utf8', 0, zero).split('\n');
    const column = before.at(-1)!.length + 1;
    throw new Unreadable('holds a zero byte; expected text', before.length, column);
  }
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    throw new Unreadable(
      'starts with a byte order mark, which httpd takes for a part of the first name. Save it as UTF-8 without one',
      1,
      1,
    );
  return bytes.toString('utf8');
}
