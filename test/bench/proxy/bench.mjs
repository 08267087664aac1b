/**
 * `npm run bench:proxy`: processor time per proxied request beside httpd, HAProxy, nginx and http-proxy-3, those that
 * are installed. A GET of 128 bytes over kept connections, three members, session cookies. The proxies take turns of a
 * second each, many times; they are compared within each round, so that what else the machine does matters little.
 * Linux only: processor time is read from /proc. Needs the built `dist`, wrk and nginx.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONNECTIONS, freePort, load, startMembers } from './load.mjs';
import { listening, peers, present } from './peers.mjs';

const ROUNDS = Number(process.env.FAIRLEAD_BENCH_ROUNDS ?? 12);
const SECONDS = 1;
/** Compilers want so many requests, but not for ever. */
const WARM_REQUESTS = 30_000;
const WARM_SLICES = 4;
const WARM_SECONDS = 2;
const TICKS = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout) || 100;

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

const sorted = (values) => [...values].sort((a, b) => a - b);

function quantile(values, p) {
  const at = p * (values.length - 1);
  const ordered = sorted(values);
  const low = ordered[Math.floor(at)];
  return low + (ordered[Math.ceil(at)] - low) * (at % 1);
}

const median = (values) => quantile(values, 0.5);

/** Numbers of the sample that hold the median between them in 95 of 100 samples or more; of less than six, all. */
function interval(values) {
  const n = values.length;
  let outside = 0;
  let low = 0;
  for (let i = 0, chance = 0.5 ** n; i < n / 2; chance *= (n - i) / (i + 1), i++) {
    outside += 2 * chance;
    if (outside <= 0.05) low = i;
  }
  return [sorted(values)[low], sorted(values)[n - 1 - low]];
}

async function start(peer, folder, members) {
  const port = await freePort();
  const child = peer.start(folder, port, members);
  return { ...peer, port, child, bytes: 0, micros: [], perSecond: [] };
}

/** Every answer is looked at; afterwards compilers, pools and caches are warm. */
async function warmUp(peer) {
  await listening(peer.port);
  for (let slice = 0, total = 0; slice < WARM_SLICES && total < WARM_REQUESTS; slice++) {
    const { requests, bytes } = await load(peer.port, WARM_SECONDS, true);
    peer.bytes = Math.round(bytes / requests);
    total += requests;
  }
}

async function measure(peer) {
  const before = cpuSeconds(peer.child.pid);
  const { requests, bytes, perSecond } = await load(peer.port, SECONDS);
  const used = cpuSeconds(peer.child.pid) - before;
  const more = bytes - requests * peer.bytes; // of answers that were not over
  if (more < 0 || more > CONNECTIONS * peer.bytes) {
    throw new Error(
      `${peer.name}: ${requests} answers of ${peer.bytes} bytes, but ${bytes} bytes came`,
    );
  }
  peer.micros.push((used / requests) * 1e6);
  peer.perSecond.push(perSecond);
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-bench-'));
  const ports = [await freePort(), await freePort(), await freePort()];
  const children = [startMembers(folder, ports)];
  const running = [];
  try {
    await Promise.all(ports.map(listening));
    for (const peer of peers.filter((one) => one.present)) {
      running.push(await start(peer, folder, ports));
      children.push(running.at(-1).child);
    }
    for (const peer of running) await warmUp(peer);
    for (let round = 0; round < ROUNDS; round++) {
      for (const peer of round % 2 === 0 ? running : running.toReversed()) await measure(peer);
    }
    print(running);
  } finally {
    for (const child of children) child.kill();
    await Promise.all(children.map(exited));
    rmSync(folder, { recursive: true, force: true });
  }
}

const exited = (child) =>
  child.exitCode === null && child.signalCode === null
    ? new Promise((resolve) => child.once('exit', resolve))
    : undefined;

const ratios = (of, to) => of.map((value, round) => value / to[round]);

function print(running) {
  const [one, many] = running;
  console.log(`a GET of 128 bytes, 3 members, sticky, ${CONNECTIONS} connections
${ROUNDS} rounds of ${SECONDS} s each by turns; load, proxy and members on one machine
µs of processor time per request, requests a second: medians, and between which half of the rounds lie
fairlead : it: median of the ratios within each round\n`);
  console.log(
    `${' '.repeat(20)} µs/request  ${'half of them'.padEnd(14)} requests/s  ${'half of them'.padEnd(14)} fairlead : it`,
  );
  for (const { name, micros, perSecond } of running) {
    const cells = [
      name.padEnd(20),
      median(micros).toFixed(1).padStart(10),
      half(micros, 1).padEnd(14),
      median(perSecond).toFixed(0).padStart(11),
      half(perSecond, 0).padEnd(14),
      median(ratios(one.micros, micros)).toFixed(2).padStart(13),
    ];
    console.log(cells.join(' '));
  }
  const growth = ratios(many.perSecond, one.perSecond);
  const [low, high] = interval(growth).map((ratio) => ratio.toFixed(2));
  const sure = ROUNDS < 6 ? 'all rounds' : '95 %';
  console.log(
    `\n${many.name}: ${median(growth).toFixed(2)} times the requests a second of one (${sure}: ${low} to ${high})`,
  );
  const absent = peers.filter((peer) => !peer.present).map(({ name }) => name);
  if (absent.length > 0) console.log(`not installed here: ${absent.join(', ')}`);
}

function half(values, digits) {
  return [0.25, 0.75].map((p) => quantile(values, p).toFixed(digits)).join('–');
}

const missing = ['wrk', 'nginx'].filter((command) => !present(command));
if (process.platform !== 'linux') {
  console.error('bench:proxy measures on Linux only: it reads processor time from /proc');
  process.exitCode = 1;
} else if (missing.length > 0) {
  console.error(`bench:proxy needs ${missing.join(' and ')}: apt-get install wrk nginx-light`);
  process.exitCode = 1;
} else await main();
