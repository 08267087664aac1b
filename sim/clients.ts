/**
 * The clients: when requests come, what is drawn with them, and what their senders do next: think, try again,
 * give up. Which worker serves a request is none of their business, so that every compared lbmethod sees
 * the same requests.
 */

import * as core from '../src/core/index.ts';
import type { ClientSpec, Scenario, TraceSpec } from '../src/scenario/scenario.ts';
import { sourceOf } from './arrivals/source.ts';
import { counterUniform } from './counter-uniform.ts';
import { Deadlines } from './deadlines.ts';
import type { Distribution } from './distributions/distribution.ts';
import { distributionOf } from './distributions/index.ts';
import type { EventQueue } from './event-queue.ts';
import * as events from './events.ts';
import type { Flight, Flights } from './flights.ts';
import { Keys, proxyOfAddress } from './keys.ts';
import type { Observations } from './observations.ts';
import type { ProxyInstance } from './proxy.ts';
import { Retries } from './retries.ts';
import {
  BYTES,
  CONNECTION,
  ERRORS,
  LENGTH,
  PAUSE,
  PROXY,
  SERVICE,
  Sessions,
  THINK,
} from './sessions.ts';
import type { Uniform } from './streams.ts';
import { Upcoming } from './upcoming.ts';

// Local copies: V8 folds them into the code, and reads an import anew at each use.
const { NONE } = core;
const { eventOf, GIVE_UP, NEXT, RETRY } = events;

interface ClientClass {
  readonly spec: ClientSpec;
  readonly sticky: boolean;
  readonly requests: Distribution | null;
  readonly think: Distribution | null;
  /** Closed users' thinking between sessions. */
  readonly pause: Distribution | null;
  readonly sessionStream: Uniform;
  readonly serviceStream: Uniform;
  readonly bytesStream: Uniform;
  readonly errorStream: Uniform;
  readonly patience: Deadlines | null;
  readonly retries: Retries;
  /** Mode tcp: requests on one connection; null: those of a session. */
  readonly perConnection: Distribution | null;
  /** Which proxy a request without session takes. */
  readonly proxyStream: Uniform;
  /** Whether the address says which proxy a request takes. */
  readonly byAddress: boolean;
  readonly trace: Trace | null;
  /** null where no lbmethod elects by them. */
  readonly keys: Keys | null;
}

/** The entry of the log that comes next, and the session row of each address, NONE before its first request. */
interface Trace {
  readonly spec: TraceSpec;
  entry: number;
  readonly sessions: Int32Array;
}

export class Clients {
  readonly sessions: Sessions;
  readonly upcoming: Upcoming;
  /** By class: whether its requests belong to sessions, and whether they name the route they were given. */
  readonly hasSessions: Uint8Array;
  readonly isSticky: Uint8Array;
  /** Requests that arrived so far, in the window or not. */
  arrivals = 0;

  private readonly classes: readonly ClientClass[];
  private readonly queue: EventQueue;
  private readonly proxies: readonly ProxyInstance[];
  private readonly flights: Flights;
  private readonly observations: Observations;
  /** Draw no more than the scenario can tell apart: streams are named, so what is left out moves nothing. */
  private readonly drawsBytes: boolean;
  private readonly drawsErrors: boolean;
  /** Mode tcp: sessions have connections. */
  private readonly keepsConnections: boolean;
  private serial = 0;
  /** Nobody has a request left. */
  exhausted = false;
  private sourcesLeft: number;
  /** Open sessions that arrived and end some time: not those of closed users and of traces. */
  private sessionsLeft = 0;

