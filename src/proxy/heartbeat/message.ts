/** What a heartbeat says (spec: httpd 7.2): `v=1&ready=R&busy=B`, as a datagram or as the body of a POST. */
import { atoi } from '../../config/c-numbers.ts';

/** httpd reads no more of either. */
export const MESSAGE_BYTES = 1000;

export interface Beat {
  readonly ready: number;
  readonly busy: number;
  readonly port: number;
}

/** A datagram. Null when v, ready or busy is missing: it is dropped. */
export function datagramBeat(bytes: Buffer): Beat | null {
  const fields = fieldsOf(bytes);
  const [ready, busy] = [fields.get('ready'), fields.get('busy')];
  if (!fields.has('v') || ready === undefined || busy === undefined) return null;
  return { ready: atoi(ready), busy: atoi(busy), port: portOf(fields) };
}

/** The body of a POST, read more strictly: what is no plain number counts as 0. Null: answered 400. */
export function postedBeat(body: Buffer): Beat | null {
  const fields = fieldsOf(body);
  const [ready, busy] = [fields.get('ready'), fields.get('busy')];
  if (ready === undefined || busy === undefined) return null;
  const plain = (text: string) => (/^\d+$/.test(text) ? atoi(text) : 0);
  return { ready: plain(ready), busy: plain(busy), port: portOf(fields) };
}

function portOf(fields: ReadonlyMap<string, string>): number {
  const port = atoi(fields.get('port') ?? '80');
  return port >= 1 && port <= 65_535 ? port : 80;
}

/** Names and values are decoded; a name without `=` is worth 1; the last of several counts. */
function fieldsOf(bytes: Buffer): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const pair of bytes.subarray(0, MESSAGE_BYTES).toString('latin1').split('&')) {
    const at = pair.indexOf('=');
    if (at < 0) fields.set(decoded(pair), '1');
    else fields.set(decoded(pair.slice(0, at)), decoded(pair.slice(at + 1)));
  }
  return fields;
}

function decoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
