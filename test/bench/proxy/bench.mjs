/**
 * `npm run bench:proxy`: processor time per proxied request beside httpd, HAProxy, nginx and http-proxy-3, those that
 * are installed. A GET of 128 bytes over kept connections, three backends, session cookies, 64 connections. The
 * proxies take turns; each shows its best round, and its ratio to fairlead is that of the medians. Linux only: processor
 * time is read from /proc. Needs the built `dist`.
 */
import { fork, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from './load.mjs';
import { listening, peers } from './peers.mjs';

const CONNECTIONS = 64;
const ROUNDS = 3;
const REQUESTS = Number(process.env.FAIRLEAD_BENCH_REQUESTS ?? 40_000);
const ROUTES = ['node0', 'node1', 'node2'];
const TICKS = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout) || 100;

const backendFile = fileURLToPath(new URL('./backend.mjs', import.meta.url));

function startBackend() {
  const child = fork(backendFile);
  return new Promise((resolve) => child.once('message', (port) => resolve({ child, port })));
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Seconds of processor time that a process and its children have used. */
function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const own = (Number(fields[11]) + Number(fields[12])) / TICKS;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
  return children === ''
    ? own
    : children.split(' ').reduce((sum, child) => sum + cpuSeconds(child), own);
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function main() {
  if (process.platform !== 'linux') return console.log('bench:proxy needs Linux: it reads /proc');
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-bench-'));
  const backends = await Promise.all(ROUTES.map(startBackend));
  const ports = backends.map(({ port }) => port);
  const running = [];
  try {
    for (const peer of peers.filter((one) => one.present)) {
      const port = await freePort();
      running.push({
        ...peer,
        port,
        child: peer.start(folder, port, ports),
        micros: [],
        perSecond: [],
      });
      await listening(port);
    }
    for (const { port } of running) await turn(port); // warms up compilers, pools and caches
    for (let round = 0; round < ROUNDS; round++) {
      for (const peer of running) {
        const before = cpuSeconds(peer.child.pid);
        const seconds = await turn(peer.port);
        peer.micros.push(((cpuSeconds(peer.child.pid) - before) / REQUESTS) * 1e6);
        peer.perSecond.push(REQUESTS / seconds);
      }
    }
    print(running);
  } finally {
    for (const { child } of [...running, ...backends]) child.kill();
    await Promise.all(running.map(({ child }) => exited(child)));
    rmSync(folder, { recursive: true, force: true });
  }
}

const turn = (port) => load({ port, requests: REQUESTS, connections: CONNECTIONS, routes: ROUTES });

const exited = (child) =>
  child.exitCode === null && child.signalCode === null
    ? new Promise((resolve) => child.once('exit', resolve))
    : undefined;

function print(running) {
  const own = median(running[0].micros);
  console.log(
    `processor time per proxied request: GET, 128 bytes, 3 members, sticky, ${CONNECTIONS} connections`,
  );
  console.log(
    `${REQUESTS} requests a round, ${ROUNDS} rounds by turns, one machine for load, proxy and backends\n`,
  );
  console.log('                     µs/request  requests/s  fairlead : it');
  for (const { name, micros, perSecond } of running) {
    const cells = [
      name.padEnd(20),
      Math.min(...micros)
        .toFixed(1)
        .padStart(10),
      Math.max(...perSecond)
        .toFixed(0)
        .padStart(12),
      (own / median(micros)).toFixed(2).padStart(13),
    ];
    console.log(cells.join(' '));
  }
  const absent = peers.filter((one) => !one.present).map(({ name }) => name);
  if (absent.length > 0) console.log(`\nnot installed here: ${absent.join(', ')}`);
}

await main();