  constructor(
    scenario: Scenario,
    stream: (name: string) => Uniform,
    queue: EventQueue,
    proxies: readonly ProxyInstance[],
    flights: Flights,
    observations: Observations,
    /** End of the warm-up. */
    beginNs: number,
    /** Some lbmethod elects by a key of the request. */
    keyed: boolean,
  ) {
    this.queue = queue;
    this.proxies = proxies;
    this.sessions = new Sessions(proxies.length);
    this.keepsConnections = scenario.balancer.mode === 'tcp';
    this.flights = flights;
    this.observations = observations;
    this.drawsBytes = scenario.backends.some(({ bytes }) => bytes.kind !== 'constant');
    this.drawsErrors =
      scenario.backends.some(({ errors }) => errors > 0) ||
      scenario.events.some(({ kind }) => kind === 'errors' || kind === 'reset');
    const sources = scenario.clients.map(({ name, arrival }) => {
      const options = {
        uniform: stream(`arrival/${name}`),
        phases: stream(`phase/${name}`),
        beginNs,
      };
      return sourceOf(arrival, options);
    });
    this.upcoming = new Upcoming(queue, sources);
    this.classes = scenario.clients.map((spec, client) => {
      return classOf(spec, client, stream, queue, keyed);
    });
    this.hasSessions = Uint8Array.from(this.classes, ({ spec }) => Number(spec.session !== null));
    this.isSticky = Uint8Array.from(this.classes, ({ sticky }) => Number(sticky));
    this.sourcesLeft = this.classes.length; // closed users never run out
  }

  /** Schedules everybody's first arrival. */
  start(): void {
    this.classes.forEach(({ spec, pause, sessionStream }, client) => {
      if (spec.arrival.kind !== 'closed') this.#scheduleNext(client);
      if (spec.arrival.kind !== 'closed' || pause === null) return;
      for (let user = 0; user < spec.arrival.users; user++) {
        const session = this.sessions.open(client, sessionStream);
        this.#pause(session, pause, 0);
      }
    });
  }

  /** A request of a class with arrivals of its own: its first attempt, ready to begin. */
  arrive(client: number, nowNs: number): Flight {
    const { requests, sessionStream, trace } = this.classes[client];
    this.#scheduleNext(client);
    if (trace !== null) return this.#fromTrace(client, trace, nowNs);
    if (requests === null) return this.#request(client, NONE, nowNs);
    const session = this.sessions.open(client, sessionStream);
    this.sessionsLeft++;
    this.#noteEnd(); // its source may just have run out
    this.#beginSession(session, requests);
    return this.#request(client, session, nowNs);
  }

