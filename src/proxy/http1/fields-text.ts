/** Header fields as text, so that nothing in them can be taken for the end of a line. */

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** `reason`, if it fits on a status line. @throws Error when it does not. */
export function statusLine(status: number, reason: string): string {
  if (!VALUE.test(reason)) throw new Error(`reason ${JSON.stringify(reason)} cannot be sent`);
  return `HTTP/1.1 ${status} ${reason}\r\n`;
}

/** @throws Error when name or value cannot be sent. */
export function fieldLine(name: string, value: string): string {
  if (!NAME.test(name) || !VALUE.test(value)) {
    throw new Error(`field ${JSON.stringify(name)}: ${JSON.stringify(value)} cannot be sent`);
  }
  return `${name}: ${value}\r\n`;
}

/** A head as it is. @throws Error when something of it cannot be sent. */
export function headText(status: number, reason: string, rawHeaders: readonly string[]): string {
  let text = statusLine(status, reason);
  for (let i = 0; i < rawHeaders.length; i += 2) {
    text += fieldLine(rawHeaders[i]!, rawHeaders[i + 1]!);
  }
  return `${text}\r\n`;
}
