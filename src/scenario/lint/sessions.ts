/** Sticky sessions and the clients that do or do not come back (spec: httpd 4). */
import { meanOf } from '../means.ts';
import type { ClientSpec, StickySpec } from '../scenario.ts';
import { stickyBalancer, stickyPath } from './stickiness.ts';
import { type Trap, type View, when, workerPath } from './trap.ts';

export const sessionTraps: readonly Trap[] = [
  {
    code: 'route-cut',
    severity: 'error',
    find: (view) => {
      const balancer = stickyBalancer(view);
      if (balancer === undefined) return [];
      return balancer.workers.flatMap(({ route }, i) => {
        const cut = cutsOf(view, balancer.sticky!).find(({ at }) => at.test(route));
        return when(
          cut !== undefined,
          workerPath(i, 'route'),
          `the value of a ${cut?.where} ends at the first ${cut?.what}; it comes back as "${route.slice(0, route.search(cut?.at ?? /$/))}", a route of nobody; use letters, digits, - and _`,
        );
      });
    },
  },
  {
    code: 'sticky-unused',
    severity: 'warning',
    find: (view) =>
      when(
        stickyBalancer(view) !== undefined && !view.scenario.clients.some(comesBack),
        stickyPath,
        'no client has sessions that come back; the setting changes nothing; give a client session: { requests: … }, or remove it',
      ),
  },
  {
    code: 'sessions-not-sticky',
    severity: 'warning',
    find: ({ scenario, isWritten }) => {
      const { balancer, backends, clients } = scenario;
      const inMemory = balancer.workers.some(
        ({ backend }) => backends[backend]!.sessions === 'memory',
      );
      if (balancer.workers.length < 2 || !inMemory) return [];
      return clients.flatMap(({ session, arrival }, i) => {
        const long = session !== null && (arrival.kind === 'trace' || meanOf(session.requests) > 1);
        return when(
          long && isWritten(['clients', i, 'session']) && session?.sticky === 'none',
          ['clients', i, 'session'],
          'sessions that are not sticky on backends that keep them in memory; nearly every session moves and breaks; set stickysession and routes, or sessions: replicated',
        );
      });
    },
  },
];

function comesBack({ session }: ClientSpec): boolean {
  return session !== null && session.sticky !== 'none';
}

/** Characters at which the clients' way of carrying a session ends it. */
function cutsOf({ scenario }: View, { scolonpathdelim }: StickySpec) {
  const uses = (way: string) => scenario.clients.some(({ session }) => session?.sticky === way);
  const cookie = { where: 'cookie', what: '; or ,', at: /[;,]/ };
  const path = scolonpathdelim
    ? { where: 'URL', what: '?, & or ;', at: /[?&;]/ }
    : { where: 'URL', what: '? or &', at: /[?&]/ };
  return [...(uses('cookie') ? [cookie] : []), ...(uses('path') ? [path] : [])];
}
