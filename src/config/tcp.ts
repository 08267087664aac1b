/** Balancers that hand on connections as they are: the URLs of their members say so. */
import type { MemberUrl } from './config.ts';

export const TCP = 'tcp';

/** How long connecting may take, and how long both sides may be silent, when nothing is said. */
export const TCP_CONNECT_SECONDS = 5;
export const TCP_IDLE_SECONDS = 3600;

/** All of its members are of one kind. */
export function handsOn(members: readonly { readonly url: MemberUrl }[]): boolean {
  return members[0]?.url.scheme === TCP;
}
