import type { MemberConf, Place } from './config.ts';
import { newWorker } from './directives/drafts.ts';
import type { NamedUrl } from './members.ts';

/** A member without any parameter, as the manager adds it. `timeoutNs`: of its server. */
export function plainMember(url: NamedUrl, place: Place, timeoutNs: number): MemberConf {
  return { ...newWorker(url, place, null), timeoutNs, health: null };
}
