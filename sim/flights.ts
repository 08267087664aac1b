/** What the simulator knows of a request under way, by the id of its exchange. */
import { Slab } from './slab.ts';

export const flightColumns = {
  /** Client class. */
  client: 'i32',
  /** Session row, or NONE. */
  session: 'i32',
  /** The request's first arrival; and this attempt's. */
  arrivedNs: 'f64',
  startedNs: 'f64',
  /** Tells this attempt from all others; 0 once nobody waits for its answer. */
  serial: 'f64',
  /** 1 from begin to close, whether or not somebody still waits. */
  underWay: 'i32',
  /** Tells this try from all others; 0 when no status line is awaited. */
  trySerial: 'f64',
  /** Drawn with the request, before it is routed: they follow it to whatever worker it gets. */
  serviceUniform: 'f64',
  bytesUniform: 'f64',
  errorUniform: 'f64',
  /** Size of the response where the request brings it (traces); negative: the backend's distribution. */
  fixedBytes: 'f64',
  attemptsLeft: 'i32',
  /** Arrived inside the window. */
  measured: 'i32',
  /** Number of the arrival among its replication's, from 0. */
  number: 'f64',
  /** Tries of this request's earlier attempts. */
  triesBefore: 'i32',
  /** When the wait for a connection slot or a usable worker began, and the tries of this attempt until then. */
  waitingSinceNs: 'f64',
  triesBeforeWait: 'i32',
  waitedNs: 'f64',
  /** Sum of the instants of this attempt's picks. */
  pickedSumNs: 'f64',
  /** The worker's restarts when the request was sent to it. */
  restarts: 'i32',
  /** Job at the backend, or NONE; and the sequence of the event under way, or NONE. */
  job: 'i32',
  sequence: 'f64',
  /** What the backend answered: its status (0: the connection was reset) and size. */
  status: 'i32',
  bytes: 'f64',
  /** The last outcome was an answer: its cookie reaches the client. */
  answered: 'i32',
} as const;

export type Flights = Slab<typeof flightColumns>;

export function flights(capacity: number): Flights {
  return new Slab(flightColumns, capacity);
}
