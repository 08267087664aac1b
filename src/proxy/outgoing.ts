/** The request as it goes to a worker: head, framing, timeouts (spec: httpd 5.5, 5.7, 10.1, 10.3, 10.5). */
import type { MemberConf } from '../config/config.ts';
import type { OutgoingRequest } from './backend/backend.ts';
import { authorityOf, type Passage, PRODUCT, timeoutNsOf } from './passage.ts';
import type { Prefetch } from './prefetch.ts';
import { clientHeader } from './proxy-protocol/own-header.ts';
import { framing } from './rules/framing.ts';
import { memberTarget } from './rules/mapping.ts';
import { type Refusal, refused } from './rules/refusal.ts';
import { requestHead } from './rules/request-head.ts';
import { hostOf } from './rules/server.ts';

const nothing: readonly Buffer[] = [];

/** `prefetch`: what was read of the body; null without a body, or when the client waits to be asked for it. */
export function outgoing(
  passage: Passage,
  member: MemberConf,
  prefetch: Prefetch | null,
): OutgoingRequest | Refusal {
  const { request, server, settings, values } = passage;
  const { method, body, rawHeaders } = request;
  const uri = memberTarget(member, passage.mapped);
  if (refused(uri)) return uri;
  const { env } = values;
  const old = env.size > 0 && env.has('force-proxy-request-1.0');
  const complete = prefetch?.complete ?? false;
  const framed = framing({
    contentLength: request.bodyBytes,
    chunked: body !== null && request.bodyBytes === null,
    prefetched: prefetch?.bytes ?? 0,
    complete: body === null || complete,
  });
  const forwardsExpect = request.expectContinue && settings.proxy100Continue;
  const expect = body !== null && !old && (forwardsExpect || member.pingNs !== null);
  const upgrade = old ? null : upgradeTo(member, request.upgrade);
  const keepAlive = !member.disablereuse && !old && !(env.size > 0 && env.has('proxy-nokeepalive'));
  const head = requestHead({
    method,
    uri,
    rawHeaders,
    lines: request.lines,
    remoteAddress: request.remoteAddress,
    localAddress: request.localAddress,
    secure: request.secure,
    version: request.version,
    authority: authorityOf(passage),
    absolute: passage.target.authority !== null,
    product: PRODUCT,
    member,
    server,
    settings,
    values,
    maxForwards: passage.maxForwards,
    framing: framed,
    keepAlive,
    upgrade,
    expect,
  });
  const timeoutNs = timeoutNsOf(member, server);
  const { proxyProtocol } = member;
  return {
    method,
    head,
    body: prefetch?.chunks ?? nothing,
    rest: complete ? null : body,
    chunked: framed.chunked,
    expectContinue: expect,
    upgrade,
    keepAlive: keepAlive && upgrade === null,
    timeoutNs,
    connectTimeoutNs: member.connectiontimeoutNs ?? timeoutNs,
    pingNs: member.pingNs,
    tlsName: tlsNameOf(passage, member),
    proxyHeader: proxyProtocol === undefined ? null : clientHeader(proxyProtocol, request),
  };
}

/** As in httpd, a worker that is told the client's host has to be that host. */
function tlsNameOf(passage: Passage, { tls, url }: MemberConf): string | null {
  if (tls === undefined) return null;
  const asked = passage.settings.preserveHost ? authorityOf(passage) : null;
  return asked === null ? url.host : hostOf(asked);
}

/** The protocol that the client asks for, if this member takes an upgrade to it. */
function upgradeTo({ upgrade, url }: MemberConf, asked: string | null): string | null {
  if (asked === null) return null;
  const wanted = asked.toLowerCase();
  const taken = upgrade === '' && url.scheme.startsWith('ws') ? 'websocket' : upgrade.toLowerCase();
  if (taken === 'any') return asked;
  return taken.split(/[\s,]+/).includes(wanted) ? asked : null;
}
