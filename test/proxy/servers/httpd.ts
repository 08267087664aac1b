/** The real httpd in front of the same backends: what a proxied answer is compared with. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const BINARY = '/usr/sbin/apache2';
export const MODULES = '/usr/lib/apache2/modules';

export const hasHttpd = existsSync(BINARY) && existsSync(MODULES);

/** What a test's configuration needs before its own lines: one process, everything in `folder`. */
function preamble(folder: string): string {
  const modules =
    'mpm_event authz_core authz_host proxy proxy_http proxy_balancer slotmem_shm headers lbmethod_byrequests lbmethod_bytraffic lbmethod_bybusyness';
  return [
    ...modules.split(' ').map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`),
    `ServerRoot ${folder}`,
    `DefaultRuntimeDir ${folder}`,
    `PidFile ${folder}/httpd.pid`,
    `ErrorLog ${folder}/error.log`,
    'ServerLimit 1\nStartServers 1\nThreadsPerChild 32\nMaxRequestWorkers 32\n',
  ].join('\n');
}

export interface Httpd {
  stop(): Promise<void>;
}

/** Starts httpd with `configuration`, which listens on `port`. Resolves when it does. */
export async function startHttpd(
  folder: string,
  configuration: string,
  port: number,
): Promise<Httpd> {
  const file = join(folder, 'httpd.conf');
  writeFileSync(file, `${preamble(folder)}${configuration}`);
  const child = spawn(BINARY, ['-f', file, '-D', 'FOREGROUND'], { stdio: 'ignore' });
  const end = () => child.kill('SIGTERM');
  process.once('exit', end);
  await listening(port);
  return {
    stop: async () => {
      process.off('exit', end);
      end();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether somebody listens there now. */
export async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const open = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'error').then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return open;
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await isListening(port)) return;
    await sleep(50);
  }
  throw new Error(`nothing listens on port ${port}`);
}
