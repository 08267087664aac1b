/**
 * A thread that uses a shared balancer as requests do, as fast as it can: `rounds` requests, or until it is killed.
 * Tells when it has begun, and when it is done.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { Exchanges, lbmethods, outcomes } from '../../../dist/src/core/index.js';
import { SharedBalancer } from '../../../dist/src/proxy/threads/shared-balancer.js';

const { config, lbmethod, memory, thread, rounds, seed } = workerData;
const own = lbmethods.find(({ name }) => name === lbmethod);
const alternatives = lbmethods.filter((other) => other !== own);
const balancer = new SharedBalancer({ ...config, lbmethod: own, alternatives }, memory, thread);
const exchanges = new Exchanges(balancer, 8);

let state = seed;
const below = (n) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * n);
};

const routes = config.stickysession === undefined ? [null] : ['a', 'b', null, null];
const now = () => Math.floor((performance.timeOrigin + performance.now()) * 1e6 - 1.7e18);
const open = [];

function round() {
  const exchange = exchanges.open(routes[below(routes.length)]);
  let step = exchanges.begin(exchange, now(), below(1000));
  while (step === 'dispatch') {
    step = exchanges.connected(exchange, now());
    if (step !== 'send') continue;
    exchanges.sent(exchange, 100);
    exchanges.received(exchange, 1000);
    const outcome = config.fails && below(20) === 0 ? outcomes.connectFailed : outcomes.answered;
    step = exchanges.settle(exchange, outcome, 200, now());
  }
  if (step === 'wait') throw new Error('nobody waits here');
  open.push(exchange);
  if (open.length > 3) exchanges.close(open.shift());
  while (exchanges.poll() !== null);
}

parentPort.postMessage('begun');
for (let i = 0; i < rounds; i++) round();
for (const exchange of open) exchanges.close(exchange);
parentPort.postMessage('done');
