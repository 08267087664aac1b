/** The storage file as the monitor writes it: off the event loop, and never the end of the proxy. */
import { nowNs } from '../clock.ts';
import { writeWhole } from '../whole-file.ts';
import { type Row, writeStorage } from './storage.ts';

/** A file that cannot be written is told of this seldom. */
const TELL_EVERY_NS = 60e9;

export class StorageFile {
  /** Takes a line when the file cannot be written. */
  log: (line: string) => void = () => {};
  readonly #path: string;
  #isWriting = false;
  /** What is to be written next; null: all is. */
  #next: readonly Row[] | null = null;
  #toldNs = Number.NEGATIVE_INFINITY;

  constructor(path: string) {
    this.#path = path;
  }

  /** One after the other; of those that come meanwhile the last. */
  write(rows: readonly Row[]): void {
    this.#next = rows;
    if (!this.#isWriting) void this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#next !== null) {
      const rows = this.#next;
      this.#next = null;
      await writeWhole(this.#path, writeStorage(rows)).catch((error) => this.#tell(error));
    }
    this.#isWriting = false;
  }

  #tell({ code }: NodeJS.ErrnoException): void {
    const now = nowNs();
    if (now - this.#toldNs < TELL_EVERY_NS) return;
    this.#toldNs = now;
    this.log(`HeartbeatStorage: ${this.#path} cannot be written (${code})`);
  }
}
