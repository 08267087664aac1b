/** What a request to balancer-manager says (spec: httpd 8.2). */
import { hostOf } from '../rules/server.ts';

/** httpd reads so much of a form, and no more. */
export const FORM_BYTES = 1024;

/** What a GET may say: it selects and shows, and changes nothing by itself. */
const shown: ReadonlySet<string> = new Set(['w', 'b', 'nonce', 'xml']);

export type Fields = ReadonlyMap<string, string>;

const none: Fields = new Map();

/** The parameters of a query string; only those that a GET may have. */
export function queryFields(query: string | null): Fields {
  const all = fieldsOf(query ?? '');
  return new Map([...all].filter(([name]) => shown.has(name)));
}

/** The parameters of a form; the names of any. */
export function formFields(body: Buffer): Fields {
  return fieldsOf(body.subarray(0, FORM_BYTES).toString('latin1'));
}

/**
 * The parameters if the page they come from is one of this server's own, else none: a foreign page must not change
 * anything. `serverName` is the host that the request is for.
 */
export function trusted(fields: Fields, referer: string | null, serverName: string): Fields {
  if (fields.size === 0) return fields;
  const [, authority] = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]+)/i.exec(referer ?? '') ?? [];
  return authority !== undefined && hostOf(authority) === serverName.toLowerCase() ? fields : none;
}

/** Names are decoded once, values twice, as httpd does; `+` stays. The last of several counts. */
function fieldsOf(text: string): Fields {
  const fields = new Map<string, string>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const name = at < 0 ? pair : pair.slice(0, at);
    const value = at < 0 ? '' : pair.slice(at + 1);
    fields.set(utf8(decoded(name)), utf8(decoded(decoded(value))));
  }
  return fields;
}

/** One pass of percent-decoding, byte by byte; what is no escape stays as it is. */
function decoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function utf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
