/** What can come of using a worker, and what httpd makes of it (spec: httpd 5.1). */

export interface Outcome {
  /** Status for the client when this is the last try; 0: the backend's own. */
  readonly status: number;
  /** Puts the worker in error, unless it ignores errors. */
  readonly marksError: boolean;
  /** Another try may follow if the worker is unusable now. */
  readonly failsOver: boolean;
  /** `failontimeout` applies. */
  readonly timedOut: boolean;
  /** The client's connection is closed without an answer. */
  readonly drops: boolean;
}

const plain = { marksError: false, failsOver: false, timedOut: false, drops: false };

function outcome(status: number, differs: Partial<Outcome> = {}): Outcome {
  return Object.freeze({ ...plain, ...differs, status });
}

const unreachable = { marksError: true, failsOver: true };

export const outcomes = {
  /** A response was obtained, 5xx included; also one that broke off inside the body. */
  answered: outcome(0),
  /** Refused, unreachable, or no connection in time. */
  connectFailed: outcome(503, unreachable),
  /** The worker became unusable between pick and connection. */
  becameUnusable: outcome(503, unreachable),
  /** No pool slot within `acquire`. */
  acquireExpired: outcome(503, unreachable),
  /** A request with body got no reply within `ping`. */
  pingExpired: outcome(503, unreachable),
  dnsFailed: outcome(500, { marksError: true }),
  /** TLS handshake or set-up failed, or the request body had another length than declared. */
  setupFailed: outcome(500, { marksError: true }),
  /** Closed or reset before a status line, on the client connection's first request. */
  closedEarly: outcome(502),
  /** The same on a later request over a new backend connection: the client's connection is closed. */
  closedEarlyFresh: outcome(500, { marksError: true, drops: true }),
  /** The same over a reused backend connection: the client's connection is closed. */
  closedEarlyReused: outcome(502, { drops: true }),
  /** No status line within the worker's `timeout`. */
  timedOut: outcome(502, { timedOut: true }),
  /** Malformed head, ten interim responses in a row, or a 101 nobody asked for. */
  badResponse: outcome(502),
  writeTimedOut: outcome(504),
  writeGone: outcome(502),
  writeFailed: outcome(400),
} as const satisfies Record<string, Outcome>;
