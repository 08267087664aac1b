/** A journal: every input that a balancer and its exchanges were given, as plain data that can be run again. */
import seedrandom from 'seedrandom';
import {
  type BackendLoad,
  Balancer,
  type BalancerChange,
  type Exchange,
  Exchanges,
  type LbMethod,
  lbmethods,
  type ModifiersConfig,
  NONE,
  outcomes,
  type WorkerChange,
} from '../../src/core/index.ts';

type OutcomeName = keyof typeof outcomes;

export type Input =
  | { call: 'open'; route: string | null; keptAlive: boolean; key: number; nowNs: number }
  | { call: 'connected'; id: number; nowNs: number }
  | { call: 'bytes'; id: number; sent: number; read: number }
  | { call: 'settle'; id: number; outcome: OutcomeName; status: number; nowNs: number }
  | { call: 'close'; id: number }
  | { call: 'advance'; nowNs: number }
  | { call: 'worker'; worker: number; change: WorkerChange }
  | { call: 'balancer'; change: BalancerChange }
  | { call: 'add' }
  | { call: 'load'; worker: number; load: BackendLoad; nowNs: number }
  | { call: 'heartbeat'; worker: number; ready: number; busy: number; seenNs: number };

export interface World {
  readonly balancer: Balancer;
  readonly exchanges: Exchanges;
  /** By id, as far as they were ever opened. */
  readonly opened: Exchange[];
}

/** A world with everything in it: sticky routes, all kinds of workers, slots, waits, a method to switch to. */
export function worldOf(
  lbmethod: LbMethod,
  memory?: ArrayBufferLike,
  modifiers: ModifiersConfig = {},
): World {
  const workers = [
    { route: 'a', max: 2, acquireNs: 50e6, retrySeconds: 1 },
    { route: 'b', loadfactor: 2, retrySeconds: 0 },
    { route: 'c', redirect: 'a', loadfactor: 1.15, max: 3 },
    { status: '+R', host: 'shared' },
    { lbset: 1, status: '+H', host: 'shared' },
  ];
  const config = {
    lbmethod,
    alternatives: lbmethods.filter((other) => other !== lbmethod),
    workers,
    growth: 1,
    stickysession: 'S',
    timeoutSeconds: 1,
    failonstatus: [500],
    failontimeout: true,
    rng: [31, 32, 33, 34] as const,
    modifiers,
  };
  const balancer = new Balancer(config, memory);
  return { balancer, exchanges: new Exchanges(balancer, 4), opened: [] };
}

/** Does what an input says. Returns who is ready afterwards, and the row an `open` got. */
export function apply({ balancer, exchanges, opened: known }: World, input: Input) {
  let opened = NONE;
  if (input.call === 'open') {
    const exchange = exchanges.open(input.route, input.keptAlive);
    opened = exchange.id;
    known[opened] = exchange;
    exchanges.begin(exchange, input.nowNs, input.key);
  } else if (input.call === 'connected') exchanges.connected(known[input.id], input.nowNs);
  else if (input.call === 'bytes') {
    exchanges.sent(known[input.id], input.sent);
    exchanges.received(known[input.id], input.read);
  } else if (input.call === 'settle') {
    const { id, outcome, status, nowNs } = input;
    exchanges.settle(known[id], outcomes[outcome], status, nowNs);
  } else if (input.call === 'close') exchanges.close(known[input.id]);
  else if (input.call === 'advance') exchanges.advance(input.nowNs);
  else if (input.call === 'worker') balancer.manageWorker(input.worker, input.change);
  else if (input.call === 'balancer') balancer.manage(input.change);
  else if (input.call === 'add') balancer.addWorker();
  else if (input.call === 'load') balancer.load(input.worker, input.load, input.nowNs);
  else balancer.heartbeat(input.worker, input.ready, input.busy, input.seenNs);
  const ready: number[] = [];
  for (let next = exchanges.poll(); next !== null; next = exchanges.poll()) ready.push(next.id);
  return { opened, ready };
}

/** Drives `world` at random for `count` inputs and writes down each. */
export function record(world: World, seed: string, count: number): Input[] {
  const { balancer, exchanges, opened: known } = world;
  const random = seedrandom.alea(seed);
  const below = (n: number) => Math.floor(random() * n);
  const oneOf = <T>(values: readonly T[]) => values[below(values.length)];
  const open: number[] = [];
  const journal: Input[] = [];
  let nowNs = 0;
  while (journal.length < count) {
    nowNs += below(40) * 1e6;
    const id = open.length === 0 ? NONE : oneOf(open);
    const input = next(id);
    journal.push(input);
    const { opened } = apply(world, input);
    if (opened !== NONE) open.push(opened);
    if (input.call === 'close') open.splice(open.indexOf(input.id), 1);
  }
  return journal;

  function next(id: number): Input {
    if (exchanges.deadlineNs() <= nowNs) return { call: 'advance', nowNs };
    const dice = below(100);
    if (dice < 30 || id === NONE) {
      return {
        call: 'open',
        route: oneOf(['a', 'b', 'c', 'zz', '', null]),
        keptAlive: dice < 9,
        key: below(4294967296),
        nowNs,
      };
    }
    if (dice < 90 && known[id].step === 'done') return { call: 'close', id };
    if (dice < 90 && known[id].step === 'dispatch') {
      if (dice < 45) return { call: 'connected', id, nowNs };
      if (dice < 55) return { call: 'bytes', id, sent: below(1e4), read: below(1e6) };
      const outcome = dice < 80 ? 'answered' : oneOf(Object.keys(outcomes) as OutcomeName[]);
      return { call: 'settle', id, outcome, status: oneOf([200, 200, 404, 500]), nowNs };
    }
    const worker = below(balancer.views.workers[0]);
    if (dice < 92) {
      const [jobs, serviceNs] = [below(6), below(1e8)];
      const load = { jobs, slots: 2, rate: 40, serviceNs, sojournNs: serviceNs + below(1e8) };
      return { call: 'load', worker, load, nowNs };
    }
    if (dice < 94) {
      return { call: 'heartbeat', worker, ready: below(20), busy: below(2), seenNs: nowNs };
    }
    if (dice === 94) return { call: 'add' };
    if (dice === 95)
      return { call: 'balancer', change: { lbmethod: oneOf(balancer.methods).name } };
    const flag = oneOf(['I', 'N', 'D', 'H', 'R', 'S', 'C'] as const);
    const change = oneOf<WorkerChange>([
      { status: { [flag]: random() < 0.3 } },
      { loadfactor: 1 + below(500) / 100, lbset: below(2) },
      { route: oneOf(['a', 'b', 'c', '']), redirect: oneOf(['a', 'b', '']) },
    ]);
    return { call: 'worker', worker, change };
  }
}
