import { readClientHead } from './client-head.ts';
import type { Connection } from './connection.ts';
import { Exchange } from './exchange.ts';

/**
 * For what cannot be read as a request, to be refused with `status`. A line that is still to come, as far as is known, is
 * none; neither are fields.
 */
export function unreadable(connection: Connection, line: string, status: number): Exchange {
  const firstLine = status === 408 && !line.endsWith('\r\n') ? '' : line.trimEnd();
  const [, method = '', target = '', version] =
    /^(\S*)(?: +(\S*))?(?: +HTTP\/(1\.[01]))?/.exec(firstLine) ?? [];
  const head = {
    method,
    target,
    version: version === '1.1' ? '1.1' : '1.0',
    rawHeaders: [],
    lines: null,
    read: { ...readClientHead([], '1.0'), refusal: status },
    keepAlive: false,
    firstLine,
  } as const;
  return new Exchange(connection, head, false);
}
