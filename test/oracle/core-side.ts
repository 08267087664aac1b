/** The core alone as a side of the oracle: it plays a case without sockets, at the times that httpd saw. */
import {
  Balancer,
  type BalancerChange,
  type Exchange,
  Exchanges,
  lbmethods,
  type ManagedFlag,
  type Outcome,
  outcomes,
  requestRoute,
  statusLetters,
  type WorkerChange,
  type WorkerConfig,
} from '../../src/core/index.ts';
import {
  type Ask,
  bodyBytes,
  type Case,
  type Got,
  type MemberState,
  type Parameters,
  readBytes,
  routeCookie,
  type Seen,
  type Step,
  unanswered,
} from './case.ts';

/** What the core learns from a backend's side of a request. */
export type Wire = Pick<Seen, 'sent' | 'keptAlive' | 'fresh'>;

const counting = ['byrequests', 'bytraffic', 'bybusyness'];

export class CoreSide {
  readonly balancer: Balancer;
  readonly #name: string;
  readonly #exchanges: Exchanges;
  readonly #down = new Set<number>();
  readonly #held = new Map<string, { exchange: Exchange; ask: Ask; keptAlive: boolean }>();

  constructor({ name, balancer, members }: Case) {
    this.#name = name;
    this.balancer = balancerOf(balancer, members);
    this.#exchanges = new Exchanges(this.balancer, 4);
  }

  /**
   * Plays `step` at `nowNs`. `wire`: of a request, what the core alone cannot know: bytes that the backend received,
   * and which connections were used before. Returns what a client would see.
   */
  play(step: Step, nowNs: number, wire: Wire | null): { seen: Seen | null; got: Got | null } {
    let seen: Seen | null = null;
    let got: Got | null = null;
    if (step.op === 'down') this.#down.add(step.member);
    if (step.op === 'up') this.#down.delete(step.member);
    if (step.op === 'manage') this.#manage(step.member, step.set);
    if (step.op === 'request') seen = this.#request(step, nowNs, wire!);
    if (step.op === 'release') {
      const held = this.#held.get(step.hold); // absent when nobody got the request
      this.#held.delete(step.hold);
      if (held) got = this.#answer(held.exchange, held.ask, held.keptAlive, nowNs);
    }
    this.balancer.sync(); // the manager looks after each step
    return { seen, got };
  }

  state(): MemberState[] {
    return stateOf(this.balancer);
  }

  #request(ask: Ask, nowNs: number, { sent, keptAlive, fresh }: Wire): Seen {
    const exchanges = this.#exchanges;
    const exchange = exchanges.open(this.#routeOf(ask), keptAlive);
    const refused: number[] = [];
    let next = exchanges.begin(exchange, nowNs);
    while (next === 'dispatch' && this.#down.has(exchange.worker)) {
      refused.push(exchange.worker);
      next = exchanges.settle(exchange, outcomes.connectFailed, 0, nowNs);
    }
    if (next === 'done') {
      const got = { status: exchange.status, cookie: null, body: null };
      exchanges.close(exchange);
      return { refused, worker: null, sent: 0, keptAlive, fresh: false, got };
    }
    const worker = exchange.worker;
    if (fresh) exchanges.connected(exchange, nowNs);
    exchanges.sent(exchange, sent);
    if (ask.hold !== null) this.#held.set(ask.hold, { exchange, ask, keptAlive });
    const got = ask.hold === null ? this.#answer(exchange, ask, keptAlive, nowNs) : null;
    return { refused, worker, sent, keptAlive, fresh, got };
  }

  #answer(exchange: Exchange, ask: Ask, keptAlive: boolean, nowNs: number): Got {
    const exchanges = this.#exchanges;
    const none = unanswered(ask);
    const route = this.balancer.routeOf(exchange.worker);
    const cookie = exchange.routeChanged && !none ? routeCookie(route) : null;
    exchanges.received(exchange, readBytes(ask));
    exchanges.settle(exchange, outcomeOf(ask, keptAlive), ask.answer.status, nowNs);
    const got = { status: exchange.status, cookie, body: none ? null : bodyBytes(ask) };
    exchanges.close(exchange);
    return got;
  }

  #routeOf({ target, cookie }: Ask): string | null {
    const sticky = this.balancer.stickysession;
    if (sticky === null) return null;
    const [path, query] = target.split(/\?(.*)/s);
    const url = `balancer://${this.#name}${decodeURIComponent(path)}`;
    return requestRoute(sticky, query === undefined ? url : `${url}?${query}`, cookie).route;
  }

  #manage(member: number | null, set: Parameters): void {
    if (member === null) this.balancer.manage(balancerChange(set));
    else this.balancer.manageWorker(member, workerChange(set));
  }
}

