/**
 * What the front needs from a request's header lines, found in one pass over them, and what it refuses: framing is
 * the one place where the proxy is stricter than httpd on purpose. What llhttp refuses itself (both
 * Content-Length and Transfer-Encoding, two lengths, folded lines, bare line ends) never gets here.
 */
import { isNamed } from '../field-names.ts';

export interface ClientHead {
  host: string | null;
  cookies: string | null;
  upgrade: string | null;
  bodyBytes: number | null;
  chunked: boolean;
  /** The client waits for a 100. HTTP/1.0 has no such thing. */
  expects: boolean;
  /** Status to refuse the request with; 0: none. */
  refusal: number;
}

/** Most requests name the host that the one before named: it is the same text then, which is quick to compare. */
let lastHost = '';

function sameHost(host: string): string {
  if (host !== lastHost) lastHost = host;
  return lastHost;
}

/** Reads `rawHeaders` of a request of HTTP `version`. Lengths of names come first: most lines are none of these. */
export function readClientHead(rawHeaders: readonly string[], version: string): ClientHead {
  const head: ClientHead = {
    host: null,
    cookies: null,
    upgrade: null,
    bodyBytes: null,
    chunked: false,
    expects: false,
    refusal: 0,
  };
  let upgrade: string | null = null;
  let connection = '';
  let expectation = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    const value = rawHeaders[i + 1]!;
    switch (name.length) {
      case 4:
        if (!isNamed(name, 'host')) break;
        if (head.host !== null) head.refusal = 400;
        head.host = head.host === null ? sameHost(value) : `${head.host}, ${value}`;
        break;
      case 6:
        if (isNamed(name, 'cookie')) {
          head.cookies = head.cookies === null ? value : `${head.cookies}, ${value}`;
        } else if (isNamed(name, 'expect')) {
          if (head.expects || !/^100-continue[ \t]*$/i.test(value)) expectation = 417;
          head.expects = true;
        }
        break;
      case 7:
        if (isNamed(name, 'upgrade')) upgrade = upgrade === null ? value : `${upgrade}, ${value}`;
        break;
      case 10:
        if (isNamed(name, 'connection')) connection += `,${value}`;
        break;
      case 14:
        if (!isNamed(name, 'content-length')) break;
        head.bodyBytes = Number(value);
        if (head.bodyBytes > Number.MAX_SAFE_INTEGER) head.refusal = 413; // it could not be passed on as it is
        break;
      case 17:
        if (!isNamed(name, 'transfer-encoding')) break;
        // Only what the proxy undoes itself; an HTTP/1.0 client cannot mean it (RFC 9112, 6.1).
        if (head.chunked || version === '1.0') head.refusal = 400;
        else if (!/^chunked[ \t]*$/i.test(value)) head.refusal = 501;
        head.chunked = true;
        break;
    }
  }
  if (version === '1.0') head.expects = false;
  else head.refusal ||= expectation;
  if (version !== '1.0' && (head.host === null || version !== '1.1')) head.refusal = 400;
  if (
    upgrade !== null &&
    version !== '1.0' &&
    /(?:^|,)[ \t]*upgrade[ \t]*(?:,|$)/i.test(connection)
  ) {
    head.upgrade = upgrade;
  }
  return head;
}
