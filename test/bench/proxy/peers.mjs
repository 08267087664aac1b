/** The proxies of the bench: each from its own configuration, in front of the same three backends. */
import { fork, spawn, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
export const present = (command) => spawnSync(command, ['-v']).error === undefined;
const MODULES = '/usr/lib/apache2/modules';

/** The balancer as httpd and fairlead read it. */
function httpdBalancer(port, backends) {
  const members = backends.map((to, i) => `  BalancerMember http://127.0.0.1:${to} route=node${i}`);
  return `
Listen 127.0.0.1:${port}
ServerName bench.example
MaxKeepAliveRequests 0
KeepAliveTimeout 60
<Proxy balancer://app>
${members.join('\n')}
  ProxySet stickysession=ROUTEID
</Proxy>
ProxyPass /app balancer://app/app
Header add Set-Cookie "ROUTEID=.%{BALANCER_WORKER_ROUTE}e; path=/" env=BALANCER_ROUTE_CHANGED
`;
}

function httpd(folder, port, backends) {
  const modules =
    'mpm_event authz_core proxy proxy_http proxy_balancer lbmethod_byrequests slotmem_shm headers'
      .split(' ')
      .map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`);
  const file = join(folder, 'httpd.conf');
  const own = `ServerRoot ${folder}\nDefaultRuntimeDir ${folder}\nPidFile ${folder}/httpd.pid\nErrorLog ${folder}/error.log\nServerLimit 1\nStartServers 1\nThreadLimit 128\nThreadsPerChild 128\nMaxRequestWorkers 128\n`;
  writeFileSync(file, `${modules.join('\n')}\n${own}${httpdBalancer(port, backends)}`);
  return spawn('apache2', ['-f', file, '-D', 'FOREGROUND'], { stdio: 'inherit' });
}

function haproxy(folder, port, backends) {
  const servers = backends.map((to, i) => `  server s${i} 127.0.0.1:${to} cookie .node${i}`);
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(
    file,
    `global
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  option forwardfor
frontend front
  bind 127.0.0.1:${port}
  default_backend app
backend app
  balance roundrobin
  cookie ROUTEID insert indirect nocache preserve
${servers.join('\n')}
`,
  );
  return spawn('haproxy', ['-db', '-f', file], { stdio: 'inherit' });
}

/** Debian's nginx has no sticky cookies of its own; a map of the cookie comes nearest. */
function nginx(folder, port, backends) {
  const named = backends.map(
    (to, i) => `  upstream node${i} { server 127.0.0.1:${to}; keepalive 64; }`,
  );
  const all = backends.map((to) => `server 127.0.0.1:${to};`);
  const routes = backends.map((_, i) => `".node${i}" node${i};`);
  const file = join(folder, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off;
master_process off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/nginx.log;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 100000000;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
${named.join('\n')}
  upstream all { ${all.join(' ')} keepalive 64; }
  map $cookie_ROUTEID $target { default all; ${routes.join(' ')} }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://$target;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
  }
}
`,
  );
  return spawn('nginx', ['-c', file, '-e', `${folder}/nginx.log`], { stdio: 'inherit' });
}

const fairlead = (threads) => (folder, port, backends) => {
  const file = join(folder, `fairlead-${threads}.conf`);
  writeFileSync(file, httpdBalancer(port, backends));
  const main = here('../../../dist/src/cli/main.js');
  const options = ['--quiet', '--admin', 'off', '--threads', String(threads)];
  return spawn(process.execPath, [main, 'proxy', ...options, file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
};

const MANY = Math.max(2, availableParallelism());

const script = (name) => (_, port, backends) =>
  fork(here(name), [port, ...backends].map(String), { stdio: 'inherit' });

/** Name, whether it can run here, and how to start it. */
export const peers = [
  { name: 'fairlead', present: true, start: fairlead(1) },
  { name: `fairlead, ${MANY} threads`, present: true, start: fairlead(MANY) },
  { name: 'httpd', present: existsSync(MODULES) && present('apache2'), start: httpd },
  { name: 'HAProxy', present: present('haproxy'), start: haproxy },
  { name: 'nginx', present: present('nginx'), start: nginx },
  { name: 'http-proxy-3', present: true, start: script('http-proxy-3.mjs') },
  { name: 'node:http + undici', present: true, start: script('bare.mjs') },
];

/** Resolves when something listens on `port`; rejects after ten seconds. */
export async function listening(port) {
  for (let tries = 0; tries < 200; tries++) {
    const open = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing listens on port ${port}`);
}
