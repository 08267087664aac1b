/**
 * One request under observation, or one connection that goes to a balancer as it is: the exchange tells what becomes of
 * each try. What is to be done with that is its observer's to say. Without an observer there is none of these.
 */
import type { ServerConf } from '../../config/config.ts';
import { type Exchange, NONE, type RequestRoute, type Step, type Via } from '../../core/index.ts';
import type { Failure } from '../backend/backend.ts';
import { nowNs } from '../clock.ts';
import type { ClientRequest } from '../front.ts';
import type { Group } from '../group.ts';
import type { Asked } from '../passage.ts';

/** Why a try ended without a response, or a request without a try: the core's outcomes, and nobody to be tried. */
export type Cause = Failure | 'becameUnusable' | 'acquireExpired' | 'nobody';

/** What is looked at of a request. */
export type Seen = Pick<
  ClientRequest,
  | 'method'
  | 'target'
  | 'version'
  | 'rawHeaders'
  | 'host'
  | 'peer'
  | 'remoteAddress'
  | 'remotePort'
  | 'localAddress'
  | 'localPort'
  | 'secure'
  | 'ordinal'
  | 'firstLine'
  | 'persists'
  | 'bytesIn'
  | 'bytesOut'
>;

/** Who is told of requests. */
export interface Observer {
  /** A worker was picked: `sight.group`, `sight.worker`, `sight.via`. */
  picked(sight: Sight): void;
  /** A connection was opened for the try under way. */
  connected(sight: Sight): void;
  /** The head of the worker's response is there. */
  responded(sight: Sight, status: number): void;
  /** The try under way is over; with `nobody` there was none. */
  failed(sight: Sight, cause: Cause): void;
  /** The header pairs that go out, from those that the answer has. */
  headers(sight: Sight, headers: readonly string[]): readonly string[];
  /** The client has its answer or is gone. */
  closed(sight: Sight): void;
}

/** A time of `nowNs` as whole microseconds since 1970. */
export function microsecondsAt(ns: number): number {
  return Math.floor(performance.timeOrigin * 1000 + ns / 1000);
}

export class Sight {
  readonly request: Seen;
  readonly startNs: number;
  /** The virtual host, and its index; null as long as nobody looked for it. */
  conf: ServerConf | null = null;
  server = 0;
  /** null: the request was refused before its target was read. */
  asked: Asked | null = null;

  /** 0 before there is an answer. */
  status = 0;
  /** Of the answer, as they were given to the front. */
  headers: readonly string[] = [];
  /** Of the answer's body, without framing. */
  bodyBytes = 0;
  /** Of the connection, for this request and its answer: a pipeline's bytes count for its first request. */
  bytesIn = 0;
  bytesOut = 0;
  /** When the answer began and ended; 0 before. */
  headNs = 0;
  endNs = 0;
  /** The client got the whole answer. */
  complete = false;
  /** The connection goes on behind the answer. */
  persists = false;

  /** What it was mapped to; null for answers of the proxy itself. */
  group: Group | null = null;
  route: RequestRoute | null = null;
  /** Of the last try, as all that follows. */
  worker = NONE;
  via: Via = 'nobody';
  routeChanged = false;
  tries = 0;
  /** Of every try that failed, in order; null: none did. */
  causes: Cause[] | null = null;
  /** What the shadow's balancer picked. */
  shadow = NONE;
  pickedNs = 0;
  dispatchedNs = 0;
  /** 0: a connection was there already. */
  connectedNs = 0;
  /** 0 without a response. */
  respondedNs = 0;

  protected readonly observer: Observer;
  #waits: 'slot' | 'worker' | null = null;

  constructor(request: Seen, observer: Observer) {
    this.request = request;
    this.startNs = nowNs();
    this.observer = observer;
  }

  /** The virtual host that the request is for. */
  reached(conf: ServerConf, index: number): void {
    this.conf = conf;
    this.server = index;
  }

  // What the exchange tells.

  /** The core said `step` of `exchange`. */
  proceeded(group: Group, exchange: Exchange, step: Step): void {
    const { balancer } = group;
    const { tries } = exchange;
    const waited = this.#waits;
    const picked = tries > this.tries;
    this.group = group;
    this.#waits = step !== 'wait' ? null : picked ? 'slot' : 'worker';
    // Who waited for a connection to a worker goes on elsewhere, or not at all, when there was none in time.
    if (waited === 'slot' && (picked || step === 'done')) this.failed('acquireExpired');
    if (picked) {
      this.tries = tries;
      this.worker = exchange.worker;
      this.via = waited === null ? balancer.via : 'search';
      this.pickedNs = nowNs();
      this.connectedNs = 0;
      this.respondedNs = 0;
      this.routeChanged = exchange.routeChanged;
      this.observer.picked(this);
    }
    if (step === 'done' && exchange.worker === NONE) {
      this.via = balancer.via;
      this.failed('nobody');
    }
  }

  dispatched(): void {
    this.dispatchedNs = nowNs();
  }

  connected(): void {
    this.connectedNs = nowNs();
    this.observer.connected(this);
  }

  responded(status: number): void {
    this.respondedNs = nowNs();
    this.observer.responded(this, status);
  }

  failed(cause: Cause): void {
    if (this.causes === null) this.causes = [cause];
    else this.causes.push(cause);
    this.observer.failed(this, cause);
  }

  /** A variable of the request; undefined when it is not set (spec: httpd 4.5). */
  variable(name: string): string | undefined {
    const { group, worker } = this;
    if (name.startsWith('BALANCER_') && worker !== NONE && group?.name.startsWith('balancer://')) {
      const { route, from } = this.route ?? { route: null, from: null };
      switch (name) {
        case 'BALANCER_NAME':
          return group.name;
        case 'BALANCER_WORKER_NAME':
          return group.members[worker]?.name;
        case 'BALANCER_WORKER_ROUTE':
          return group.balancer.routeOf(worker);
        case 'BALANCER_SESSION_STICKY':
          return route === null ? undefined : (from ?? undefined);
        case 'BALANCER_SESSION_ROUTE':
          return from === null ? undefined : (route ?? undefined);
        case 'BALANCER_ROUTE_CHANGED':
          return this.routeChanged ? '1' : undefined;
      }
    }
    return this.asked?.values.env.get(name);
  }

  /** The client has its answer or is gone. */
  ended(complete: boolean): void {
    this.endNs = nowNs();
    this.complete = complete;
    this.persists = complete && this.request.persists;
    this.bytesIn = this.request.bytesIn();
    this.bytesOut = this.request.bytesOut();
  }

  /** All is told, what comes of the end included. */
  closed(): void {
    this.observer.closed(this);
  }
}
