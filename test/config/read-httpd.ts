/** The real httpd as a reader: whether it can read a configuration, and what it has of it then. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const modulesFolder = '/usr/lib/apache2/modules';
const loaded = ['mpm_event', 'authz_core', 'env', 'info'];
const binary = ['/usr/sbin/apache2', '/usr/sbin/httpd'].find((path) => existsSync(path));

/** Why there is no httpd to ask; null when there is one. */
export const noHttpd: string | null =
  binary === undefined
    ? 'no apache2 here'
    : loaded.every((name) => existsSync(`${modulesFolder}/mod_${name}.so`))
      ? null
      : 'no modules here';

/** Lines that httpd needs in front of any text; none of them stays in `Answer.tree`. */
export function preamble(folder: string): string {
  return [
    ...loaded.map((name) => `LoadModule ${name}_module ${modulesFolder}/mod_${name}.so`),
    `ServerRoot ${folder}`,
    `PidFile ${folder}/pid`,
    `ErrorLog ${folder}/error.log`,
    'Listen 127.0.0.1:18998',
    'ServerName last.of.preamble',
    '',
  ].join('\n');
}

export interface Answer {
  /** Every section in order, every line read. false: what lines mean may still be refused. */
  readonly readable: boolean;
  /** Directives as they are after reading, indented, names in httpd's case; null when it refused any. */
  readonly tree: readonly string[] | null;
  readonly message: string;
}

/** httpd's answer to `httpd.conf` in `folder`. Starts no server. */
export function askHttpd(
  folder: string,
  defines: readonly string[],
  env: NodeJS.ProcessEnv,
): Answer {
  const names = ['DUMP_CONFIG', ...defines].flatMap((name) => ['-D', name]);
  const args = ['-t', ...names, '-f', join(folder, 'httpd.conf')];
  const { status, stdout, stderr } = spawnSync(binary!, args, {
    encoding: 'utf8',
    env,
    cwd: folder,
  });
  // A number stands in front of what only the meaning of a line was refused for.
  const readable = status === 0 || /^AH\d+: Syntax error/m.test(stderr);
  const lines = stdout.split('\n').filter((line) => !/^ *#( |$)/.test(line) && line.trim() !== '');
  const start = lines.findIndex((line) => line.includes('last.of.preamble'));
  return { readable, tree: status === 0 ? lines.slice(start + 1) : null, message: stderr };
}

/** Names of the files that httpd reads for `file`, which may lie anywhere. */
export function filesOfHttpd(file: string, env: NodeJS.ProcessEnv): string[] {
  const args = ['-t', '-D', 'DUMP_INCLUDES', '-f', file];
  const { stdout } = spawnSync(binary!, args, { encoding: 'utf8', env });
  return [...stdout.matchAll(/^ *\((?:\*|\d+)\) (.*)$/gm)].map(([, name]) => name!);
}