  #scheduleNext(client: number): void {
    if (this.upcoming.schedule(client)) return;
    this.sourcesLeft--;
    this.#noteEnd();
  }

  #noteEnd(): void {
    this.exhausted = this.sourcesLeft === 0 && this.sessionsLeft === 0;
  }

  /** Handles NEXT: a session's next request, or a closed user's first one after a pause. */
  next(session: number, nowNs: number): Flight {
    const { rows } = this.sessions.slab;
    const client = rows.client[session];
    if (rows.left[session] === 0) this.#beginSession(session, this.classes[client].requests);
    return this.#request(client, session, nowNs);
  }

  /** A request of `session` has ended, well or not: the session goes on. */
  ended(session: number, nowNs: number): void {
    const { rows } = this.sessions.slab;
    const { spec, think, pause } = this.classes[rows.client[session]];
    if (spec.arrival.kind === 'trace') return; // its next entry comes when it comes
    if (--rows.left[session] > 0) {
      const thinkNs = think === null ? 0 : think.sample(this.sessions.draw(session, THINK));
      rows.count[session]++;
      this.queue.push(nowNs + Math.round(thinkNs), eventOf(NEXT, session));
    } else if (pause !== null) this.#pause(session, pause, nowNs);
    else {
      this.sessions.close(session);
      this.sessionsLeft--;
      this.#noteEnd();
    }
  }

  /** Starts the client's patience for an attempt that begins now. */
  begin(flight: Flight, nowNs: number): void {
    this.classes[flight.client].patience?.set(flight.patience, nowNs);
  }

  /** Handles GIVE_UP: the exchange that nobody waits for any more, or NONE. */
  gaveUp(client: number, nowNs: number): number {
    return this.classes[client].patience?.due(nowNs) ?? NONE;
  }

  /** Nobody waits for the answer of this attempt any more. */
  leave(flight: Flight): void {
    flight.serial = 0;
    flight.patience.lift();
  }

  /** Whether the client tries again, and pays for it. */
  triesAgain({ attemptsLeft, client }: Flight): boolean {
    return attemptsLeft > 0 && this.classes[client].retries.spend();
  }

  /** Opens another attempt of a request, after the client's backoff. */
  retry(flight: Flight, nowNs: number): void {
    const { session } = flight;
    const { spec, retries } = this.classes[flight.client];
    const attempt = spec.retry.attempts - flight.attemptsLeft + 1;
    const again = this.#open(
      this.#proxyOfAttempt(flight, attempt),
      this.#routeOf(flight.client, session),
    );
    again.carryOn(flight);
    again.attemptsLeft--;
    again.triesBefore += flight.tries;
    again.errorUniform = errorOfAttempt(flight.errorUniform, attempt);
    const waitNs = retries.backoffNs(flight.serviceUniform, attempt);
    this.queue.push(nowNs + waitNs, eventOf(RETRY, again.id));
  }

  /** Mode tcp: an answer has come; whether its client goes on with the connection. */
  keepsOpen({ session, serial, id }: Flight): boolean {
    if (session === NONE || serial === 0) return false;
    const { rows } = this.sessions.slab;
    if (rows.connection[session] !== id) this.#beginConnection(session, id);
    if (rows.left[session] <= 1) return false;
    return --rows.connectionLeft[session] > 0;
  }

  /** Mode tcp: the session's connection is closed. */
  disconnect({ session, id }: Flight): void {
    if (session === NONE) return;
    const { rows } = this.sessions.slab;
    if (rows.connection[session] === id) rows.connection[session] = NONE;
  }

  #fromTrace(client: number, trace: Trace, nowNs: number): Flight {
    const { spec } = trace;
    const entry = trace.entry++;
    const address = spec.client[entry];
    if (trace.sessions[address] === NONE) {
      trace.sessions[address] = this.sessions.open(client, this.classes[client].sessionStream);
    }
    const session = trace.sessions[address];
    const flight = this.#request(client, session, nowNs);
    this.sessions.slab.rows.count[session]++; // the next one draws anew
    flight.fixedBytes = spec.bytes[entry];
    flight.sourceKey = spec.sourceKey[address];
    flight.uriKey = spec.uriKey[entry];
    const { serviceUniform } = spec;
    if (serviceUniform !== undefined && serviceUniform[entry] >= 0) {
      flight.serviceUniform = serviceUniform[entry];
    }
    return flight;
  }

  #pause(session: number, pause: Distribution, nowNs: number): void {
    const pauseNs = pause.sample(this.sessions.draw(session, PAUSE));
    this.sessions.slab.rows.count[session]++;
    this.queue.push(nowNs + Math.round(pauseNs), eventOf(NEXT, session));
  }

  #beginSession(session: number, requests: Distribution | null): void {
    const length = requests === null ? 1 : requests.sample(this.sessions.draw(session, LENGTH));
    this.sessions.begin(session, Math.max(1, Math.round(length)));
  }

  /** Opens the exchange of a new request, or takes its session's connection, and draws what belongs to it. */
  #request(client: number, session: number, nowNs: number): Flight {
    const { spec, serviceStream, bytesStream, errorStream, retries, keys } = this.classes[client];
    keys?.draw(session, this.sessions);
    const flight = this.#take(client, session);
    flight.client = client;
    flight.session = session;
    flight.arrivedNs = nowNs;
    flight.attemptsLeft = spec.retry.attempts;
    flight.triesBefore = 0;
    flight.fixedBytes = -1;
    flight.number = this.arrivals++;
    flight.waitedNs = 0;
    const own = session !== NONE && spec.arrival.kind !== 'trace';
    flight.serviceUniform = own ? this.sessions.draw(session, SERVICE) : serviceStream();
    if (this.drawsBytes) {
      flight.bytesUniform = own ? this.sessions.draw(session, BYTES) : bytesStream();
    }
    if (this.drawsErrors) {
      flight.errorUniform = own ? this.sessions.draw(session, ERRORS) : errorStream();
    }
    keys?.stamp(flight);
    flight.measured = this.observations.open;
    if (flight.measured === 1) this.observations.arrived++;
    if (spec.retry.budget !== null) retries.earn();
    return flight;
  }

  #take(client: number, session: number): Flight {
    if (session === NONE) return this.#open(this.#anyProxy(client), null);
    const { rows } = this.sessions.slab;
    if (this.keepsConnections && rows.connection[session] !== NONE) {
      const flight = this.flights.all[rows.connection[session]];
      flight.serial = ++this.serial;
      return flight;
    }
    const { byAddress, spec } = this.classes[client];
    if (byAddress) rows.proxy[session] = this.#anyProxy(client);
    else if (spec.spread === 'request') this.sessions.takeProxy(session);
    return this.#open(rows.proxy[session], this.#routeOf(client, session));
  }

  /** The proxy of a request outside sessions, and of an address. */
  #anyProxy(client: number): number {
    const proxies = this.proxies.length;
    if (proxies === 1) return 0;
    const { byAddress, keys, proxyStream } = this.classes[client];
    return byAddress ? proxyOfAddress(keys!.source, proxies) : Math.floor(proxyStream() * proxies);
  }

  #beginConnection(session: number, id: number): void {
    const { rows } = this.sessions.slab;
    const { perConnection } = this.classes[rows.client[session]];
    rows.connection[session] = id;
    rows.connectionLeft[session] =
      perConnection === null
        ? Number.POSITIVE_INFINITY
        : perConnection.sample(this.sessions.draw(session, CONNECTION));
  }

  /** Another attempt goes where its address or session goes; without, or where each request takes any proxy, it takes any. */
  #proxyOfAttempt({ session, client, serviceUniform, sourceKey }: Flight, attempt: number): number {
    const proxies = this.proxies.length;
    if (proxies === 1) return 0;
    const { byAddress, spec } = this.classes[client];
    if (byAddress) return proxyOfAddress(sourceKey, proxies);
    if (session !== NONE && spec.spread !== 'request') {
      return this.sessions.slab.rows.proxy[session];
    }
    return Math.floor(counterUniform(serviceUniform * 4294967296, 0, attempt, PROXY) * proxies);
  }

  #routeOf(client: number, session: number): string | null {
    return this.classes[client].sticky && session !== NONE ? this.sessions.routes[session] : null;
  }

  #open(proxy: number, route: string | null): Flight {
    const flight = this.proxies[proxy].open(route);
    flight.serial = ++this.serial;
    return flight;
  }
}

