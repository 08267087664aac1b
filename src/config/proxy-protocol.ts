/** Versions of HAProxy's PROXY protocol, as `proxyprotocol` of a worker names them: 1 is a line of text, 2 is binary. */
export const proxyProtocolVersions = ['v1', 'v2'] as const;
export type ProxyProtocolVersion = (typeof proxyProtocolVersions)[number];
