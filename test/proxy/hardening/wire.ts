/**
 * HTTP/1 read as strictly as it can be: what the proxy writes to either side must be readable in one way only. Text
 * is latin1, one character a byte.
 */

export interface Message {
  /** Request line or status line. */
  readonly line: string;
  /** Name, value, name, value, …, names in lower case. */
  readonly fields: readonly string[];
  readonly body: string;
  /** Index behind the message. */
  readonly end: number;
}

/** Something that two readers may understand differently. */
export class Ambiguous extends Error {}

const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([\t\x20-\x7e\x80-\xff]*)$/;
const REQUEST_LINE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ [\x21-\x7e\x80-\xff]+ HTTP\/1\.[01]$/;
const STATUS_LINE = /^HTTP\/1\.1 [1-9]\d\d [\t\x20-\x7e\x80-\xff]*$/;

/** All values of the fields called `lower`. */
export function values({ fields }: Pick<Message, 'fields'>, lower: string): string[] {
  return fields.filter((_, i) => i % 2 === 1 && fields[i - 1] === lower);
}

interface Head {
  readonly line: string;
  readonly fields: readonly string[];
  readonly end: number;
}

/** null: there is not all of it yet. */
function readHead(text: string, from: number, line: RegExp): Head | null {
  const end = text.indexOf('\r\n\r\n', from);
  if (end < 0) return null;
  const [first = '', ...lines] = text.slice(from, end).split('\r\n');
  if (!line.test(first)) throw new Ambiguous(`line ${JSON.stringify(first)}`);
  const fields: string[] = [];
  for (const one of lines) {
    const [, name, value] = FIELD.exec(one) ?? [];
    if (name === undefined || value === undefined)
      throw new Ambiguous(`field ${JSON.stringify(one)}`);
    fields.push(name.toLowerCase(), value);
  }
  return { line: first, fields, end: end + 4 };
}

/** Length of the body, `chunked`, or null without any framing field. */
function framing(head: Head): number | 'chunked' | null {
  const lengths = values(head, 'content-length');
  const codings = values(head, 'transfer-encoding');
  if (lengths.length + codings.length > 1) throw new Ambiguous('framed twice');
  if (codings.length > 0) {
    if (codings[0] !== 'chunked') throw new Ambiguous(`coding ${codings[0]}`);
    return 'chunked';
  }
  const [length] = lengths;
  if (length === undefined) return null;
  if (!/^(?:0|[1-9]\d{0,14})$/.test(length)) throw new Ambiguous(`length ${length}`);
  return Number(length);
}

function withBody(text: string, head: Head, length: number | 'chunked'): Message | null {
  const { line, fields } = head;
  if (length !== 'chunked') {
    const end = head.end + length;
    return text.length < end ? null : { line, fields, body: text.slice(head.end, end), end };
  }
  let body = '';
  for (let at = head.end; ; ) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = text.slice(at, lineEnd);
    if (!/^[0-9a-f]{1,8}$/i.test(size)) throw new Ambiguous(`chunk size ${JSON.stringify(size)}`);
    const start = lineEnd + 2;
    const end = start + Number.parseInt(size, 16);
    if (text.length < end + 2) return null;
    if (text.slice(end, end + 2) !== '\r\n') throw new Ambiguous('chunk without its end');
    if (end === start) return { line, fields, body, end: end + 2 };
    body += text.slice(start, end);
    at = end + 2;
  }
}

/** The request that starts at `from`; null: there is not all of it yet. @throws Ambiguous */
export function readRequest(text: string, from = 0): Message | null {
  const head = readHead(text, from, REQUEST_LINE);
  if (head === null) return null;
  if (values(head, 'host').length !== 1) throw new Ambiguous('not one Host');
  if (values(head, 'connection').length !== 1) throw new Ambiguous('not one Connection');
  return withBody(text, head, framing(head) ?? 0);
}

/**
 * The response that starts at `from`; null: there is not all of it yet. `ended`: no more will come, which ends a
 * body that has no other end. @throws Ambiguous
 */
export function readResponse(
  text: string,
  from: number,
  method: string,
  ended: boolean,
): Message | null {
  const head = readHead(text, from, STATUS_LINE);
  if (head === null) return null;
  const status = Number(head.line.slice(9, 12));
  const length = framing(head);
  if (status < 200 && length !== null) throw new Ambiguous('interim head with framing');
  if (status < 200 || status === 204 || status === 304 || method === 'HEAD') {
    return withBody(text, head, 0);
  }
  if (length !== null) return withBody(text, head, length);
  if (!values(head, 'connection').includes('close')) throw new Ambiguous('a body without an end');
  const { line, fields, end } = head;
  return ended ? { line, fields, body: text.slice(end), end: text.length } : null;
}

/** All responses to requests of these methods. @throws Ambiguous when something is left over or cut off. */
export function readResponses(text: string, methods: readonly string[]): Message[] {
  const responses: Message[] = [];
  let asked = 0;
  for (let at = 0; at < text.length; ) {
    const response = readResponse(text, at, methods[asked] ?? 'GET', true);
    if (response === null) throw new Ambiguous(`left over: ${JSON.stringify(text.slice(at))}`);
    responses.push(response);
    at = response.end;
    if (statusOf(response) >= 200) asked++;
  }
  return responses;
}

export function statusOf({ line }: Message): number {
  return Number(line.slice(9, 12));
}
