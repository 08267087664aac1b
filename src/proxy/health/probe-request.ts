/** What a health check sends (spec: httpd 6.2), byte for byte as httpd does. */
import type { MemberConf } from '../../config/config.ts';

export interface ProbeRequest {
  readonly method: 'OPTIONS' | 'HEAD' | 'GET';
  /** Request line, the one header and the blank line. */
  readonly head: string;
}

/** null: the connection alone is the check, or there is none. */
export function probeRequest({ name, url, health }: MemberConf): ProbeRequest | null {
  const [, method, eleven] = /^(OPTIONS|HEAD|GET)(11)?$/.exec(health?.method ?? '') ?? [];
  if (health === null || method === undefined) return null;
  const path = /^[^/]*\/\/[^/]*(.*)$/s.exec(name)?.[1] ?? '';
  const slash = path !== '' && health.uri !== '' ? '/' : ''; // one more, however the path ends
  const target = method === 'OPTIONS' ? '*' : `${path}${slash}${health.uri}`;
  const version = eleven === undefined ? '1.0' : '1.1';
  const head = `${method} ${target} HTTP/${version}\r\nHost: ${url.host}:${url.port}\r\n\r\n`;
  return { method: method as ProbeRequest['method'], head: Buffer.from(head).toString('latin1') };
}
