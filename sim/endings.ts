/** How requests end for those who sent them: an answer, an error, another attempt, or no patience left. */
import * as core from '../src/core/index.ts';
import type { Clients } from './clients.ts';
import type { Flight } from './flights.ts';
import type { Cause, Observations } from './observations.ts';
import { countSession, serveSession } from './session-state.ts';

const { NONE } = core; // a local copy: V8 folds it into the code, and reads an import anew at each use

/** Gets the sojourn (ms) and the instant (ns) of arrival of the first requests, by arrival number. */
export interface Curve {
  readonly sojourns: Float64Array;
  readonly arrivedNs: Float64Array;
}

export class Endings {
  private readonly clients: Clients;
  private readonly observations: Observations;
  private readonly sloNs: number;
  private readonly curve: Curve | null;
  /** Called when a request that counts has ended after the window, and after the last of all. */
  private readonly onEnded: () => void;

  constructor(
    clients: Clients,
    observations: Observations,
    sloNs: number | null,
    curve: Curve | null,
    onEnded: () => void,
  ) {
    this.clients = clients;
    this.observations = observations;
    this.sloNs = sloNs ?? Number.POSITIVE_INFINITY;
    this.curve = curve;
    this.onEnded = onEnded;
  }

  /** The proxy has an answer for the client; `statusCode` 0: the client's connection is closed instead. */
  answer(flight: Flight, statusCode: number, nowNs: number): void {
    const clients = this.clients;
    const failed = statusCode === 0 || statusCode >= 500;
    if (flight.session !== NONE && flight.answered === 1) this.#giveRoute(flight);
    if (failed && clients.triesAgain(flight)) clients.retry(flight, nowNs);
    else this.#conclude(flight, failed ? causeOf(flight, statusCode) : null, nowNs);
    clients.leave(flight);
  }

  /** The client's patience is over; the exchange goes on, for nobody. */
  giveUp(flight: Flight, nowNs: number): void {
    const clients = this.clients;
    if (clients.triesAgain(flight)) clients.retry(flight, nowNs);
    else this.#conclude(flight, 'timeout', nowNs);
    clients.leave(flight);
  }

  /** The request has ended as its client sees it. `cause`: null for an answer. */
  #conclude(flight: Flight, cause: Cause | null, nowNs: number): void {
    const observations = this.observations;
    const { session } = flight;
    const measured = flight.measured === 1;
    const sojournNs = nowNs - flight.arrivedNs;
    const inSession = session !== NONE && this.clients.hasSessions[flight.client] === 1;
    const { slab } = this.clients.sessions;
    if (inSession && measured) countSession(observations, slab.rows, session);
    if (cause === null) {
      const { link } = flight;
      if (observations.open === 1) observations.completed++;
      if (inSession) serveSession(observations, slab.rows, flight, link);
      if (measured) observations.success(link.counts, sojournNs, flight.waitedNs, this.sloNs);
    } else {
      if (measured) observations.failure(cause);
      if (observations.open === 1) observations.binErrors++;
    }
    if (this.curve !== null) plot(this.curve, flight, cause === null ? sojournNs : null);
    if (session !== NONE) this.clients.ended(session, nowNs);
    const lateOrLast = (measured && observations.open === 0) || this.clients.exhausted;
    if (lateOrLast) this.onEnded();
  }

  /** A sticky client learns its route from every answer that carries the route-changed mark. */
  #giveRoute({ routeChanged, worker, session, proxy }: Flight): void {
    if (!routeChanged) return;
    this.clients.sessions.routes[session] = proxy.balancer.routeOf(worker);
  }
}

function causeOf({ answered }: Flight, statusCode: number): Cause {
  if (answered === 1) return 'backend';
  return statusCode === 503 ? 'unavailable' : 'gateway';
}

/** `sojournNs`: null for a request that failed. */
function plot({ sojourns, arrivedNs }: Curve, flight: Flight, sojournNs: number | null): void {
  const { number } = flight;
  if (sojournNs !== null && number < sojourns.length) sojourns[number] = sojournNs / 1e6;
  if (number < arrivedNs.length) arrivedNs[number] = flight.arrivedNs;
}
