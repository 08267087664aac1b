/** The head of an HTTP/2 request as one of HTTP/1.1: what the rest of the proxy knows. */
import { type ClientHead, readClientHead } from '../http1/client-head.ts';

export interface Http2Head extends ClientHead {
  readonly method: string;
  readonly target: string;
  /** Host first, then the others in their order, one Cookie among them. */
  readonly rawHeaders: readonly string[];
}

/** A host in the path would stand beside `:authority`. */
const PATH = /^(?:\/[\x21-\x7e]*|\*)$/;

/** `fields`: name, value, name, value, … as received, pseudo-fields first. */
export function http2Head(fields: readonly string[]): Http2Head {
  const pseudo: Record<string, string> = {};
  const rest: string[] = [];
  const crumbs: string[] = [];
  let host: string | null = null;
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!;
    const value = fields[i + 1]!;
    if (name.startsWith(':')) pseudo[name] = value;
    else if (name === 'host') host = value;
    else if (name === 'cookie') crumbs.push(value);
    else rest.push(name, value);
  }
  const { ':method': method = 'GET', ':path': path = '', ':authority': authority } = pseudo;
  const asked = authority ?? host;
  const rawHeaders = [
    ...(asked === null ? [] : ['Host', asked]),
    ...rest,
    // Clients may cut cookies in pieces (RFC 9113, 8.2.3).
    ...(crumbs.length > 0 ? ['Cookie', crumbs.join('; ')] : []),
  ];
  const head = readClientHead(rawHeaders, '1.1');
  if (authority !== undefined && host !== null && authority !== host) head.refusal = 400;
  if (method !== 'CONNECT' && !PATH.test(path)) head.refusal = 400;
  const target = method === 'CONNECT' ? (authority ?? '') : path;
  return { ...head, method, target, rawHeaders };
}
