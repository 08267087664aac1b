/** What logs tell of a request's first line: as in httpd, of one beyond LimitRequestLine its beginning and nothing else. */
import type { Seen, Sight } from './sight.ts';

/** null: there is none. */
export function firstLine(sight: Sight): string | null {
  const { method, target, version, firstLine } = sight.request;
  const line = firstLine ?? `${method} ${target} HTTP/${version}`;
  return (isTooLong(sight) ? line.slice(0, sight.conf!.limits.line + 1) : line) || null;
}

/** Then it has neither method nor target, whatever it looks like. */
export function isTooLong({ conf, request }: Sight): boolean {
  const { method, target, firstLine } = request;
  const most = conf?.limits.line ?? 0;
  const length = firstLine?.length ?? method.length + target.length + '  HTTP/1.1'.length;
  return most > 0 && length > most;
}

/** Of a connection that goes to a balancer as it is, what it is. */
export function protocolOf({ method, version }: Pick<Seen, 'method' | 'version'>): string {
  return version === '' ? method : `HTTP/${version}`;
}
