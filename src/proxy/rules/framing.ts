/**
 * How the body of a forwarded request is framed (spec: httpd 10.1). Decided from what was parsed and read, never
 * from the method: a GET with a body has one.
 */

/**
 * Once so many bytes are read, the framing is decided: httpd stops 80 bytes short of 16 KiB, and a body whose end it
 * has not seen by then goes on in chunks.
 */
export const PREFETCH_BYTES = 16304;

/** What goes into the head; both null and false: no body, no framing field. */
export interface Framing {
  readonly contentLength: number | null;
  readonly chunked: boolean;
}

export interface BodyKnown {
  /** The client's Content-Length; null without one. */
  readonly contentLength: number | null;
  /** The client sends chunks. */
  readonly chunked: boolean;
  /** Bytes of the body read so far. */
  readonly prefetched: number;
  /** They are the whole body. */
  readonly complete: boolean;
}

const NO_BODY: Framing = { contentLength: null, chunked: false };
const CHUNKED: Framing = { contentLength: null, chunked: true };

/**
 * A Content-Length is kept when the client gave one or the whole body is here, else the body goes in chunks. The
 * variables `proxy-sendcl` and `force-proxy-request-1.0` (read the whole body, then give its length) are asked
 * through `needsLength`; `proxy-sendchunked` only concerns bodies that filters change.
 */
export function framing(body: BodyKnown): Framing {
  if (body.contentLength === null && !body.chunked) return NO_BODY;
  if (body.complete) return { contentLength: body.prefetched, chunked: false };
  return body.chunked ? CHUNKED : { contentLength: body.contentLength, chunked: false };
}

/** Whether a chunked body must be read completely before it is forwarded. */
export function needsLength(env: ReadonlyMap<string, string>): boolean {
  if (env.has('force-proxy-request-1.0')) return true;
  const sends = env.has('proxy-sendchunked') || env.has('proxy-sendchunks');
  return env.has('proxy-sendcl') && !sends;
}
