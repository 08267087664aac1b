/**
 * What an httpd.conf means to a proxy (spec: httpd 9): from the tree of its lines to a `ProxyConfig`. Every
 * directive is understood, known not to concern balancing, or an error.
 */
import { LabError, type Problem, problemsMax } from '../problems/errors.ts';
import type { ProxyConfig } from './config.ts';
import { settleAuth } from './directives/auth.ts';
import { finish } from './directives/finish.ts';
import { settleOldAccess } from './directives/old-access.ts';
import { Reading } from './directives/reading.ts';
import { serverScope } from './directives/sections.ts';
import { directiveNames, walk } from './directives/walk.ts';
import { type ReadOptions, readConfig } from './read.ts';
import type { Node } from './tree.ts';

/**
 * The meaning of `nodes`. `warnings` are those of reading the file; ours follow them.
 * @throws LabError with every problem (at most `problemsMax`), in order of their places.
 */
export function interpret(
  nodes: readonly Node[],
  file: string,
  warnings: readonly Problem[],
): ProxyConfig {
  const reading = new Reading(file);
  reading.warnings.push(...warnings);
  walk(reading, nodes, serverScope(reading.servers[0], false));
  settleOldAccess(reading);
  settleAuth(reading);
  const config = finish(reading);
  if (reading.problems.length > 0) throw new LabError(reading.problems.slice(0, problemsMax));
  return config;
}

/** A configuration read from files, with what identifies them. */
export type LoadedConfig = ProxyConfig & {
  /** Every file read, in the order of first reading. */
  readonly files: readonly string[];
  /** Directories that were looked through for files to include. */
  readonly folders: readonly string[];
  /** Of the bytes of all files, in hex. */
  readonly sha256: string;
};

/**
 * Reads the httpd.conf at `path` and everything it includes.
 * @throws LabError with every problem.
 */
export function loadHttpd(path: string, options: ReadOptions = {}): LoadedConfig {
  const read = readConfig(path, { directives: directiveNames, ...options });
  const config = interpret(read.nodes, path, read.warnings);
  const { files, folders, sha256 } = read;
  return { ...config, files, folders, sha256 };
}
