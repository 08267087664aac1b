/** Reads an access log of any length, line by line, and keeps of it what replays need. */
import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { LabError, type Problem } from '../../problems/errors.ts';
import { reasonOf } from '../../scenario/files.ts';
import { TraceColumns } from '../../scenario/trace-columns.ts';
import type { LineReader } from '../../scenario/trace-format.ts';
import { interruptible } from '../interruptible.ts';
import { progress } from '../progress.ts';

const MiB = 1024 * 1024;
/** Larger ones show how far they are read. */
const PROGRESS_FROM = 32 * MiB;
/** Lines of a log are shorter. */
const LINE_MAX = 64 * 1024;
/** How many bad lines are shown one by one. */
const SHOWN_MAX = 3;

export interface ReadLog {
  readonly columns: TraceColumns;
  /** Lines that are not empty. */
  readonly lines: number;
  readonly misfits: number;
  /** The first of them. */
  readonly shown: readonly Problem[];
  /** Lines of what was no request: it never came, or no balancer had to do with it. */
  readonly noRequests: number;
  readonly sha256: string;
}

/** `file`: `-` is stdin; what ends in `.gz` is unpacked. @throws LabError when nothing of it can be used */
export async function readLog(file: string, reader: LineReader, quiet: boolean): Promise<ReadLog> {
  const lines = new Lines(file, reader);
  const hash = createHash('sha256');
  const size = file === '-' ? 0 : sizeOf(file);
  const shown = progress(`reading ${file}`, quiet || size < PROGRESS_FROM, 'MiB');
  let bytes = 0;
  const raw = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: MiB });
  const counted = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      shown.update(Math.floor(bytes / MiB), Math.ceil(size / MiB));
      yield chunk;
    }
  };
  const take = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) lines.take(chunk);
  };
  const work = () =>
    file.endsWith('.gz')
      ? pipeline(raw, counted, createGunzip(), take)
      : pipeline(raw, counted, take);
  try {
    await interruptible(work, shown.stop);
  } catch (cause) {
    throw unreadable(file, cause);
  } finally {
    shown.stop();
  }
  return { ...lines.end(), sha256: hash.digest('hex') };
}

/** From chunks of bytes to lines to columns. */
class Lines {
  readonly #file: string;
  readonly #reader: LineReader;
  readonly #decoder = new StringDecoder('utf8');
  readonly #columns = new TraceColumns();
  #rest = '';
  #number = 0;
  #lines = 0;
  #misfits = 0;
  #noRequests = 0;
  readonly #shown: Problem[] = [];

  constructor(file: string, reader: LineReader) {
    this.#file = file;
    this.#reader = reader;
  }

  take(chunk: Buffer): void {
    const text = this.#rest + this.#decoder.write(chunk);
    let from = 0;
    for (let to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', from)) {
      this.#line(text.slice(from, to));
      from = to + 1;
    }
    this.#rest = text.slice(from, from + LINE_MAX + 1); // whatever comes, it is too long then
  }

  end(): Omit<ReadLog, 'sha256'> {
    this.#line(this.#rest);
    if (this.#columns.count === 0) throw this.#useless();
    return {
      columns: this.#columns,
      lines: this.#lines,
      misfits: this.#misfits,
      shown: this.#shown,
      noRequests: this.#noRequests,
    };
  }

  #line(raw: string): void {
    this.#number++;
    const text = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (text.trim() === '') return;
    this.#lines++;
    const entry = text.length > LINE_MAX ? null : this.#reader.read(text);
    if (entry === 'no request') this.#noRequests++;
    else if (entry !== null) this.#columns.add(entry);
    else if (++this.#misfits <= SHOWN_MAX) this.#shown.push(this.#misfit(text.slice(0, LINE_MAX)));
  }

  #misfit(source: string): Problem {
    const { column, expected } = this.#reader.misfit(source);
    const message = `this line does not fit; expected ${expected} here. It is left out.`;
    const place = { file: this.#file, line: this.#number, column, path: 'log' };
    return { ...place, message, code: 'VALUE', severity: 'warning', source };
  }

  /** Why nothing of the log can be used. */
  #useless(): LabError {
    const [first] = this.#shown;
    const { expected } = this.#reader;
    const place = { file: this.#file, line: 0, column: 0, path: 'log', code: 'VALUE' } as const;
    const says =
      this.#lines === 0
        ? `the access log is empty; expected lines such as ${expected}.`
        : `the access log has ${this.#lines} lines and none that was a request for a balancer.`;
    if (first === undefined) return new LabError([{ ...place, message: says, severity: 'error' }]);
    const message = `not one of ${this.#lines} lines fits; expected ${expected}. This one differs here, where ${this.#reader.misfit(first.source!).expected} was expected. Say with --format which LogFormat wrote the log.`;
    return new LabError([{ ...first, message, severity: 'error' }]);
  }
}

function sizeOf(file: string): number {
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) throw new Error('it is a folder; expected a file');
    return stat.size;
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function unreadable(file: string, cause: unknown): LabError {
  if (cause instanceof LabError) return cause;
  const message = `the access log cannot be read: ${reasonOf(cause)}.`;
  const place = { file, line: 0, column: 0, path: 'log' };
  return new LabError([{ ...place, message, code: 'UNREADABLE', severity: 'error' }], { cause });
}
