/**
 * What the simulator knows of requests under way. Records are pooled objects, one for each exchange the core ever
 * had at once: V8 reads a field of an object in two instructions, an entry of a typed column in eight.
 */
import { NONE } from '../src/core/index.ts';
import type { Link } from './link.ts';

/** V8 gives a field the kind of number it first holds: NaN makes it a double before the first large one comes. */
const DOUBLE = Number.NaN;

/** One attempt of a request: from an exchange's opening to its close. */
export class Flight {
  /** Its exchange. */
  readonly id: number;
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
  /** The way to the worker that was picked last. */
  link: Link | null = null;
  /** The worker's restarts when the request was sent to it. */
  restarts = 0;
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

  constructor(id: number) {
    this.id = id;
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
  /** By exchange, as far as there ever were any. */
  readonly all: Flight[] = [];

  /** The flight of exchange `id`. */
  of(id: number): Flight {
    while (id >= this.all.length) this.all.push(new Flight(this.all.length));
    return this.all[id];
  }
}
