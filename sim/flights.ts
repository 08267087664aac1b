/**
 * What the simulator knows of requests under way. Records are pooled objects, one for each exchange the core ever
 * had at once: V8 reads a field of an object in two instructions, an entry of a typed column in eight.
 */
import { NONE } from '../src/core/index.ts';
import type { Link } from './link.ts';
import type { ProxyInstance } from './proxy.ts';

/** V8 gives a field the kind of number it first holds: NaN makes it a double before the first large one comes. */
const DOUBLE = Number.NaN;

/** One attempt of a request: from an exchange's opening to its close. In mode tcp one after the other, on one connection. */
export class Flight {
  /** What events carry: its exchange times the number of proxies, plus the number of its proxy. */
  readonly id: number;
  readonly proxy: ProxyInstance;
  /** Its exchange at the proxy. */
  readonly exchange: number;
  /** Client class. */
  client = 0;
  /** Session row, or NONE. */
  session = NONE;
  /** The request's first arrival; and this attempt's. */
  arrivedNs = DOUBLE;
  startedNs = DOUBLE;
  /** Tells this attempt from all others; 0 once nobody waits for its answer. */
  serial = 0;
  /** 1 from begin to close, whether or not somebody still waits. */
  underWay = 0;
  /** Hashes of the client's address and of the path asked for. */
  sourceKey = 0;
  uriKey = 0;
  /** Drawn with the request, before it is routed: they follow it to whatever worker it gets. */
  serviceUniform = DOUBLE;
  bytesUniform = DOUBLE;
  errorUniform = DOUBLE;
  /** Size of the response where the request brings it (traces); negative: the backend's distribution. */
  fixedBytes = -1;
  attemptsLeft = 0;
  /** 1 if it arrived inside the window. */
  measured = 0;
  /** Number of the arrival among its replication's, from 0. */
  number = 0;
  /** Tries of this request's earlier attempts. */
  triesBefore = 0;
  /** Tries of this attempt whose picks were counted. */
  tries = 0;
  /** When the wait for a connection slot or a usable worker began. */
  waitingSinceNs = DOUBLE;
  waitedNs = DOUBLE;
  /** Sum of the instants of this attempt's picks. */
  pickedSumNs = DOUBLE;
  /** The way to the worker that was picked last; before the first pick, some way. */
  link: Link;
  /** The worker's restarts when the connection was opened or taken. */
  restarts = 0;
  /** Begin of the connecting, and how often what is under way was sent again. */
  dialedNs = DOUBLE;
  resends = 0;
  /** Places in the rings of deadlines of the client's patience and of the try's time-out, or NONE. */
  patience = NONE;
  expiry = NONE;
  /** Job at the backend, or NONE; and the sequence of the event under way, or NONE. */
  job = NONE;
  sequence = DOUBLE;
  /** What the backend answered: its status (0: the connection was reset) and size. */
  status = 0;
  bytes = 0;
  /** 1 if the last outcome was an answer: its cookie reaches the client. */
  answered = 0;
  /** Mode tcp: 1 while its connection is open and no request is under way. */
  idle = 0;

  constructor(id: number, proxy: ProxyInstance, exchange: number) {
    this.id = id;
    this.proxy = proxy;
    this.exchange = exchange;
    this.link = proxy.links[0];
  }

  /** Takes over what another attempt of a request has from the one before: the request itself. */
  carryOn(from: Flight): void {
    this.client = from.client;
    this.session = from.session;
    this.arrivedNs = from.arrivedNs;
    this.sourceKey = from.sourceKey;
    this.uriKey = from.uriKey;
    this.serviceUniform = from.serviceUniform;
    this.bytesUniform = from.bytesUniform;
    this.errorUniform = from.errorUniform;
    this.fixedBytes = from.fixedBytes;
    this.attemptsLeft = from.attemptsLeft;
    this.measured = from.measured;
    this.number = from.number;
    this.triesBefore = from.triesBefore;
    this.waitedNs = from.waitedNs;
  }
}

export class Flights {
  /** By id, as far as there ever were any. */
  readonly all: Flight[] = [];
  private readonly proxies: readonly ProxyInstance[];

  constructor(proxies: readonly ProxyInstance[]) {
    this.proxies = proxies;
  }

  of(id: number): Flight {
    return id < this.all.length ? this.all[id] : this.#grow(id);
  }

  #grow(id: number): Flight {
    const proxies = this.proxies;
    for (let next = this.all.length; next <= id; next++) {
      const index = next % proxies.length;
      this.all.push(new Flight(next, proxies[index], (next - index) / proxies.length));
    }
    return this.all[id];
  }
}
