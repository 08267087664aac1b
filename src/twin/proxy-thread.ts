/** Entry of the proxy's thread: the product's own proxy, once for each instance of the scenario, and one to warm up with. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ProxyConfig } from '../config/config.ts';
import {
  type Balancer,
  type BalancerChange,
  NONE,
  status,
  type WorkerChange,
} from '../core/index.ts';
import { type RunningProxy, startProxy } from '../proxy/proxy.ts';
import { DeedLog, MARKED, PICKED, RELEASED } from './deed-log.ts';

export type Words = [number, number, number, number];

/** What the thread is started with. */
export interface Start {
  readonly config: ProxyConfig;
  /** Where the lbmethod's own draws start, for each instance. */
  readonly words: readonly Words[];
  /** The instant 0 of the log, on the clock that all threads have. */
  readonly zero: bigint;
  readonly memory: SharedArrayBuffer;
}

/** What the thread answers once it listens: the ports of the instances, and of the one to warm up with. */
export interface Listening {
  readonly ports: readonly number[];
  readonly sparePort: number;
}

export type Order =
  | { readonly kind: 'manage'; readonly proxy: number; readonly change: Change }
  | { readonly kind: 'warmed up' };

/** A change of one worker, or of the balancer (`worker` null). */
export type Change =
  | { readonly worker: number; readonly what: WorkerChange }
  | { readonly worker: null; readonly what: BalancerChange };

const { config, words, zero, memory } = workerData as Start;
const log = new DeedLog(memory);
const nowNs = () => Number(process.hrtime.bigint() - zero);

const running: RunningProxy[] = [];
for (const rng of words) running.push(await startProxy(config, { rng }));
const spare = await startProxy(config);
const balancers = running.map((proxy) => [...proxy.balancers.values()][0]!.balancer);
balancers.forEach(watch);
parentPort!.on('message', obey);
parentPort!.postMessage({
  ports: running.map(portOf),
  sparePort: portOf(spare),
} satisfies Listening);

function portOf({ addresses }: RunningProxy): number {
  return addresses[0]!.port;
}

/** Has the log told of every pick and of its end, where the exchange asks the balancer for them. */
function watch(balancer: Balancer, proxy: number): void {
  const { pick, release, fail, checked } = balancer;
  const out = status.E | status.C;
  const noteMark = (worker: number) => {
    if (balancer.workers.status[worker]! & out) log.write(MARKED, proxy, worker, nowNs());
  };
  balancer.pick = (...request) => {
    const worker = pick.apply(balancer, request);
    if (worker !== NONE) log.write(PICKED, proxy, worker, nowNs());
    return worker;
  };
  balancer.release = (worker) => {
    release.call(balancer, worker);
    log.write(RELEASED, proxy, worker, nowNs());
  };
  balancer.fail = (worker, atNs) => {
    fail.call(balancer, worker, atNs);
    noteMark(worker);
  };
  balancer.checked = (worker, passed, atNs) => {
    checked.call(balancer, worker, passed, atNs);
    noteMark(worker);
  };
}

function obey(order: Order): void {
  if (order.kind === 'warmed up') {
    void spare.close(0);
    return;
  }
  const balancer = balancers[order.proxy]!;
  const { change } = order;
  if (change.worker === null) balancer.manage(change.what);
  else balancer.manageWorker(change.worker, change.what);
  balancer.sync(); // as the manager, whose answer shows the balancer
}
