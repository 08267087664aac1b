/** What the event queue carries: a kind in the low four bits, and the row it concerns above them. */

/** A session's next request, its thinking over. Row: session. */
export const NEXT = 0;
/** A new backend connection is open, or refused. Row: exchange. */
export const CONNECT = 1;
/** The request is at the backend. Row: exchange. */
export const REACH = 2;
/** First come, first served: a job is done. Row: job. */
export const DEPART = 3;
/** Processor sharing: the job with the least work left is done. Row: worker. */
export const SHARE = 4;
/** The response, or the reset of the connection, is at the balancer. Row: exchange. */
export const ANSWER = 5;
/** A client's patience ends. Row: client class. */
export const GIVE_UP = 6;
/** A worker's `timeout` for the status line ends. Row: list of those that share the same timeout. */
export const EXPIRE = 7;
/** A client tries again. Row: exchange. */
export const RETRY = 8;
/** A wait inside the core ends. Row: proxy. */
export const ADVANCE = 9;
/** Something rare. Row: of its timer. */
export const TIMER = 10;
/** The measured window begins (row 0) or ends (row 1). */
export const WINDOW = 11;
/** A bin of the time series is full. */
export const BIN = 12;
/** The drain has lasted long enough. */
export const CUT_OFF = 13;

export function eventOf(kind: number, row: number): number {
  return (row << 4) | kind;
}

export const kindOf = (event: number): number => event & 15;
export const rowOf = (event: number): number => event >> 4;
