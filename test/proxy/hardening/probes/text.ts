/** Pieces that probes are made of. */

/** A request line and a Host; field lines and the blank line are still to come. */
export const get = 'GET /x HTTP/1.1\r\nHost: x\r\n';
export const post = 'POST /x HTTP/1.1\r\nHost: x\r\n';
export const chunked = 'Transfer-Encoding: chunked\r\n';
export const end = '0\r\n\r\n';
/** What an attacker hopes to get through as a request of its own. */
export const hidden = 'GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n';

/** A POST of these chunks. */
export function chunks(body: string): string {
  return `${post}${chunked}\r\n${body}`;
}

export function lengths(...values: readonly string[]): string {
  return `${post}${values.map((value) => `Content-Length:${value}\r\n`).join('')}\r\n`;
}
