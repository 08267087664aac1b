/** The limits that hold, for whoever wonders why something was refused. */
import type { ProxyConfig } from '../../config/config.ts';
import { type ClientLimits, numbersOf } from '../fronts.ts';
import { BACKLOG_BYTES } from '../http1/connection.ts';
import { PREFETCH_BYTES } from '../rules/framing.ts';
import { BODY_LIMIT } from '../rules/settings.ts';
import type { Limits } from './inside.ts';

/** Of the main server; a virtual host may have others of those that a configuration can set. */
export function limitsOf(
  { servers: [main], healthChecksAtOnce }: ProxyConfig,
  client: ClientLimits,
): Limits {
  const front = numbersOf(main, client);
  return {
    request_line_bytes: main.limits.line,
    header_field_bytes: main.limits.fieldSize,
    header_fields: main.limits.fields,
    header_bytes: front.headerBytes,
    header_seconds: front.headerMs / 1000,
    body_seconds: front.bodySeconds,
    body_bytes_per_second: front.bodyBytesPerSecond,
    body_bytes: main.requestBodyLimit ?? BODY_LIMIT,
    prefetched_body_bytes: PREFETCH_BYTES,
    timeout_seconds: main.timeoutNs / 1e9,
    proxy_timeout_seconds: (main.proxyTimeoutNs ?? main.timeoutNs) / 1e9,
    keepalive_timeout_seconds: front.keepAliveMs / 1000,
    keepalive_requests: main.maxKeepAliveRequests,
    pipelined_bytes: BACKLOG_BYTES,
    connections_per_client: client.connectionsPerClient ?? 0, // any number
    health_checks_at_once: healthChecksAtOnce ?? 16,
  };
}
