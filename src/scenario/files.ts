/** Reads the scenario file and the files it refers to, and remembers their bytes for the digest. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { LabError } from '../problems/errors.ts';

const MiB = 1024 * 1024;
const scenarioBytesMax = MiB;
/** Of an access log or a list of samples, unpacked: what fits into one string, with room. */
const otherBytesMax = 256 * MiB;

/** Bytes of the scenario file at `path`. @throws LabError UNREADABLE */
export function readScenarioBytes(path: string): Buffer {
  try {
    return readBytes(path, scenarioBytesMax);
  } catch (cause) {
    throw unreadable(path, `cannot be read: ${reasonOf(cause)}.`, cause);
  }
}

/** Text of a scenario file. @throws LabError UNREADABLE when it is not UTF-8 text or is too large. */
export function decodeScenario(bytes: Buffer, file: string): string {
  if (bytes.length > scenarioBytesMax) {
    throw unreadable(
      file,
      'is larger than 1 MiB; expected a scenario. Put traces into files of their own.',
    );
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {}
  throw unreadable(file, 'is not UTF-8 text; expected a YAML scenario. Save it as UTF-8.');
}

/** Files named in a scenario, relative to it. */
export interface ReferredFiles {
  /** Name for messages: relative as the scenario's own name is. */
  shown(name: string): string;
  absolute(name: string): string;
  /** Text of the file, unpacked when it ends in `.gz`. @throws Error with a reason for a reader */
  read(name: string): string;
  /** Adds a file that somebody else has read, by its path. */
  addToDigest(path: string): void;
  /** Absolute paths of all that was read or added so far. */
  paths(): readonly string[];
  /** SHA-256 of the scenario's bytes and those of every file read, each with its length before it, in hex. */
  digest(): string;
}

/** `file`: path of the scenario; `own`: what it holds, and what else decides what it says. */
export function referredFiles(file: string, own: readonly Buffer[]): ReferredFiles {
  const folder = dirname(file);
  const seen = new Map<string, Buffer>();
  const absolute = (name: string) => resolve(folder, name);
  return {
    shown: (name) => (isAbsolute(name) ? name : join(folder, name)),
    absolute,
    read: (name) => {
      const path = absolute(name);
      try {
        const raw = seen.get(path) ?? readBytes(path, otherBytesMax);
        seen.set(path, raw);
        const plain = path.endsWith('.gz')
          ? gunzipSync(raw, { maxOutputLength: otherBytesMax })
          : raw;
        return plain.toString('utf8');
      } catch (cause) {
        throw new Error(reasonOf(cause), { cause });
      }
    },
    addToDigest: (path) => {
      const full = resolve(path);
      if (!seen.has(full)) seen.set(full, readBytes(full, otherBytesMax));
    },
    paths: () => [...seen.keys()],
    digest: () => {
      const hash = createHash('sha256');
      for (const part of [...own, ...seen.values()]) {
        const length = Buffer.alloc(8);
        length.writeBigUInt64BE(BigInt(part.length));
        hash.update(length).update(part);
      }
      return hash.digest('hex');
    },
  };
}

function readBytes(path: string, bytesMax: number): Buffer {
  const stat = statSync(path);
  if (stat.isDirectory()) throw new Error('it is a folder; expected a file');
  if (!stat.isFile() && !stat.isFIFO()) throw new Error('it is a device; expected a file');
  if (stat.size > bytesMax) throw new Error(`it is larger than ${bytesMax / MiB} MiB`);
  return readFileSync(path);
}

/** Why a file cannot be read, for a sentence. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause ? String(cause.code) : '';
  const texts: Record<string, string> = {
    ENOENT: 'there is no such file',
    ENOTDIR: 'there is no such file',
    EACCES: 'its permissions do not allow it',
    ERR_BUFFER_TOO_LARGE: `unpacked it is larger than ${otherBytesMax / MiB} MiB`,
  };
  if (code.startsWith('Z_')) return 'it is not a whole gzip file';
  return texts[code] ?? cause.message;
}

function unreadable(file: string, what: string, cause?: unknown): LabError {
  const message = `the file ${what}`;
  const place = { file, line: 0, column: 0, path: '' };
  return new LabError([{ ...place, message, code: 'UNREADABLE', severity: 'error' }], { cause });
}
