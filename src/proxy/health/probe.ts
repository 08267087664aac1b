/** One health check of a member over a connection of its own (spec: httpd 6.2). */
import type { MemberConf } from '../../config/config.ts';
import { holds } from '../../config/expressions/holds.ts';
import type { Backend, OutgoingRequest, ResponseHead, Try } from '../backend/backend.ts';
import { ownHeader } from '../proxy-protocol/own-header.ts';
import { probeRequest } from './probe-request.ts';

/** Of a body, what an expression gets to see. */
export const BODY_BYTES_MAX = 1024 * 1024;

/**
 * Starts a check over `backend`, which keeps no connections. `done` is called once with the verdict, later than
 * this call returns; not at all when the try is aborted before.
 */
export function probe(member: MemberConf, backend: Backend, done: (passed: boolean) => void): Try {
  const asked = probeRequest(member);
  const request: OutgoingRequest = {
    method: asked?.method ?? 'HEAD',
    head: asked?.head ?? '',
    body: [],
    rest: null,
    chunked: false,
    expectContinue: false,
    upgrade: null,
    keepAlive: false,
    timeoutNs: member.timeoutNs,
    connectTimeoutNs: member.connectiontimeoutNs ?? member.timeoutNs,
    pingNs: null,
    tlsName: member.tls === undefined ? null : member.url.host,
    proxyHeader: member.proxyProtocol === undefined ? null : ownHeader(member.proxyProtocol),
  };
  const body: Buffer[] = [];
  let bodyBytes = 0;
  let head: ResponseHead | null = null;
  let over = false;
  /** Nothing more is wanted of the connection. */
  const end = (passed: boolean): void => {
    if (over) return;
    over = true;
    attempt.abort();
    done(passed);
  };
  const attempt = backend.dispatch(request, {
    connected() {
      if (asked !== null) return true;
      over = true;
      done(true);
      return false;
    },
    sent() {},
    interim: (interim) => end(passes(member, request.method, interim, '')),
    responded(found) {
      head = found;
      if (request.method !== 'GET') end(passes(member, request.method, found, ''));
    },
    data(bytes, start, end) {
      if (bodyBytes >= BODY_BYTES_MAX) return;
      const wanted = Math.min(end, start + BODY_BYTES_MAX - bodyBytes);
      body.push(Buffer.from(bytes.subarray(start, wanted)));
      bodyBytes += end - start;
    },
    ended() {
      if (over || head === null) return;
      over = true;
      done(passes(member, request.method, head, Buffer.concat(body).toString('latin1')));
    },
    truncated: () => end(false),
    failed: () => end(false),
    upgraded(_, connection) {
      connection.destroy();
      end(false);
    },
  });
  return attempt;
}

/** What the expression says, if there is one, else whether the status is a success or a redirection. */
function passes({ health }: MemberConf, method: string, head: ResponseHead, body: string): boolean {
  const { condition } = health!;
  if (condition === null) return head.status >= 200 && head.status <= 399;
  return holds(condition, { method, status: head.status, rawHeaders: head.rawHeaders, body });
}
