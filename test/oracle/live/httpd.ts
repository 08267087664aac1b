/** A real httpd of our own: one process, loopback, everything in a folder under the system's temporary one. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Installed {
  readonly program: string;
  readonly modules: string;
  /** For example `2.4.71`. */
  readonly version: string;
}

const moduleFolders = [
  '/usr/lib/apache2/modules',
  '/usr/lib64/httpd/modules',
  '/usr/lib/httpd/modules',
  '/usr/libexec/apache2',
];

/** The httpd of this machine: `FAIRLEAD_HTTPD` and `FAIRLEAD_HTTPD_MODULES`, else where systems put it. */
export function findHttpd(): Installed | null {
  const modules = [process.env['FAIRLEAD_HTTPD_MODULES'] ?? '', ...moduleFolders].find(
    (folder) => folder !== '' && existsSync(join(folder, 'mod_proxy_balancer.so')),
  );
  if (modules === undefined) return null;
  for (const program of [process.env['FAIRLEAD_HTTPD'] ?? '', 'apache2', 'httpd']) {
    if (program === '') continue;
    try {
      const [, version = ''] =
        /Apache\/(\S+)/.exec(execFileSync(program, ['-v'], { encoding: 'utf8' })) ?? [];
      return { program, modules, version };
    } catch {
      // Not here; the next name.
    }
  }
  return null;
}

const moduleNames = (
  'mpm_event authn_core authz_core authz_host alias headers env setenvif proxy proxy_http proxy_balancer ' +
  'slotmem_shm lbmethod_byrequests lbmethod_bytraffic lbmethod_bybusyness'
).split(' ');

export interface Httpd extends AsyncDisposable {
  readonly folder: string;
  readonly pid: number;
}

/** Whom the child runs as when the parent is root: nobody, by number. */
const nobody = 65534;

/**
 * Starts httpd on `text` and waits until it accepts on `port`. It dies with this process, however that ends: a
 * shell beside it waits for the end of its input, which we hold, and tidies up.
 * @throws Error with httpd's own message when it does not start.
 */
export async function startHttpd(
  { program, modules }: Installed,
  text: string,
  port: number,
  more: readonly string[] = [],
): Promise<Httpd> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-oracle-'));
  await chmod(folder, 0o755); // the child reads in it, as nobody
  await mkdir(join(folder, 'logs'));
  const head = [
    `ServerRoot "${folder}"`,
    'DefaultRuntimeDir "."',
    'PidFile pid',
    'ErrorLog logs/error',
    ...[...moduleNames, ...more].map(
      (name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`,
    ),
    'ServerLimit 1\nStartServers 1\nThreadsPerChild 200\nThreadLimit 200\nMaxRequestWorkers 200',
    'MinSpareThreads 1\nMaxSpareThreads 200\nMaxConnectionsPerChild 0',
    ...(process.getuid?.() === 0 ? [`User #${nobody}\nGroup #${nobody}`] : []),
    'Timeout 60\nKeepAliveTimeout 60\nMaxKeepAliveRequests 0',
  ];
  await writeFile(join(folder, 'httpd.conf'), `${head.join('\n')}\nInclude same.conf\n`);
  await writeFile(join(folder, 'same.conf'), text);
  const script =
    '"$0" -f "$1/httpd.conf" -DFOREGROUND </dev/null & cat >/dev/null; kill $!; wait $!; rm -rf "$1"';
  const keeper = spawn('/bin/sh', ['-c', script, program, folder], {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true, // out of reach of a Ctrl-C, which would leave httpd behind
  });
  let said = '';
  keeper.stderr.setEncoding('utf8').on('data', (more: string) => {
    said += more;
  });
  const ended = new Promise<void>((resolve) => keeper.once('close', () => resolve()));
  const stop = async () => {
    keeper.stdin.end();
    await ended;
  };
  try {
    const pid = await startedPid(folder, port);
    return { folder, pid, [Symbol.asyncDispose]: stop };
  } catch (cause) {
    const log = await readFile(join(folder, 'logs/error'), 'utf8').catch(() => '');
    await stop();
    throw new Error(`httpd did not start: ${said}${log}`, { cause });
  }
}

async function startedPid(folder: string, port: number): Promise<number> {
  for (let tries = 0; tries < 600; tries++) {
    const pid = await readFile(join(folder, 'pid'), 'utf8').catch(() => '');
    if (pid !== '' && (await accepts(port))) return Number(pid);
    await sleep(50);
  }
  throw new Error(`nobody accepts on port ${port}`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => socket.destroy()).once('error', () => resolve(false));
    socket.once('close', () => resolve(true));
  });
}
