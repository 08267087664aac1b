/** The limits that hold, for whoever wonders why something was refused. */
import type { MemberConf, ProxyConfig } from '../../config/config.ts';
import { handsOn } from '../../config/tcp.ts';
import { CHECKS_AT_ONCE } from '../../core/index.ts';
import { DRAIN_NS } from '../drain.ts';
import { type ClientLimits, connectionsPerClient, numbersOf } from '../fronts.ts';
import { BODY_BYTES_MAX } from '../health/probe.ts';
import { MESSAGE_BYTES } from '../heartbeat/message.ts';
import { BACKLOG_BYTES, BACKLOG_PIECES, LINGER_MS } from '../http1/connection.ts';
import { BETWEEN_BYTES } from '../http1/request-parser.ts';
import { MEMORY_MAX, STREAMS_MAX } from '../http2/index.ts';
import { LISTENERS_MAX } from '../manager/api.ts';
import { FORM_BYTES } from '../manager/input.ts';
import { WAITING_MAX } from '../observe/log-file.ts';
import { timeoutNsOf } from '../passage.ts';
import { BINARY_BYTES_MAX, LINE_BYTES_MAX } from '../proxy-protocol/header.ts';
import { PREFETCH_BYTES } from '../rules/framing.ts';
import { BODY_LIMIT } from '../rules/settings.ts';
import { HELLO_BYTES_MAX } from '../tls/client-hello.ts';
import type { Limits } from './inside.ts';

/** Of the main server; a virtual host may have others of those that a configuration can set. */
export function limitsOf(config: ProxyConfig, client: ClientLimits): Limits {
  const { healthChecksAtOnce, heartbeat, gracefulShutdownNs } = config;
  const [main] = config.servers;
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
    pipelined_pieces: BACKLOG_PIECES,
    trailer_bytes: BETWEEN_BYTES,
    linger_seconds: LINGER_MS / 1000,
    connections_per_client: connectionsPerClient(config, client),
    http2_streams: STREAMS_MAX,
    http2_connection_bytes: MEMORY_MAX * 1e6,
    tls_hello_bytes: HELLO_BYTES_MAX,
    proxy_protocol_line_bytes: LINE_BYTES_MAX,
    proxy_protocol_header_bytes: BINARY_BYTES_MAX,
    health_checks_at_once: healthChecksAtOnce ?? CHECKS_AT_ONCE,
    health_check_body_bytes: BODY_BYTES_MAX,
    heartbeat_message_bytes: MESSAGE_BYTES,
    heartbeat_servers: heartbeat?.maxServers ?? 0,
    manager_form_bytes: FORM_BYTES,
    manager_listeners: LISTENERS_MAX,
    log_waiting_bytes: WAITING_MAX,
    graceful_shutdown_seconds: (gracefulShutdownNs ?? DRAIN_NS) / 1e9,
  };
}

/** Of a member, as a configuration or a manager has it; `connections` hold for each thread. */
export function workerLimitsOf(member: MemberConf, { servers: [main] }: ProxyConfig): Limits {
  const timeoutNs = timeoutNsOf(member, main);
  return {
    connections: member.max,
    acquire_seconds: (member.acquireNs ?? 0) / 1e9, // 0: it waits for ever
    connect_seconds: (member.connectiontimeoutNs ?? timeoutNs) / 1e9,
    timeout_seconds: timeoutNs / 1e9,
    tunnel_idle_seconds:
      (handsOn([member]) ? timeoutNs : Math.max(main.timeoutNs, timeoutNs)) / 1e9,
    ping_seconds: (member.pingNs ?? 0) / 1e9,
    idle_seconds: member.ttlSeconds ?? 0,
    response_field_bytes: member.responsefieldsize,
  };
}
