/**
 * The line from the simulated world to the real one: requests under way on sockets, the backends' servers, the proxy's
 * thread, and the clock that both go by. Every input is taken at the time at which it came, after all that was due.
 */
import type { Flight } from '../../sim/flights.ts';
import type { Model } from '../../sim/model.ts';
import type { Uniform } from '../../sim/streams.ts';
import { fateAt, SERVED } from '../../sim/troubles.ts';
import { NONE } from '../core/index.ts';
import { type BackendConnection, type BackendEvents, BackendServer } from './backend-server.ts';
import { type DeedLog, MARKED, PICKED } from './deed-log.ts';
import type { Attempt } from './live-proxy.ts';
import type { ProxyHost } from './proxy-host.ts';

/** The attempt that warms up: answered at once, and not measured. */
export const WARM_UP = 0;

export class Line {
  readonly attempts = new Map<number, Attempt>();
  readonly backends: readonly BackendServer[];
  /** What each proxy picked, in its order. */
  readonly picks: number[][];
  /** Requests by number: the worker that answered, NONE for nobody. */
  readonly servedBy: number[] = [];
  /** ms: how late requests were sent, and what each spent on the way beside its backend. */
  readonly late: number[] = [];
  readonly path: number[] = [];
  /** Instant 0 of what the proxy's thread tells. */
  readonly zero = process.hrtime.bigint();
  host!: ProxyHost;
  #model: Model | null = null;
  #beganNs = 0;
  #isClosed = false;
  #last = WARM_UP;
  #latestNs = 0;
  /** Of requests that count: attempts sent, and picks. */
  #sent = 0;
  #picked = 0;
  /** What the checks of each worker meet, as the simulator draws it. */
  readonly #checkDraws: Uniform[] = [];
  /** Called after each input: something may be due earlier than before. */
  onInput = () => {};

  constructor(workers: number, proxies: number) {
    const events: BackendEvents = {
      asked: (connection, attempt) => this.#asked(connection, attempt),
      gone: (connection) => this.#gone(connection),
    };
    this.backends = Array.from({ length: workers }, (_, i) => new BackendServer(i, events));
    this.picks = Array.from({ length: proxies }, () => []);
  }

  /** Real time begins now, at 0, for `model`. */
  begin(model: Model): void {
    this.#model = model;
    this.#beganNs = this.#clockNs;
  }

  /** Since the begin. */
  get nowNs(): number {
    return this.#clockNs - this.#beganNs;
  }

  get #clockNs(): number {
    return Number(process.hrtime.bigint() - this.zero);
  }

  enter(attempt: Attempt): number {
    this.attempts.set(++this.#last, attempt);
    return this.#last;
  }

  /** A request is sent that was due at `dueNs`. `measured`: 1 if it counts. */
  sent(dueNs: number, measured: number): void {
    this.#sent += measured;
    this.late.push((this.nowNs - dueNs) / 1e6);
  }

  answered({ number, link }: Flight, status: number): void {
    this.servedBy[number] = status === 200 ? link.worker : NONE;
  }

  /** A request that one backend answered: its time less what that took, however late it answered. */
  measure({ flight, reachedNs, answeredNs }: Attempt, nowNs: number): void {
    this.path.push((nowNs - flight.startedNs - (answeredNs - reachedNs)) / 1e6);
  }

  /** Takes an input from a socket. */
  input(act: (nowNs: number) => void): void {
    const { nowNs } = this;
    if (this.#isClosed || !this.#model!.advance(nowNs)) return;
    act(nowNs);
    this.onInput();
  }

  /** Notes what the proxies have done meanwhile. */
  observe(log: DeedLog, { observations }: Model): void {
    const { nowNs } = this;
    log.read((kind, proxy, worker, toldNs) => {
      const atNs = Math.min(Math.max(toldNs - this.#beganNs, this.#latestNs), nowNs);
      this.#latestNs = atNs;
      const counts = observations.workers[worker]!;
      if (kind === MARKED) observations.marked(worker, atNs);
      else if (kind === PICKED) {
        this.picks[proxy]!.push(worker);
        // A balancer knows no request by its number: behind the window the picks that are missing count.
        const measured = observations.open === 1 || this.#picked < this.#sent ? 1 : 0;
        this.#picked += measured;
        observations.pick(worker, measured, atNs);
        observations.changeBusy(counts, 1, atNs);
      } else observations.changeBusy(counts, -1, atNs);
    });
  }

  /** Servers are down while their workers have crashed. */
  follow({ stations }: Model): void {
    for (const server of this.backends) {
      const isDown = stations.all[server.worker]!.crashes > 0;
      if (isDown && server.isUp) server.down();
      else if (!isDown && !server.isUp) void server.up();
    }
  }

  reset(worker: number): void {
    const server = this.backends[worker]!;
    if (this.#model!.stations.all[worker]!.crashes > 0) server.down();
    server.reset();
  }

  /** Nothing is taken in any more. */
  close(): void {
    this.#isClosed = true;
    for (const server of this.backends) {
      server.down();
      server.reset();
    }
    for (const { giveUp } of this.attempts.values()) giveUp();
  }

  #asked(connection: BackendConnection, attempt: number | null): void {
    if (attempt === WARM_UP) connection.answer(200, 0);
    else if (attempt === null) {
      if (this.#model === null) connection.answer(200, 0);
      else this.input((nowNs) => this.#check(connection, nowNs));
    } else {
      const known = this.attempts.get(attempt);
      if (known === undefined)
        connection.reset(); // its client has gone meanwhile
      else this.input((nowNs) => known.proxy.visit(known, connection, nowNs));
    }
  }

  /** A health check of the proxy takes its turn at the station, as a simulated one does. */
  #check(connection: BackendConnection, nowNs: number): void {
    const { stations, options } = this.#model!;
    const { balancer, backends } = options.scenario;
    const { worker } = connection;
    const { name, backend } = balancer.workers[worker]!;
    const station = stations.all[worker]!;
    this.#checkDraws[worker] ??= options.stream(`probe/${name}`);
    const fate = fateAt(station, this.#checkDraws[worker]());
    if (fate !== SERVED) {
      if (fate === 0) connection.reset();
      else connection.answer(fate, 0);
      return;
    }
    const { checkNs } = backends[backend]!;
    const done = (answered: boolean) => answered && connection.answer(200, 0);
    if (stations.enterCheck(station, checkNs, done, nowNs) === NONE) connection.answer(503, 0);
  }

  #gone(connection: BackendConnection): void {
    for (const attempt of this.attempts.values()) {
      if (attempt.connection === connection) this.input(() => attempt.proxy.left(attempt));
    }
  }
}
