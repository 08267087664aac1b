/**
 * Files of another git revision, put into a temporary folder: a scenario and what it needs, found by following the
 * names in it. Git runs as a child process without a shell; nothing in the repository is touched.
 */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { optionError } from '../../problems/errors.ts';
import { namedFiles } from './named-files.ts';

/** A file as large as git hands out at once: as large as a trace may be. */
const OUTPUT_MAX = 256 * 1024 * 1024;
/** Needing more files than this is a mistake in what is followed. */
const FILES_MAX = 5000;

export interface Revision {
  /** Where its files are: the root of the repository as it was. Gone when the process ends. */
  readonly folder: string;
  /** The scenario in there. */
  readonly file: string;
  /** Where the repository is now. */
  readonly root: string;
}

/**
 * The scenario `file` as of `ref` (branch, tag, commit) with every file it names: httpd.conf and what that includes,
 * lbmethods and what they import, traces, samples.
 * @returns null when the revision has no such file
 * @throws LabError when there is no repository or no such revision
 */
export function atRevision(ref: string, file: string): Revision | null {
  const absolute = realpathSync(resolve(file));
  const root = rootOf(absolute);
  const commit = commitOf(ref, root);
  const first = relative(root, absolute).split(sep).join('/');
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'fairlead-revision-')));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const wanted = [first];
  const taken = new Set<string>();
  for (let path = wanted.pop(); path !== undefined; path = wanted.pop()) {
    for (const blob of blobsAt(commit, path, root)) {
      if (taken.has(blob)) continue;
      taken.add(blob);
      if (taken.size > FILES_MAX) {
        throw optionError(
          '--against',
          `--against: ${file} needs more than ${FILES_MAX} files of git:${ref}; expected the few it names.`,
        );
      }
      const bytes = git(['show', `${commit}:${blob}`], root);
      write(join(folder, blob), bytes);
      wanted.push(...namedFiles(blob, bytes));
    }
  }
  linkPackages(root, folder);
  return taken.has(first) ? { folder, file: join(folder, first), root } : null;
}

function rootOf(file: string): string {
  try {
    const root = git(['rev-parse', '--show-toplevel'], dirname(file)).toString('utf8').trim();
    return realpathSync(root);
  } catch (cause) {
    const why =
      (cause as { code?: string }).code === 'ENOENT'
        ? 'git is not installed'
        : `${file} is in no git repository`;
    throw optionError(
      '--against',
      `--against git: ${why}; expected a working tree with the revision in it.`,
    );
  }
}

function commitOf(ref: string, root: string): string {
  try {
    const name = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
    return git(name, root).toString('utf8').trim();
  } catch {
    throw optionError(
      '--against',
      `--against git:${ref}: there is no such revision here; expected a branch, tag or commit. A CI checkout often has only the newest commit: fetch the other one first (with GitHub's checkout action, fetch-depth: 0).`,
    );
  }
}

/** The regular files at `path`: itself, or all below it when it is a folder. */
function blobsAt(commit: string, path: string, root: string): string[] {
  const listed = git(['--literal-pathspecs', 'ls-tree', '-r', '-z', commit, '--', path], root);
  return listed
    .toString('utf8')
    .split('\0')
    .flatMap((row) => /^100\d+ blob \S+\t(.+)$/s.exec(row)?.[1] ?? []);
}

function git(args: readonly string[], cwd: string): Buffer {
  const stdio = ['ignore', 'pipe', 'ignore'] as const;
  return execFileSync('git', args, { cwd, maxBuffer: OUTPUT_MAX, stdio: [...stdio] });
}

function write(path: string, bytes: Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

/** What an lbmethod imports by a package's name is looked for where it is installed now. */
function linkPackages(root: string, folder: string): void {
  const installed = posix.join(root, 'node_modules');
  const there = join(folder, 'node_modules');
  if (existsSync(installed) && !existsSync(there)) symlinkSync(installed, there, 'junction');
}