/** Whether an attempt meets an error is drawn anew for each, as a function of the request's first draw. */
function errorOfAttempt(uniform: number, attempt: number): number {
  return counterUniform(uniform * 4294967296, 0, attempt, ERRORS);
}

function classOf(
  spec: ClientSpec,
  client: number,
  stream: (name: string) => Uniform,
  queue: EventQueue,
  keyed: boolean,
): ClientClass {
  const { arrival, session, timeoutNs } = spec;
  // The sessions of a trace are its addresses, so that each keeps its proxy as it is.
  const byAddress = spec.spread === 'address' && arrival.kind !== 'trace';
  const patience =
    timeoutNs === null ? null : new Deadlines(queue, eventOf(GIVE_UP, client), timeoutNs);
  return {
    spec,
    sticky: session !== null && session.sticky !== 'none',
    requests: session === null ? null : distributionOf(session.requests),
    think: session === null ? null : distributionOf(session.think),
    pause: arrival.kind === 'closed' ? distributionOf(arrival.think) : null,
    sessionStream: stream(`session/${spec.name}`),
    serviceStream: stream(`service/${spec.name}`),
    bytesStream: stream(`bytes/${spec.name}`),
    errorStream: stream(`errors/${spec.name}`),
    patience,
    retries: new Retries(spec.retry, stream(`retry/${spec.name}`)),
    perConnection: spec.connection === null ? null : distributionOf(spec.connection),
    proxyStream: stream(`proxy/${spec.name}`),
    trace: arrival.kind === 'trace' ? traceOf(arrival.trace) : null,
    byAddress,
    keys: keyed || byAddress ? new Keys(spec, stream) : null,
  };
}

function traceOf(spec: TraceSpec): Trace {
  return { spec, entry: 0, sessions: new Int32Array(spec.clientCount).fill(NONE) };
}
