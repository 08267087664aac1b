/**
 * A log that is appended to: lines are gathered and written by the system's own threads, so that no request waits for a
 * disk. When the file was moved or deleted, as log rotation does, it is opened anew within a second of the next line, or
 * at once by `reopen`. What cannot be written is lost, and told; requests go on.
 */
import { closeSync, constants, fstatSync, open, openSync, stat, write } from 'node:fs';

/** As many characters wait for the disk at most; what comes beyond is dropped. */
export const WAITING_MAX = 16 * 1024 * 1024;
/** As many are written without waiting for more. */
const FULL = 64 * 1024;
/** How often it is looked whether the file is still there, and trouble with it is told. */
const LOOK_EVERY_MS = 1000;
const TELL_EVERY_MS = 60_000;
/** A pipe that is full is tried again after this. */
const AGAIN_MS = 50;

const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT;
const MODE = 0o644;

const descriptors: ReadonlyMap<string, number> = new Map([
  ['/dev/stdout', 1],
  ['/dev/stderr', 2],
]);

export class LogFile {
  readonly path: string;
  /** Lines that could not be written. */
  lost = 0;
  readonly #tell: (line: string) => void;
  readonly #delayMs: number;
  #fd: number;
  /** Which file `#fd` is: device and inode. */
  #identity = '';
  #waiting = '';
  #lines = 0;
  #timer: NodeJS.Timeout | null = null;
  #writing = false;
  #lookedMs = performance.now();
  #toldMs = Number.NEGATIVE_INFINITY;
  #reopens = false;
  #closed: (() => void) | null = null;

  /**
   * `/dev/stdout` and `/dev/stderr` are the process's own. `tell` takes a line about trouble, at most once a minute;
   * `delayMs`: how long lines may wait for others.
   * @throws Error when it cannot be opened.
   */
  constructor(path: string, tell: (line: string) => void, delayMs = 100) {
    this.path = path;
    this.#tell = tell;
    this.#delayMs = delayMs;
    this.#fd = descriptors.get(path) ?? openSync(path, FLAGS, MODE);
    this.#identity = identityOf(fstatSync(this.#fd));
  }

  /** `line` ends in a line feed; one character is one byte. */
  write(line: string): void {
    if (this.#waiting.length + line.length > WAITING_MAX) {
      this.#lose(1, 'the disk does not keep up');
      return;
    }
    this.#waiting += line;
    this.#lines++;
    if (this.#waiting.length >= FULL) this.#flush();
    else if (this.#timer === null && !this.#writing) {
      this.#timer = setTimeout(() => this.#flush(), this.#delayMs);
    }
  }

  /** Opens the path anew before the next lines are written. */
  reopen(): void {
    this.#reopens = true;
    this.#flush();
  }

  /** Resolves when everything is written. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#closed = resolve;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#writing) return;
    this.#writing = true;
    this.#look(() => this.#writeWaiting());
  }

  /** Opens the file anew if it should, or if another one or none is at the path now. */
  #look(then: () => void): void {
    const now = performance.now();
    if (this.#reopens) this.#open(then);
    else if (now - this.#lookedMs < LOOK_EVERY_MS) then();
    else {
      this.#lookedMs = now;
      stat(this.path, (error, found) => {
        if (error === null && identityOf(found) === this.#identity) then();
        else this.#open(then);
      });
    }
  }

  #open(then: () => void): void {
    this.#reopens = false;
    if (descriptors.has(this.path)) {
      then();
      return;
    }
    open(this.path, FLAGS, MODE, (error, fd) => {
      if (error !== null) this.#say(`cannot be opened anew: ${error.message}`);
      else {
        closeSync(this.#fd);
        this.#fd = fd;
        this.#identity = identityOf(fstatSync(fd));
      }
      then();
    });
  }

  #writeWaiting(): void {
    const bytes = Buffer.from(this.#waiting, 'latin1');
    const lines = this.#lines;
    this.#waiting = '';
    this.#lines = 0;
    if (bytes.length === 0) this.#idle();
    else this.#writeAll(bytes, lines);
  }

  #writeAll(bytes: Buffer, lines: number): void {
    write(this.#fd, bytes, 0, bytes.length, null, (error, written) => {
      if (error?.code === 'EAGAIN') setTimeout(() => this.#writeAll(bytes, lines), AGAIN_MS);
      else if (error !== null) {
        this.#lose(lines, error.message);
        this.#again();
      } else if (written < bytes.length) this.#writeAll(bytes.subarray(written), lines);
      else this.#again();
    });
  }

  #again(): void {
    if (this.#waiting === '' && !this.#reopens) this.#idle();
    else if (this.#closed !== null || this.#reopens || this.#waiting.length >= FULL) {
      this.#look(() => this.#writeWaiting());
    } else {
      this.#writing = false;
      this.#timer = setTimeout(() => this.#flush(), this.#delayMs);
    }
  }

  #idle(): void {
    this.#writing = false;
    if (this.#closed === null) return;
    if (!descriptors.has(this.path)) closeSync(this.#fd);
    this.#closed();
  }

  #lose(lines: number, why: string): void {
    this.lost += lines;
    this.#say(`${why}; ${this.lost} lines are lost so far`);
  }

  #say(what: string): void {
    const now = performance.now();
    if (now - this.#toldMs < TELL_EVERY_MS) return;
    this.#toldMs = now;
    this.#tell(`${this.path}: ${what}`);
  }
}

function identityOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}:${ino}`;
}
