import type { MemberConf, Place } from './config.ts';
import { newWorker } from './directives/drafts.ts';
import { isSecure, type NamedUrl } from './members.ts';
import { usualWorkerTls } from './tls.ts';

/** A member without any parameter, as the manager adds it. `timeoutNs`: of its server. */
export function plainMember(url: NamedUrl, place: Place, timeoutNs: number): MemberConf {
  const tls = isSecure(url) ? { tls: usualWorkerTls } : {};
  return { ...newWorker(url, place, null), timeoutNs, health: null, ...tls };
}
