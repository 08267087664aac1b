/**
 * What the oracle plays: a balancer, its members, and a script. A case is plain data, so that it can be drawn
 * from a seed, cut down when it fails, printed, and kept as a fixture with what httpd made of it.
 */

/** Parameters as in a configuration, in the order in which they are written. */
export type Parameters = Readonly<Record<string, string>>;

export interface Case {
  /** Name of the balancer, and of the virtual host in front of it; part of the text that a sticky name is sought in. */
  readonly name: string;
  readonly seed: number;
  /** The client keeps its connections and sends its next request on one of them. */
  readonly keepAlive: boolean;
  readonly balancer: Parameters;
  readonly members: readonly Parameters[];
  readonly steps: readonly Step[];
}

export type Step =
  | Ask
  /** Lets the backends answer a request that they hold. */
  | { readonly op: 'release'; readonly hold: string }
  /** The member refuses connections, or takes them again. Requests it holds stay. */
  | { readonly op: 'down' | 'up'; readonly member: number }
  | { readonly op: 'wait'; readonly seconds: number }
  /** A form sent to balancer-manager (spec: httpd 8); `member` null: the balancer's own form. */
  | { readonly op: 'manage'; readonly member: number | null; readonly set: Parameters };

/** A client's request, and what the backend that gets it is to answer. */
export interface Ask {
  readonly op: 'request';
  readonly method: 'GET' | 'POST' | 'HEAD';
  /** Path and query as on the request line. */
  readonly target: string;
  /** The Cookie header; null: none. */
  readonly cookie: string | null;
  /** Bytes of the request's body; null: none. `chunked`: without a Content-Length. */
  readonly post: number | null;
  readonly chunked: boolean;
  readonly answer: Answer;
  /** The backend has the request but answers only when this name is released. */
  readonly hold: string | null;
}

export interface Answer {
  readonly status: number;
  /** Bytes of the body, where the method and the status allow one. */
  readonly body: number;
  /** How the end of the body is told: a Content-Length, chunks, or the end of the connection. */
  readonly framing: 'length' | 'chunked' | 'close';
  /** An interim response that goes before; null: none. */
  readonly interim: number | null;
  /**
   * The connection is closed instead of the status line, or in the middle of the body; or nothing comes until the
   * member's `timeout` is over.
   */
  readonly fault: 'vanish' | 'cut' | 'stall' | null;
}

/** What balancer-manager shows of a member: lbstatus, elected, busy, transferred, read, letters of its flags. */
export type MemberState = readonly [number, number, number, number, number, string];

/** What came of a request as far as a client, the backends and a log can tell. */
export interface Seen {
  /** Members that were tried in vain, in order. */
  readonly refused: readonly number[];
  /** The member that got the request; null: none did. */
  readonly worker: number | null;
  /** Bytes of the request that the member received, head included. */
  readonly sent: number;
  /** The client's connection carried a request before. */
  readonly keptAlive: boolean;
  /** The member's connection was opened for this request. */
  readonly fresh: boolean;
  /** What the client got; null while the request is held. */
  readonly got: Got | null;
}

export interface Got {
  /** 0: the connection was closed without an answer. */
  readonly status: number;
  /** The Set-Cookie header. */
  readonly cookie: string | null;
  /** Bytes of the body; null: a page of the proxy itself. */
  readonly body: number | null;
}

/** A step as it was played: when, what was seen, and the state of every member afterwards. */
export interface Played {
  /** Seconds since the case began. */
  readonly at: number;
  readonly seen: Seen | null;
  /** Of a `release`. */
  readonly got: Got | null;
  readonly state: readonly MemberState[];
}

/** A case with what httpd made of it, one entry for each step. */
export interface Recorded {
  readonly httpd: string;
  readonly case: Case;
  readonly played: readonly Played[];
}

const reasons: Readonly<Record<number, string>> = {
  103: 'Early Hints',
  200: 'OK',
  204: 'No Content',
  301: 'Moved Permanently',
  304: 'Not Modified',
  404: 'Not Found',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

/** The status line that a backend writes, without its line ending. */
export function statusLine(status: number): string {
  return `HTTP/1.1 ${status} ${reasons[status]}`;
}

/** Bytes of the body that leave the backend. */
export function bodyBytes({ method, answer }: Ask): number {
  if (method === 'HEAD' || answer.status === 204 || answer.status === 304) return 0;
  return answer.fault === 'cut' ? answer.body >>> 1 : answer.body;
}

/** Whether the backend gives no final status line. */
export function unanswered({ answer: { fault } }: Ask): boolean {
  return fault === 'vanish' || fault === 'stall';
}

/** What httpd counts as read for the whole response (spec: httpd 3.3). */
export function readBytes(ask: Ask): number {
  const { status, interim } = ask.answer;
  const before = interim === null ? 0 : statusLine(interim).length;
  return unanswered(ask) ? before : before + statusLine(status).length + bodyBytes(ask);
}

/** The Set-Cookie line of the usual recipe, which the configurations of the oracle hold. */
export function routeCookie(route: string): string {
  return `ROUTEID=.${route}; path=/`;
}
