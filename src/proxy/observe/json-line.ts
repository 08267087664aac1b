/** The access log in JSON: what a line of httpd's log can tell, and what the proxy alone knows, one object a line. */
import { NONE } from '../../core/index.ts';
import { authorityOf } from '../passage.ts';
import { get, joined } from '../rules/fields.ts';
import { isTooLong, protocolOf } from './first-line.ts';
import { microsecondsAt, type Sight } from './sight.ts';

/** Absent fields are null, so that every line has the same. Durations are microseconds. */
export function jsonLine(sight: Sight): string {
  const { request, asked, group, worker } = sight;
  const tooLong = isTooLong(sight);
  const served = group !== null && worker !== NONE;
  const line = {
    time: new Date(microsecondsAt(sight.startNs) / 1000).toISOString(),
    client: request.remoteAddress,
    user: asked?.user ?? null,
    method: tooLong ? null : request.method || null,
    target: tooLong ? null : request.target || null,
    protocol: protocolOf(request),
    host: asked === null ? request.host : authorityOf(asked),
    secure: request.secure,
    status: sight.status === 0 ? null : sight.status,
    complete: sight.complete,
    bodyBytes: sight.bodyBytes,
    bytesIn: sight.bytesIn,
    bytesOut: sight.bytesOut,
    durationUs: between(sight.startNs, sight.endNs),
    pickUs: served ? between(sight.startNs, sight.dispatchedNs) : null,
    connectUs: between(sight.dispatchedNs, sight.connectedNs),
    firstByteUs: between(sight.dispatchedNs, sight.respondedNs),
    referer: joined(request.rawHeaders, 'referer'),
    userAgent: get(request.rawHeaders, 'user-agent'),
    keptAlive: request.ordinal - 1,
    balancer: group?.name ?? null,
    worker: served ? (group.members[worker]?.name ?? null) : null,
    route: served ? group.balancer.routeOf(worker) : null,
    via: group === null ? null : sight.via,
    sessionRoute: sight.route?.route ?? null,
    routeChanged: sight.routeChanged,
    tries: sight.tries,
    failures: sight.causes ?? [],
  };
  return `${Buffer.from(JSON.stringify(line)).toString('latin1')}\n`;
}

/** null when one of the two did not happen. */
function between(fromNs: number, toNs: number): number | null {
  return fromNs === 0 || toNs === 0 ? null : Math.trunc((toNs - fromNs) / 1000);
}
