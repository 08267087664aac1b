/**
 * What stands in the simulator's world where its balancer instances are: a request goes to the real proxy over a real
 * socket, comes to a real backend over another, and there into the very station that a simulated one would come to.
 * Clients, stations, troubles and all that is measured are the simulator's own.
 */
import { ANSWER, eventOf, REACH } from '../../sim/events.ts';
import type { Flight } from '../../sim/flights.ts';
import type { World } from '../../sim/model.ts';
import { managerChange, ProxyInstance, REQUEST_BYTES, STATUS_LINE_BYTES } from '../../sim/proxy.ts';
import type { ManagerEvent } from '../../sim/script.ts';
import { fateAt, SERVED } from '../../sim/troubles.ts';
import { NONE } from '../core/index.ts';
import type { BackendConnection } from './backend-server.ts';
import { type Answer, ask } from './client.ts';
import type { Line } from './line.ts';
import { cookieOf, routeIn, targetOf } from './session-text.ts';

/** One request under way: as its client has it, and where it is. */
export interface Attempt {
  readonly flight: Flight;
  readonly proxy: LiveProxy;
  /** Lets go of the client's connection. */
  giveUp: () => void;
  /** Where the backend's answer goes; null while it is at none. */
  connection: BackendConnection | null;
  /** How often it came to a backend. */
  visits: number;
  /** When it came to the last one, and when that had to answer. */
  reachedNs: number;
  answeredNs: number;
  /** The last one has answered. */
  hasAnswer: boolean;
}

export class LiveProxy extends ProxyInstance {
  readonly #world: World;
  readonly #line: Line;
  readonly #port: number;
  /** The attempt of each flight under way. */
  readonly #attempts = new Map<Flight, number>();

  constructor(world: World, index: number, line: Line, port: number) {
    super(world, index);
    this.#world = world;
    this.#line = line;
    this.#port = port;
    world.ledger.busyWasReset = true; // busy is the real proxy's, and told late
  }

  override launch(flight: Flight, nowNs: number): void {
    const { clients, options } = this.#world;
    const { scenario } = options;
    this.begins(flight, nowNs);
    const { session } = flight;
    const isSticky = session !== NONE && clients.isSticky[flight.client] === 1;
    const route = isSticky ? clients.sessions.routes[session] : null;
    const attempt: Attempt = {
      flight,
      proxy: this,
      giveUp: () => {},
      connection: null,
      visits: 0,
      reachedNs: Number.NaN,
      answeredNs: Number.NaN,
      hasAnswer: false,
    };
    const number = this.#line.enter(attempt);
    this.#attempts.set(flight, number);
    const by = scenario.clients[flight.client]!.session?.sticky;
    const asking = {
      port: this.#port,
      target: targetOf(scenario, flight, by === 'path' ? route : null),
      attempt: number,
      cookie: by === 'cookie' ? cookieOf(scenario, route) : null,
    };
    this.#line.sent(nowNs, flight.measured);
    attempt.giveUp = ask(asking, (answer) => {
      this.#line.input((atNs) => this.#ended(attempt, answer, atNs));
    });
  }