/** To httpd a backend connection that carried an interim head is as good as one that was used before. */
function outcomeOf({ answer: { fault, interim } }: Ask, keptAlive: boolean): Outcome {
  if (fault === 'vanish' && interim !== null && keptAlive) return outcomes.closedEarlyReused;
  if (fault === 'vanish') return outcomes.closedEarly;
  return fault === 'stall' ? outcomes.timedOut : outcomes.answered;
}

/** Every worker's columns as balancer-manager would show them. */
export function stateOf({ workers, views }: Balancer): MemberState[] {
  return Array.from({ length: views.workers[0] }, (_, worker) => [
    workers.lbstatus[worker],
    workers.elected[worker],
    workers.busy[worker],
    workers.transferred[worker],
    workers.read[worker],
    statusLetters(workers.status[worker]),
  ]);
}

function balancerOf(set: Parameters, members: readonly Parameters[]): Balancer {
  const { stickysession, stickysessionsep } = set;
  const separator = stickysessionsep === 'Off' ? '' : stickysessionsep;
  const method = (name: string) => lbmethods.find((lbmethod) => lbmethod.name === name)!;
  return new Balancer({
    lbmethod: method(set['lbmethod']),
    alternatives: counting.filter((name) => name !== set['lbmethod']).map(method),
    workers: members.map(workerConfig),
    ...(stickysession === undefined ? {} : { stickysession }),
    ...(separator === undefined ? {} : { stickysessionsep: separator }),
    scolonpathdelim: set['scolonpathdelim'] === 'On',
    nofailover: set['nofailover'] === 'On',
    maxattempts: set['maxattempts'] === undefined ? null : Number(set['maxattempts']),
    failontimeout: set['failontimeout'] === 'On',
    failonstatus: set['failonstatus']?.split(',').map(Number) ?? [],
    forcerecovery: set['forcerecovery'] !== 'Off',
  });
}

function workerConfig({
  loadfactor,
  lbset,
  retry,
  timeout: _,
  ...texts
}: Parameters): WorkerConfig {
  return {
    ...texts,
    loadfactor: Number(loadfactor ?? 1),
    lbset: Number(lbset ?? 0),
    retrySeconds: Number(retry ?? 60),
  };
}

/** A member's form of balancer-manager (spec: httpd 8.3) as the core takes it. */
export function workerChange(set: Parameters): WorkerChange {
  const status: Partial<Record<ManagedFlag, boolean>> = {};
  for (const [field, value] of Object.entries(set)) {
    const [, flag] = /^w_status_(.)$/.exec(field) ?? [];
    if (flag !== undefined) status[flag as ManagedFlag] = value !== '0';
  }
  return {
    ...(set['w_lf'] === undefined ? {} : { loadfactor: Number(set['w_lf']) }),
    ...(set['w_ls'] === undefined ? {} : { lbset: Number(set['w_ls']) }),
    ...(set['w_wr'] === undefined ? {} : { route: set['w_wr'] }),
    ...(set['w_rr'] === undefined ? {} : { redirect: set['w_rr'] }),
    status,
  };
}

/** The balancer's form (spec: httpd 8.4). */
export function balancerChange(set: Parameters): BalancerChange {
  return {
    ...(set['b_lbm'] === undefined ? {} : { lbmethod: set['b_lbm'] }),
    ...(set['b_max'] === undefined ? {} : { maxattempts: Number(set['b_max']) }),
    ...(set['b_sforce'] === undefined ? {} : { nofailover: set['b_sforce'] !== '0' }),
    ...(set['b_ss'] === undefined ? {} : { stickysession: set['b_ss'] }),
  };
}
