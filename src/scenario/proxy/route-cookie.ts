import type { Place, SectionConf } from '../../config/config.ts';
import { nothingSaid } from '../../config/defaults.ts';
import type { StickySpec } from '../scenario.ts';

/** httpd's recipe: the client of `balancer` is told its route whenever that changes (spec: httpd 4.5). */
export function routeCookie(
  { cookie, separator }: StickySpec,
  balancer: string,
  place: Place,
): SectionConf {
  const header = {
    place,
    action: 'add',
    name: 'Set-Cookie',
    value: `${cookie}=${separator}%{BALANCER_WORKER_ROUTE}e; path=/`,
    replacement: null,
    env: { name: 'BALANCER_ROUTE_CHANGED', negated: false },
    always: false,
  } as const;
  const where = {
    kind: 'proxy',
    path: `balancer://${balancer}/`,
    regex: false,
    mapping: null,
  } as const;
  return { ...nothingSaid, place, ...where, headers: [header] };
}
