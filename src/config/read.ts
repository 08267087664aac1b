/** Reads an httpd.conf as httpd 2.4 would: lines, sections, variables, conditions, included files. */
import { dirname } from 'node:path';
import type { Problem } from '../problems/errors.ts';
import { readFile } from './syntax/blocks.ts';
import { configFiles, type FileCache } from './syntax/files.ts';
import { findings, Stop } from './syntax/findings.ts';
import { modules } from './syntax/modules.ts';
import { reading } from './syntax/reading.ts';
import { variables } from './syntax/variables.ts';
import type { Node } from './tree.ts';

export interface ReadOptions {
  /** Names that `<IfDefine>` finds, as after httpd's `-D`. */
  readonly defines?: readonly string[];
  /** For `${NAME}` without a Define; the process's own, unless given. */
  readonly env?: NodeJS.ProcessEnv;
  /** What `<IfDirective>` and `<IfSection>` find: names in lower case, sections with `<` in front. */
  readonly directives?: ReadonlySet<string>;
}

export interface ReadConfig {
  readonly nodes: readonly Node[];
  /** Every file read, in the order of first reading: `path` as given, others as Include leads to them. */
  readonly files: readonly string[];
  /** Directories that were looked through for files to include. */
  readonly folders: readonly string[];
  readonly warnings: readonly Problem[];
  /** SHA-256 of the bytes of all files, each with its length before it, in hex. */
  readonly sha256: string;
}

/**
 * The tree of the configuration at `path`. Relative paths of Include are searched in ServerRoot, and before a
 * ServerRoot line in the directory of `path`. A configuration without any LoadModule line is taken for a
 * fragment: `<IfModule>` then finds all of httpd's own modules.
 * @throws LabError with every problem found, at most `problemsMax`
 */
export function readConfig(path: string, options: ReadOptions = {}): ReadConfig {
  const cache: FileCache = new Map();
  return attempt(path, options, cache, false) ?? attempt(path, options, cache, true)!;
}

/** null: it is a fragment, and some `<IfModule>` asked for one of httpd's own modules. */
function attempt(
  path: string,
  { defines = [], env = process.env, directives }: ReadOptions,
  cache: FileCache,
  fragment: boolean,
): ReadConfig | null {
  const found = findings();
  const files = configFiles(cache);
  const world = {
    variables: variables(defines, env),
    modules: modules(fragment),
    directives: directives ?? null,
    serverRoot: dirname(path),
  };
  let nodes: readonly Node[] = [];
  try {
    nodes = readFile(reading(found, files, world), path, null);
  } catch (cause) {
    if (!(cause instanceof Stop)) throw cause;
  }
  if (world.modules.wanting) return null;
  found.throwErrors();
  const { names, folders } = files;
  const { warnings } = found;
  return { nodes, files: names, folders: [...folders], warnings, sha256: files.digest() };
}
