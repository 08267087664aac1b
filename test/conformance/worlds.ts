/** What the conformance suite does to a balancer of any method: random inputs from one seed, and requests in turn. */
import seedrandom from 'seedrandom';
import {
  Balancer,
  type BalancerConfig,
  defineLbMethod,
  Exchanges,
  keyOf,
  type LbMethod,
  type ManagedFlag,
  NONE,
  outcomes,
  type WorkerConfig,
} from '../../src/core/index.ts';

/** A method as a user writes one: columns of its own, randomness and the completion hook included. */
export const usersOwn: LbMethod = defineLbMethod({
  name: 'users-own',
  summary: 'least served per load factor by its own count; one tie in two by chance',
  source: 'this test',
  factors: 'shares',
  columns: { served: 'f64', failed: 'u32' },
  elect({ served, lbfactor, rng }, { ids, count }) {
    let best = ids[0];
    for (let i = 1; i < count; i++) {
      const worker = ids[i];
      const difference = served[worker] * lbfactor[best] - served[best] * lbfactor[worker];
      if (difference < 0 || (difference === 0 && (rng[0]++ & 1) === 1)) best = worker;
    }
    served[best]++;
    return best;
  },
  complete({ failed }, worker, ok) {
    if (!ok) failed[worker]++;
  },
  reset({ served }, rows) {
    served.fill(0, 0, rows);
  },
});

/** A balancer whose hosts, where the method asks, have all just reported ten idle slots. */
export function balancerOf(
  lbmethod: LbMethod,
  workers: readonly WorkerConfig[],
  config: Partial<BalancerConfig> = {},
  memory?: ArrayBufferLike,
): Balancer {
  return new Balancer({ lbmethod, workers, rng: [21, 22, 23, 24], ...config }, memory);
}

/** Every host reports ten idle slots, and every backend that it has `busy` jobs, at `nowNs`. */
export function report(balancer: Balancer, nowNs: number): void {
  for (let worker = 0; worker < balancer.views.workers[0]; worker++) {
    balancer.heartbeat(worker, 10, 1, nowNs);
    load.jobs = balancer.workers.busy[worker];
    balancer.load(worker, load, nowNs);
  }
}

const load = { jobs: 0, slots: 10, rate: 100, serviceNs: 1e6, sojournNs: 2e6 };

/** One request at a time, each answered with as many bytes; returns who served how often. */
export function serveInTurn(balancer: Balancer, count: number): Uint32Array {
  const exchanges = new Exchanges(balancer, 1);
  for (let i = 0; i < count; i++) {
    const nowNs = balancer.views.lastNs[0] + 1e6;
    if (i % 1000 === 0) report(balancer, nowNs);
    const exchange = exchanges.open(null);
    exchanges.begin(exchange, nowNs, keyOf(`/${i}`));
    exchanges.sent(exchange, 200);
    exchanges.received(exchange, 800);
    exchanges.settle(exchange, outcomes.answered, 200, nowNs + 5e5);
    exchanges.close(exchange);
  }
  return balancer.workers.elected;
}

/**
 * Unequal workers: the first keeps all its requests, each other as many as its row, and later ones answer later; half
 * of the requests have one key. Who was elected how often.
 */
export function serveUnevenly(balancer: Balancer, count: number): Uint32Array {
  for (let i = 0; i < count; i++) {
    const nowNs = balancer.views.lastNs[0] + 1e6;
    if (i % 100 === 0) report(balancer, nowNs);
    const worker = balancer.pick(NONE, nowNs, keyOf(i % 2 === 0 ? '/' : `/${i}`));
    balancer.workers.read[worker] += worker === 0 ? 9000 : 1000;
    balancer.complete(worker, true, 1e6 * (worker + 1), nowNs);
    if (worker > 0 && balancer.workers.busy[worker] > worker) balancer.release(worker);
  }
  return balancer.workers.elected;
}

const flags: readonly ManagedFlag[] = ['I', 'N', 'D', 'H', 'R', 'S', 'C'];

/** Calls with one random input after the other: picks, releases, errors, changes, reports. */
export function randomInputs(balancer: Balancer, seed: string, count: number): number[] {
  const random = seedrandom.alea(seed);
  const below = (n: number) => Math.floor(random() * n);
  const rows = balancer.views.workers[0];
  const picked: number[] = [];
  let nowNs = balancer.views.lastNs[0];
  for (let i = 0; i < count; i++) {
    nowNs += below(3) * 400e6;
    const worker = below(rows);
    const what = below(10);
    if (what < 5) {
      const route = balancer.routeId(['r0', 'r1', null][below(3)]);
      picked.push(balancer.pick(route, nowNs, below(4294967296)));
    } else if (what === 5) balancer.fail(worker, nowNs);
    else if (what === 6) balancer.release(worker);
    else if (what === 7) balancer.complete(worker, random() < 0.9, below(1e9), nowNs);
    else if (what === 8) balancer.workers.read[worker] += below(5000);
    else balancer.manageWorker(worker, { status: { [flags[below(7)]]: random() < 0.4 } });
    if (i % 5 === 0) report(balancer, nowNs);
  }
  return picked;
}
