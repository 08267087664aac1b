/**
 * What the simulator knows of requests under way: the core's exchanges, with fields of its own. They are pooled objects:
 * V8 reads a field of an object in two instructions, an entry of a typed column in eight.
 */
import { Exchange, NONE } from '../src/core/index.ts';
import { Deadline } from './deadlines.ts';
import { DOUBLE } from './double.ts';
import type { Link } from './link.ts';
import type { ProxyInstance } from './proxy.ts';

/** One attempt of a request: from an exchange's opening to its close. In mode tcp one after the other, on one connection. */
export class Flight extends Exchange {
  readonly proxy: ProxyInstance;
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
  triesCounted = 0;
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
  /** End of the client's patience, and the try's time-out. */
  readonly patience: Deadline;
  readonly expiry: Deadline;
  /** Job at the backend, or NONE; and the sequence of the event under way, or NONE. */
  job = NONE;
  sequence = DOUBLE;
  /** What the backend answered: its status (0: the connection was reset) and size. */
  statusCode = 0;
  bytes = 0;
  /** 1 if the last outcome was an answer: its cookie reaches the client. */
  answered = 0;
  /** Mode tcp: 1 while its connection is open and no request is under way. */
  idle = 0;

  /** `id`: what events carry. */
  constructor(id: number, proxy: ProxyInstance) {
    super(id);
    this.proxy = proxy;
    this.patience = new Deadline(id);
    this.expiry = new Deadline(id);
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
  /** By id. */
  readonly all: Flight[] = [];

  /** One more for `proxy`. */
  another(proxy: ProxyInstance): Flight {
    const flight = new Flight(this.all.length, proxy);
    this.all.push(flight);
    return flight;
  }
}
