/** Configurations as texts: written to a folder of their own, read, shown. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ReadConfig, type ReadOptions, readConfig } from '../../src/config/read.ts';
import type { Node } from '../../src/config/tree.ts';
import { LabError, type Problem } from '../../src/problems/errors.ts';

/** What a test gives for a file: text, or bytes as they are. */
export type Texts = Readonly<Record<string, string | Buffer>>;

/** A new folder that holds `files`, by their paths in it; whoever asks for it removes it. */
export function newFolder(files: Texts): string {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-read-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Calls `work` with a new folder that holds `files`. */
export function inFolder<T>(files: Texts, work: (folder: string) => T): T {
  const folder = newFolder(files);
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Reads `httpd.conf` of the files in an empty environment. */
export function read(files: Texts | string, options: ReadOptions = {}): Told {
  const all = typeof files === 'string' ? { 'httpd.conf': files } : files;
  return inFolder(all, (folder) => {
    const short = (text: string) => text.replaceAll(`${folder}/`, '').replaceAll(folder, '.');
    try {
      const config = readConfig(join(folder, 'httpd.conf'), { env: {}, ...options });
      const warnings = config.warnings.map((problem) => told(problem, short));
      return { tree: lines(config, short), warnings, errors: [] };
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      return { tree: [], warnings: [], errors: error.problems.map((one) => told(one, short)) };
    }
  });
}

/** Everything about a configuration that a test may ask, without the name of the folder. */
export interface Told {
  /** A line for each node: its line and column, its name, each word with its column (or line:column). */
  readonly tree: readonly string[];
  /** `line:column CODE message`, with the file's name in front unless it is the main one. */
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
}

function told({ file, line, column, code, message }: Problem, short: (text: string) => string) {
  const name = short(file) === 'httpd.conf' ? '' : `${short(file)}:`;
  return `${name}${line}:${column} ${code} ${short(message)}`;
}

function lines({ nodes }: ReadConfig, short: (text: string) => string): string[] {
  const show = (node: Node, depth: number): string[] => {
    const { file, line, column } = node.place;
    const words = node.words.map(({ text, place }) => {
      const at = place.line === line ? place.column : `${place.line}:${place.column}`;
      return ` ${text}@${at}`;
    });
    const name = node.kind === 'section' ? `<${node.name}>` : node.name;
    const from = short(file) === 'httpd.conf' ? '' : `${short(file)}:`;
    const own = `${'  '.repeat(depth)}${from}${line}:${column} ${name}${words.join('')}`;
    return node.kind === 'section'
      ? [own, ...node.children.flatMap((child) => show(child, depth + 1))]
      : [own];
  };
  return nodes.flatMap((node) => show(node, 0));
}
