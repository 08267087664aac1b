/**
 * `npm run bench`: how fast the simulator is, beside a bare event loop of the same model and beside a C++ program of
 * it; what one election costs; and how much memory a simulation needs. Times are processor time; the programs take
 * turns, the best of several rounds is shown, and the median and range of their ratios round by round.
 * Needs the built `dist`, and `g++` for the C++ program.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inlineMore } from '../../dist/sim/inlining.js';
import { replicate } from '../../dist/sim/replication.js';
import { Balancer, lbmethods } from '../../dist/src/core/index.js';
import { parseScenario } from '../../dist/src/scenario/parse.js';
import { bareLoop } from './bare-loop.mjs';

inlineMore(); // as the threads of the simulator do

const WORKERS = 10;
const LOAD = 0.8;
const ROUNDS = 5;
const REQUESTS = 2_000_000;

/** Poisson arrivals, exponential service of mean 10 ms, one slot a worker, byrequests. */
export function scenarioOf(requests) {
  const names = Array.from({ length: WORKERS }, (_, worker) => `{ name: w${worker} }`);
  return parseScenario(
    `
name: bench
run: { requests: ${requests}, warmup: 0s, replications: 1 }
balancer: { lbmethod: byrequests, workers: [ ${names.join(', ')} ] }
backends: { one: { slots: 1, service: { exponential: 10ms } } }
clients: [ { name: all, arrival: { poisson: ${WORKERS * LOAD * 100}/s } } ]
`,
    'bench.yaml',
  );
}

export function simulate(requests, replication) {
  const scenario = scenarioOf(requests);
  const [lbmethod] = lbmethods;
  const binNs = requests * 1e4;
  return replicate({ scenario, lbmethod, alternatives: [], replication, warmupNs: 0, binNs });
}

/** Seconds of processor time that `work` takes. */
function cpuSeconds(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Compiles the C++ program into `folder`; null without a compiler. */
function compiled(folder) {
  const program = path.join(folder, 'bare-loop');
  const source = fileURLToPath(new URL('./bare-loop.cpp', import.meta.url));
  const { error, status } = spawnSync('g++', ['-O2', '-o', program, source], { stdio: 'inherit' });
  return error || status !== 0 ? null : program;
}

/** Seconds of processor time that the C++ program says it took. */
function secondsOf(program, round) {
  const output = execFileSync(program, [REQUESTS, WORKERS, LOAD, round].map(String), {
    encoding: 'utf8',
  });
  return Number(output.split(' ')[1]);
}

function throughput() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fairlead-bench-'));
  const program = compiled(folder);
  const rounds = Array.from({ length: ROUNDS }, (_, round) => ({
    full: REQUESTS / cpuSeconds(() => simulate(REQUESTS, round)),
    bare: REQUESTS / cpuSeconds(() => bareLoop(REQUESTS, WORKERS, LOAD, round)),
    cpp: program === null ? Number.NaN : REQUESTS / secondsOf(program, round),
  })).slice(1); // the first round warms up the compiler
  fs.rmSync(folder, { recursive: true });
  const best = (key) => millions(Math.max(...rounds.map((round) => round[key])));
  console.log(`simulated requests per second (${WORKERS} workers, load ${LOAD}, byrequests)`);
  console.log(`  core and all metrics  ${best('full')} million`);
  console.log(`  bare event loop       ${best('bare')} million, ${ratios(rounds, 'bare')}`);
  if (program === null) console.log('  the same in C++       not measured: no g++ here\n');
  else console.log(`  the same in C++       ${best('cpp')} million, ${ratios(rounds, 'cpp')}\n`);
}

/** How much of the yardstick's speed the simulator reaches. */
function ratios(rounds, yardstick) {
  const sorted = rounds.map((round) => round.full / round[yardstick]).sort((a, b) => a - b);
  const [median, low, high] = [sorted[Math.floor(sorted.length / 2)], sorted[0], sorted.at(-1)];
  const range = `${low.toFixed(2)} to ${high.toFixed(2)} over ${rounds.length} rounds`;
  return `ratio ${median.toFixed(2)} (${range})`;
}

const millions = (perSecond) => (perSecond / 1e6).toFixed(2);

/** Nanoseconds of one pick and its release, every worker usable. The first tenth of a second warms up the compiler. */
function election(lbmethod, count) {
  const balancer = new Balancer({ lbmethod, workers: Array.from({ length: count }, () => ({})) });
  for (let worker = 0; worker < count; worker++) balancer.heartbeat(worker, 8, 1, 0);
  const loop = (picks) => {
    for (let i = 0; i < picks; i++) balancer.release(balancer.pick(-1, 0, i));
  };
  let picks = 64;
  for (let warm = 0; warm < 0.1; ) {
    const seconds = cpuSeconds(() => loop(picks));
    warm += seconds;
    if (seconds < 0.02) picks *= 2;
  }
  const rounds = Array.from({ length: ROUNDS }, () => cpuSeconds(() => loop(picks)));
  return (Math.min(...rounds) / picks) * 1e9;
}

function elections() {
  const sizes = [3, 16, 1000, 10_000];
  const width = 2 + Math.max(...lbmethods.map(({ name }) => name.length));
  const line = (name, cells) =>
    console.log(`  ${name.padEnd(width)}${cells.map((cell) => cell.padStart(10)).join('')}`);
  console.log('nanoseconds per election, by number of workers');
  line('lbmethod', sizes.map(String));
  for (const lbmethod of lbmethods) {
    const cells = sizes.map((size) => election(lbmethod, size).toFixed(0));
    line(lbmethod.name, cells);
  }
  console.log('');
}

function memory() {
  console.log('peak resident memory of a whole process');
  for (const requests of [1e6, 1e7]) {
    const file = fileURLToPath(new URL('./peak-memory.mjs', import.meta.url));
    const kib = Number(
      execFileSync(process.execPath, [file, String(requests)], { encoding: 'utf8' }),
    );
    console.log(
      `  ${requests.toExponential(0).replace('+', '')} requests  ${(kib / 1024).toFixed(0)} MiB`,
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(
    `Node ${process.version}, ${os.cpus()[0].model.trim()}, load ${os.loadavg()[0].toFixed(1)}\n`,
  );
  throughput();
  elections();
  memory();
}
