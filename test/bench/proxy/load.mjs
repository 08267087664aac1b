/** The bench's clients and members, as lean as there are: wrk, and one nginx of three addresses. */
import { execFile, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const CONNECTIONS = 64;
const script = fileURLToPath(new URL('./load.lua', import.meta.url));

/** One process that answers every request on `ports` with 128 bytes at once. */
export function startMembers(folder, ports) {
  const file = join(folder, 'members.conf');
  const log = `${folder}/members.log`;
  writeFileSync(
    file,
    `daemon off;
master_process off;
pid ${folder}/members.pid;
error_log ${log};
events { worker_connections 4096; }
http {
  access_log off;
  default_type text/plain;
  keepalive_requests 100000000;
  keepalive_timeout 600s;
  client_body_temp_path ${folder}/members-body;
  proxy_temp_path ${folder}/members-proxy;
  fastcgi_temp_path ${folder}/members-fastcgi;
  uwsgi_temp_path ${folder}/members-uwsgi;
  scgi_temp_path ${folder}/members-scgi;
  server {
${ports.map((port) => `    listen 127.0.0.1:${port};`).join('\n')}
    location / { return 200 "${'x'.repeat(128)}"; }
  }
}
`,
  );
  return spawn('nginx', ['-c', file, '-e', log], { stdio: 'inherit' });
}

/**
 * Asks `port` over kept connections for so long. `check`: every answer must be a 200 of 128 bytes, otherwise they are
 * counted: none of an error's status, none broken off, all of one length together.
 */
export async function load(port, seconds, check = false) {
  const url = `http://127.0.0.1:${port}`;
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--timeout', '60s', '-s', script, url];
  const { stdout } = await promisify(execFile)('wrk', check ? [...args, '--', 'check'] : args);
  const { requests, micros, bytes, bad } = JSON.parse(stdout.slice(stdout.indexOf('{')));
  if (requests === 0 || Object.values(bad).some((count) => count > 0)) {
    throw new Error(`port ${port}: ${requests} answers, and ${JSON.stringify(bad)}`);
  }
  return { requests, perSecond: requests / (micros / 1e6), bytes };
}

export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
