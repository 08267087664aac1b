/**
 * An in-memory world around the core: workers that refuse or answer, requests held at a backend, one clock.
 * It knows what a client and a backend do; everything else it leaves to `Exchanges`.
 */
import {
  Balancer,
  type BalancerConfig,
  type Exchange,
  Exchanges,
  lbmethods,
  outcomes,
  type Step,
  type WorkerConfig,
} from '../../../src/core/index.ts';

/** What a client asks for, and what the backend makes of it. */
export interface Ask {
  readonly route?: string | null;
  readonly status?: number;
  readonly sentBytes?: number;
  readonly bodyBytes?: number;
  /** No status line within the worker's timeout of a second. */
  readonly slow?: boolean;
}

/** One request as the client saw it; `tries` are worker rows, `served` is false when the last one failed. */
export interface Seen {
  readonly exchange: Exchange;
  readonly tries: number[];
  served: boolean;
  status: number;
  changed: boolean;
}

const STATUS_LINE_BYTES = 'HTTP/1.1 200 OK'.length;

export class World {
  readonly balancer: Balancer;
  readonly exchanges: Exchanges;
  readonly down = new Set<number>();
  nowNs = 1e9;

  constructor(config: Omit<BalancerConfig, 'lbmethod'> & { lbmethod?: string }) {
    const lbmethod = lbmethods.find(({ name }) => name === (config.lbmethod ?? 'byrequests'));
    if (!lbmethod) throw new Error(`no lbmethod ${config.lbmethod}`);
    const alternatives = lbmethods.filter((method) => method !== lbmethod);
    this.balancer = new Balancer({ ...config, lbmethod, alternatives });
    this.exchanges = new Exchanges(this.balancer, 2); // small, so that the tables grow on the way
  }

  /** Sends a request as far as a backend that holds it, or to its end when nobody serves it. */
  open(ask: Ask): Seen {
    this.nowNs += 1e6;
    const { exchanges } = this;
    const exchange = exchanges.open(ask.route ?? null);
    const seen: Seen = { exchange, tries: [], served: false, status: 0, changed: false };
    let step = exchanges.begin(exchange, this.nowNs);
    for (;;) {
      if (exchange.tries > seen.tries.length) seen.tries.push(exchange.worker);
      if (step === 'done') break;
      if (step === 'wait') step = this.#wait(exchange);
      else if (this.down.has(exchange.worker)) step = this.#fail(exchange, outcomes.connectFailed);
      else if (ask.slow) step = this.#timeOut(exchange);
      else step = exchanges.connected(exchange, this.nowNs);
      if (step === 'send') break;
    }
    seen.served = step === 'send';
    seen.status = exchange.status;
    seen.changed = exchange.routeChanged;
    if (seen.served) exchanges.sent(exchange, ask.sentBytes ?? 0);
    else exchanges.close(exchange);
    return seen;
  }

  /** The backend answers a request that `open` left with it. */
  answer(seen: Seen, ask: Ask): void {
    this.exchanges.received(seen.exchange, STATUS_LINE_BYTES + (ask.bodyBytes ?? 0));
    this.exchanges.settle(seen.exchange, outcomes.answered, ask.status ?? 200, this.nowNs);
    seen.status = seen.exchange.status;
    this.exchanges.close(seen.exchange);
  }

  request(ask: Ask = {}): Seen {
    const seen = this.open(ask);
    if (seen.served) this.answer(seen, ask);
    return seen;
  }

  #fail(exchange: Exchange, outcome: (typeof outcomes)['connectFailed']): Step {
    return this.exchanges.settle(exchange, outcome, 0, this.nowNs);
  }

  #timeOut(exchange: Exchange): Step {
    this.nowNs += 1e9;
    return this.#fail(exchange, outcomes.timedOut);
  }

  /** Lets time pass to the next deadline; a wait may be followed by another. */
  #wait(exchange: Exchange): Step {
    this.nowNs = this.exchanges.deadlineNs();
    this.exchanges.advance(this.nowNs);
    this.exchanges.poll();
    return exchange.step;
  }
}

/** `a=1 b=2` as an object; the word `defaults` says nothing. */
export function parameters(text: string): Record<string, string> {
  const pairs = text.split(' ').filter((pair) => pair.includes('='));
  return Object.fromEntries(pairs.map((pair) => pair.split('=', 2)));
}

/** BalancerMember parameters as the core takes them. */
export function workerConfig(member: string): WorkerConfig {
  const { loadfactor, lbset, retry, max, acquire, timeout: _, ...texts } = parameters(member);
  return {
    ...texts,
    loadfactor: Number(loadfactor ?? 1),
    lbset: Number(lbset ?? 0),
    retrySeconds: Number(retry ?? 60),
    max: Number(max ?? 0),
    ...(acquire === undefined ? {} : { acquireNs: Number(acquire) * 1e6 }),
  };
}
