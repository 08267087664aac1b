/** Who tells clients their route, and who may use the manager (spec: httpd 4.4, 4.5, 8.1). */
import type { BalancerConf, HeaderEdit, ProxyConfig } from '../../../config/config.ts';
import type { ConfigTrap } from './trap.ts';

/** A cookie that no application sets by itself: the name that httpd's manual uses for its recipe. */
const RECIPE_NAME = /^routeid$/i;

export const cookies: readonly ConfigTrap[] = [
  {
    code: 'route-cookie-missing',
    severity: 'warning',
    find: (config) =>
      config.balancers.flatMap(({ sticky, name, place, written }) => {
        if (sticky === null || !RECIPE_NAME.test(sticky.cookie)) return [];
        if (routeCookies(config).some((edit) => cookieOf(edit) === sticky.cookie)) return [];
        const says = `no Header line sets the cookie ${sticky.cookie}; unless the backends set it, no session comes back to its member; add Header add Set-Cookie "${sticky.cookie}=${sticky.separator}%{BALANCER_WORKER_ROUTE}e; path=/" env=BALANCER_ROUTE_CHANGED`;
        const at = written['stickysession'] ?? place;
        return [{ place: at, subject: `balancer://${name} stickysession`, says }];
      }),
  },
  {
    code: 'route-cookie-always',
    severity: 'warning',
    find: (config) =>
      routeCookies(config).flatMap((edit) =>
        edit.env === null
          ? found(
              edit,
              'no env=BALANCER_ROUTE_CHANGED; every answer sets the cookie again, and one that no balancer gave sets an empty route; add env=BALANCER_ROUTE_CHANGED',
            )
          : [],
      ),
  },
  {
    code: 'route-cookie-unseparated',
    severity: 'error',
    find: (config) =>
      routeCookies(config).flatMap((edit) => {
        const balancer = balancerOf(config, edit);
        const separator = balancer?.sticky?.separator ?? '';
        const session = /=([^;]*?)%\{BALANCER_WORKER_ROUTE\}e/i.exec(edit.value)?.[1] ?? '';
        if (separator === '' || session.includes(separator)) return [];
        return found(
          edit,
          `no "${separator}" before the route; a route is what follows the first "${separator}" of the value, so that this one is never found and no session comes back; write ${balancer?.sticky?.cookie}=${separator}%{BALANCER_WORKER_ROUTE}e`,
        );
      }),
  },
  {
    code: 'manager-open',
    severity: 'warning',
    find: ({ servers }) => {
      const open = servers.filter(({ require }) => require === null);
      const sections = new Set(open.flatMap((server) => server.sections));
      return [...sections].flatMap(({ handler, require, place, path }) => {
        if (handler !== 'balancer-manager' || require !== null) return [];
        const says =
          'no Require; whoever reaches this address may read the balancers and change them; add Require ip or Require local';
        return [{ place, subject: `Location ${path}`, says }];
      });
    },
  },
];

function found(edit: HeaderEdit, says: string) {
  return [{ place: edit.place, subject: 'Header Set-Cookie', says }];
}

/** The Header lines that put a member's route into a cookie, each once. */
function routeCookies({ servers }: ProxyConfig): readonly HeaderEdit[] {
  const edits = servers.flatMap(({ headers, sections }) => [
    ...headers,
    ...sections.flatMap((section) => section.headers),
  ]);
  const routes = edits.filter(
    ({ name, action, value }) =>
      name.toLowerCase() === 'set-cookie' &&
      ['add', 'set', 'append', 'merge', 'setifempty'].includes(action) &&
      /%\{BALANCER_WORKER_ROUTE\}e/i.test(value),
  );
  const byPlace = routes.map((edit) => [`${edit.place.file}:${edit.place.line}`, edit] as const);
  return [...new Map(byPlace).values()];
}

function cookieOf({ value }: HeaderEdit): string {
  return value.slice(0, value.indexOf('='));
}

function balancerOf({ balancers }: ProxyConfig, edit: HeaderEdit): BalancerConf | undefined {
  return balancers.find(({ sticky }) => sticky?.cookie === cookieOf(edit));
}
