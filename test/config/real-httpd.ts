/** httpd's own verdict on configurations: `apache2 -t`, several snippets to a process where they are accepted. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = '/usr/lib/apache2/modules';
const binary = ['/usr/sbin/apache2', '/usr/sbin/httpd'].find((path) => existsSync(path));

const modules = [
  'mpm_event',
  'authz_core',
  'authz_host',
  'authz_user',
  'authz_groupfile',
  'authn_core',
  'authn_file',
  'auth_basic',
  'access_compat',
  'headers',
  'setenvif',
  'env',
  'proxy',
  'proxy_http',
  'proxy_balancer',
  'slotmem_shm',
  'lbmethod_byrequests',
  'lbmethod_bytraffic',
  'lbmethod_bybusyness',
  'lbmethod_heartbeat',
  'proxy_hcheck',
  'heartmonitor',
  'rewrite',
];

const missing = modules.filter((name) => !existsSync(`${folder}/mod_${name}.so`));

/** Why there is no httpd to ask; null when there is one. */
export const noHttpd: string | null =
  binary === undefined
    ? 'no apache2 here'
    : missing.length > 0
      ? `no mod_${missing[0]} here`
      : null;

/** Loads every module that the snippets need; both readers see it. */
export const preamble = [
  ...modules.map((name) => `LoadModule ${name}_module ${folder}/mod_${name}.so`),
  'ServerName localhost',
  'Listen 127.0.0.1:18999',
].join('\n');

export interface RealHttpd {
  /** httpd's message for each snippet; null where it accepts. */
  verdicts(snippets: readonly string[]): Promise<(string | null)[]>;
  /** A file with the preamble and `snippet`. */
  file(snippet: string): string;
  close(): void;
}

export function realHttpd(): RealHttpd {
  const directory = mkdtempSync(join(tmpdir(), 'fairlead-verdicts-'));
  let files = 0;
  const file = (snippet: string) => {
    const path = join(directory, `${files++}.conf`);
    writeFileSync(
      path,
      `ServerRoot ${directory}\nErrorLog ${directory}/error.log\n${preamble}\n${snippet}\n`,
    );
    return path;
  };
  const verdict = (snippet: string) =>
    new Promise<string | null>((resolve) => {
      execFile(binary!, ['-t', '-f', file(snippet)], (error, _, stderr) => {
        resolve(error ? stderr.trim() : null);
      });
    });
  return {
    file,
    verdicts: (snippets) => grouped(verdict, snippets),
    close: () => rmSync(directory, { recursive: true }),
  };
}

/** Halves a group until every part is accepted as a whole or is one snippet. Two processes at a time. */
async function grouped(
  verdict: (snippet: string) => Promise<string | null>,
  snippets: readonly string[],
): Promise<(string | null)[]> {
  if (snippets.length === 0) return [];
  const said = await verdict(snippets.join('\n'));
  if (said === null) return snippets.map(() => null);
  if (snippets.length === 1) return [said];
  const half = snippets.length >> 1;
  const parts = await Promise.all([
    grouped(verdict, snippets.slice(0, half)),
    grouped(verdict, snippets.slice(half)),
  ]);
  return parts.flat();
}
