/** Notices that files have changed. */
import { readdir, stat } from 'node:fs/promises';

export interface Watched {
  readonly files: readonly string[];
  /** Directories where files that come or go count, too. */
  readonly folders: readonly string[];
}

/**
 * Looks every `everyMs`, so that it works on any file system and however a file is written: in place, by renaming
 * another one, or by exchanging a link. A change is told once it has stayed for two looks, so that nobody reads half
 * of it. Does not keep the process alive.
 */
export class FileWatch {
  readonly #changed: () => void;
  readonly #everyMs: number;
  #watched: Watched = { files: [], folders: [] };
  /** What was last told, and what the last look saw. */
  #told = '';
  #seen = '';
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(changed: () => void, everyMs = 500) {
    this.#changed = changed;
    this.#everyMs = everyMs;
  }

  /** What to look at from now on. Told once in any case: it may have changed since it was read. */
  watch(watched: Watched): void {
    this.#watched = watched;
    this.#told = '';
    if (this.#timer === null) this.#again();
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #again(): void {
    if (!this.#closed) this.#timer = setTimeout(() => void this.#look(), this.#everyMs).unref();
  }

  async #look(): Promise<void> {
    const watched = this.#watched;
    const now = await stateOf(watched);
    if (this.#closed || watched !== this.#watched) return this.#again();
    const settled = now === this.#seen;
    this.#seen = now;
    if (settled && now !== this.#told) {
      this.#told = now;
      this.#changed();
    }
    this.#again();
  }
}

async function stateOf({ files, folders }: Watched): Promise<string> {
  const ofFiles = files.map(async (file) => {
    const { ino, size, mtimeNs } = await stat(file, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  });
  const ofFolders = folders.map(async (folder) => (await readdir(folder)).sort().join('/'));
  const results = await Promise.allSettled([...ofFiles, ...ofFolders]);
  return results.map((one) => (one.status === 'fulfilled' ? one.value : 'gone')).join('\n');
}