  /** The client's end of it: an answer, or a connection that was closed (null). */
  #ended(attempt: Attempt, answer: Answer | null, nowNs: number): void {
    const { flight } = attempt;
    const { clients, endings, options } = this.#world;
    if (answer?.status === 200 && attempt.visits === 1) this.#line.measure(attempt, nowNs);
    const route = answer === null ? null : routeIn(options.scenario, answer.cookies);
    if (route !== null && flight.session !== NONE) clients.sessions.routes[flight.session] = route;
    flight.answered = answer !== null && attempt.hasAnswer ? 1 : 0;
    this.#line.answered(flight, answer?.status ?? 0);
    endings.answer(flight, answer?.status ?? 0, nowNs);
    this.#close(flight, nowNs);
  }

  override hangUp(flight: Flight, nowNs: number): void {
    const number = this.#attempts.get(flight)!;
    this.#line.attempts.get(number)!.giveUp();
    this.#close(flight, nowNs);
  }

  #close(flight: Flight, nowNs: number): void {
    const { ledger } = this.#world;
    this.#line.attempts.delete(this.#attempts.get(flight)!);
    this.#attempts.delete(flight);
    this.#abandon(flight);
    flight.underWay = 0;
    ledger.closed++;
    ledger.residenceNs += nowNs - flight.startedNs;
    ledger.underWay.fall(nowNs);
    this.exchanges.close(flight);
  }

  /** The request has come to a backend. A new connection costs what it would cost on the way that is simulated. */
  visit(attempt: Attempt, connection: BackendConnection, nowNs: number): void {
    const { flight } = attempt;
    this.#abandon(flight);
    const link = this.links[connection.worker]!;
    flight.link = link;
    attempt.connection = connection;
    attempt.visits++;
    attempt.hasAnswer = false;
    attempt.reachedNs = nowNs;
    const openNs = connection.requests === 1 ? link.connectNs : 0;
    this.#at(flight, REACH, nowNs + openNs + link.halfRttNs);
  }

  override reach(flight: Flight, nowNs: number): void {
    const { stations } = this.#world;
    const { station, worker } = flight.link;
    const fate = fateAt(station, flight.errorUniform);
    if (fate !== SERVED) {
      this.#respond(flight, fate, 0, nowNs);
      return;
    }
    const job = stations.enter(station, flight.id, flight.serviceUniform, nowNs);
    if (job === NONE) this.#respond(flight, 503, 0, nowNs);
    else {
      flight.job = job;
      this.#world.noteQueue(worker);
    }
  }

  override served(flight: Flight, nowNs: number): void {
    flight.job = NONE;
    flight.waitedNs += this.#world.stations.waitedNs;
    const { fixedBytes, bytesUniform, link } = flight;
    const bytes = fixedBytes < 0 ? Math.round(link.bytes.sample(bytesUniform)) : fixedBytes;
    this.#respond(flight, 200, bytes, nowNs);
  }

  #respond(flight: Flight, status: number, bytes: number, nowNs: number): void {
    flight.statusCode = status;
    flight.bytes = bytes;
    this.#at(flight, ANSWER, nowNs + flight.link.halfRttNs);
  }

  override answered(flight: Flight, nowNs: number): void {
    const attempt = this.#line.attempts.get(this.#attempts.get(flight)!)!;
    const { connection } = attempt;
    flight.sequence = NONE;
    attempt.connection = null;
    attempt.answeredNs = nowNs;
    if (connection === null) return;
    if (flight.statusCode === 0) {
      connection.reset();
      return;
    }
    const { link, measured, statusCode, bytes } = flight;
    if (measured === 1) link.counts.bytes += REQUEST_BYTES + STATUS_LINE_BYTES + bytes;
    attempt.hasAnswer = true;
    connection.answer(statusCode, bytes);
    this.#closeWhenIdle(connection, link.backend.keepaliveNs, nowNs);
  }

  /** Backends close connections that nobody uses. */
  #closeWhenIdle(connection: BackendConnection, keepaliveNs: number | null, nowNs: number): void {
    if (keepaliveNs === null) return;
    const { requests } = connection;
    this.#world.timers.at(nowNs + keepaliveNs, () => {
      if (connection.requests === requests) connection.close();
    });
  }

  /** Its connection has been reset, by the proxy or with the backend: nobody waits for this try any more. */
  left(attempt: Attempt): void {
    attempt.connection = null;
    this.#abandon(attempt.flight);
  }

  override forget(worker: number, _nowNs: number): void {
    this.links[worker]!.restarts++;
    this.#line.reset(worker);
  }

  override lose(flight: Flight, _nowNs: number): void {
    flight.job = NONE;
    flight.sequence = NONE;
  }

  override manage({ worker, change }: ManagerEvent, _nowNs: number): void {
    const { index } = this;
    if (worker !== null) this.#line.host.manage(index, { worker, what: change });
    else this.#line.host.manage(index, { worker, what: managerChange(change) });
  }

  /** The backend goes on with it, for nobody. */
  #abandon(flight: Flight): void {
    if (flight.job !== NONE) this.#world.stations.abandon(flight.job);
    flight.job = NONE;
    flight.sequence = NONE;
  }

  #at(flight: Flight, kind: number, atNs: number): void {
    flight.sequence = this.#world.queue.push(atNs, eventOf(kind, flight.id));
  }
}
