/**
 * `npm run bench`: how fast the simulator is, beside a bare event loop of the same model; what one election costs;
 * and how much memory a simulation needs. Times are processor time of this process; the best of several
 * rounds is shown, the two programs taking turns, and their ratio per round. Needs the built `dist`.
 */
import { execFileSync } from 'node:child_process';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { replicate } from '../../dist/sim/replication.js';
import { Balancer, lbmethods } from '../../dist/src/core/index.js';
import { parseScenario } from '../../dist/src/scenario/parse.js';
import { bareLoop } from './bare-loop.mjs';

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

function throughput() {
  const rounds = Array.from({ length: ROUNDS }, (_, round) => ({
    full: REQUESTS / cpuSeconds(() => simulate(REQUESTS, round)),
    bare: REQUESTS / cpuSeconds(() => bareLoop(REQUESTS, WORKERS, LOAD, round)),
  })).slice(1); // the first round warms up the compiler
  const ratios = rounds.map(({ full, bare }) => full / bare).sort((a, b) => a - b);
  const best = (key) => Math.max(...rounds.map((round) => round[key]));
  console.log(`simulated requests per second (${WORKERS} workers, load ${LOAD}, byrequests)`);
  console.log(`  core and all metrics  ${millions(best('full'))} million`);
  console.log(`  bare event loop       ${millions(best('bare'))} million`);
  const [low, high] = [ratios[0], ratios.at(-1)].map((ratio) => ratio.toFixed(2));
  const median = ratios[Math.floor(ratios.length / 2)].toFixed(2);
  console.log(
    `  ratio                 ${median} (${low} to ${high} over ${ratios.length} rounds)\n`,
  );
}

const millions = (perSecond) => (perSecond / 1e6).toFixed(2);

/** Nanoseconds of one pick and its release, every worker usable. */
function election(lbmethod, count) {
  const balancer = new Balancer({ lbmethod, workers: Array.from({ length: count }, () => ({})) });
  for (let worker = 0; worker < count; worker++) balancer.heartbeat(worker, 8, 1, 0);
  const picks = Math.max(2000, Math.min(1e6, 2e7 / count));
  const loop = () => {
    for (let i = 0; i < picks; i++) balancer.release(balancer.pick(-1, 0));
  };
  loop();
  const rounds = Array.from({ length: ROUNDS }, () => cpuSeconds(loop));
  return (Math.min(...rounds) / picks) * 1e9;
}

function elections() {
  const sizes = [3, 16, 1000, 10_000];
  console.log('nanoseconds per election, by number of workers');
  console.log(
    `  ${'lbmethod'.padEnd(12)}${sizes.map((size) => String(size).padStart(10)).join('')}`,
  );
  for (const lbmethod of lbmethods) {
    const cells = sizes.map((size) => election(lbmethod, size).toFixed(0).padStart(10));
    console.log(`  ${lbmethod.name.padEnd(12)}${cells.join('')}`);
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
