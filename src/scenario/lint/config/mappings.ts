/** ProxyPass lines: which of them serve, and what they make of a path (spec: httpd 9.1). */
import type {
  Conditions,
  Mapping,
  Place,
  ProxyConfig,
  ServerConf,
} from '../../../config/config.ts';
import { handsOn } from '../../../config/tcp.ts';
import { isYamlName } from '../../yaml-name.ts';
import type { ConfigFinding, ConfigTrap } from './trap.ts';

export const mappings: readonly ConfigTrap[] = [
  {
    code: 'mapping-shadowed',
    severity: 'error',
    find: (config) =>
      oncePerPlace(
        ownMappings(config).flatMap(({ own, all }) =>
          own.flatMap((mapping) => {
            const earlier = all.slice(0, all.indexOf(mapping)).find((one) => takes(one, mapping));
            if (earlier === undefined || mapping.regex) return [];
            const says = `${subjectOf(earlier)} in line ${earlier.place.line} comes first and takes every ${earlier.conditions === undefined ? 'path' : 'request'} of this one; it is never used; put it before the other`;
            return [{ place: mapping.place, subject: subjectOf(mapping), says }];
          }),
        ),
      ),
  },
  {
    code: 'mapping-glued',
    severity: 'error',
    find: (config) =>
      plainMappings(config).flatMap((mapping) => {
        const url = urlOf(config, mapping);
        const isGlued = mapping.path.endsWith('/') && url !== null && !url.endsWith('/');
        if (!isGlued) return [];
        const why =
          mapping.target.kind === 'balancer' && mapping.target.path === ''
            ? `${url}x, a balancer that nothing defines, and 500 is answered`
            : `${url}x`;
        return finding(
          mapping,
          `the path ends in a slash and ${url} does not; what follows is put after it as it is: ${mapping.path}x becomes ${why}; write ${url}/`,
        );
      }),
  },
  {
    code: 'mapping-double-slash',
    severity: 'warning',
    find: (config) =>
      plainMappings(config).flatMap((mapping) => {
        const url = urlOf(config, mapping);
        if (mapping.path.endsWith('/') || url === null || !url.endsWith('/')) return [];
        const better = `ProxyPass ${mapping.path} ${url.slice(0, -1)}`;
        return finding(
          mapping,
          `the path does not end in a slash and ${url} does; ${mapping.path}/x becomes ${url}/x, with two slashes; write ${better}`,
        );
      }),
  },
  {
    code: 'member-double-slash',
    severity: 'warning',
    find: ({ balancers }) =>
      balancers.flatMap(({ name, workers }) =>
        workers.flatMap((member) => {
          if (!member.url.path.endsWith('/')) return [];
          const says = `the URL of a member of balancer://${name} ends in a slash, and the path of a request begins with one; backends see ${member.url.path}/x; leave out the last slash`;
          return [{ place: member.place, subject: `BalancerMember ${member.name}`, says }];
        }),
      ),
  },
  {
    code: 'balancer-undefined',
    severity: 'error',
    find: (config) =>
      allMappings(config).flatMap((mapping) =>
        mapping.target.kind === 'undefined'
          ? finding(
              mapping,
              `nothing defines balancer://${mapping.target.name}; every request is answered 500; write <Proxy balancer://${mapping.target.name}> with members, or correct the name`,
            )
          : [],
      ),
  },
  {
    code: 'balancer-empty',
    severity: 'error',
    find: ({ balancers }) =>
      balancers.flatMap(({ name, place, workers }) => {
        if (workers.length > 0) return [];
        const says = 'no BalancerMember; every request is answered 503; add a BalancerMember';
        return [{ place, subject: `balancer://${name}`, says }];
      }),
  },
  {
    code: 'balancer-unused',
    severity: 'warning',
    find: (config) => {
      if (config.ignored.some(({ directive }) => /^rewrite/i.test(directive))) return [];
      const used = new Set(
        allMappings(config).map(({ target }) =>
          target.kind === 'balancer' ? target.balancer : -1,
        ),
      );
      const listened = new Set(config.listen.map(({ tcp }) => tcp?.balancer));
      return config.balancers.flatMap(({ name, place, workers }, i) => {
        if (used.has(i) || listened.has(name)) return [];
        if (handsOn(workers)) {
          const says = `no listener leads to it; it gets no connection; write listen: [ { tcp: …, balancer: ${name} } ], or remove it`;
          return [{ place, subject: `balancer://${name}`, says }];
        }
        const says = `no ProxyPass leads to it; it gets no request; map a path to it, or remove it`;
        return [{ place, subject: `balancer://${name}`, says }];
      });
    },
  },
  {
    code: 'manager-shadowed',
    severity: 'error',
    find: ({ servers }) =>
      oncePerPlace(
        servers.flatMap((server) => managersOf(server).flatMap((one) => shadowOf(server, one))),
      ),
  },
];

/** The ProxyPass that takes a manager's path away. A regular expression before it may or may not spare it. */
function shadowOf({ mappings }: ServerConf, manager: { path: string; place: Place }) {
  const first = mappings.find(
    (mapping) =>
      mapping.regex || (mapping.conditions === undefined && covers(mapping, manager.path)),
  );
  if (first === undefined || first.regex || first.target.kind === 'none') return [];
  const says = `${subjectOf(first)} takes its path; the manager is never reached, and requests for it go to a backend; write ProxyPass ${manager.path} ! before that`;
  return [{ place: manager.place, subject: `Location ${manager.path}`, says }];
}

function managersOf({ sections }: ServerConf) {
  return sections.filter(
    ({ handler, kind, regex, mapping }) =>
      handler === 'balancer-manager' && kind === 'location' && !regex && mapping === null,
  );
}

function finding(mapping: Mapping, says: string): ConfigFinding[] {
  return [{ place: mapping.place, subject: subjectOf(mapping), says }];
}

function subjectOf({ regex, path, place }: Mapping): string {
  if (isYamlName(place.file)) return `route ${path}`;
  return `${regex ? 'ProxyPassMatch' : 'ProxyPass'} ${path}`;
}

/** Whether every request that `other` would take is taken by `mapping`, if it comes first. */
function takes(mapping: Mapping, other: Mapping): boolean {
  return covers(mapping, other.path) && includes(other.conditions, mapping.conditions);
}

/** Whether whoever has `all` has `some`, too. */
function includes(all = nothing, some = nothing): boolean {
  return (
    some.headers.every(({ name, value }) =>
      all.headers.some(
        (one) => one.name.toLowerCase() === name.toLowerCase() && one.value === value,
      ),
    ) &&
    some.cookies.every(({ name, value }) =>
      all.cookies.some((one) => one.name === name && one.value === value),
    )
  );
}

const nothing: Conditions = { headers: [], cookies: [] };

/** Whether every request below `path` is taken by `mapping`: whole segments, runs of slashes alike. */
function covers(mapping: Mapping, path: string): boolean {
  if (mapping.regex) return false;
  const [prefix, below] = [mapping.path, path].map((text) => text.replace(/\/+/g, '/'));
  return below === prefix || below!.startsWith(prefix!.endsWith('/') ? prefix! : `${prefix}/`);
}

/** What stands as URL; null for what is not proxied, or leads to nothing. */
function urlOf(config: ProxyConfig, { target }: Mapping): string | null {
  if (target.kind === 'balancer') {
    return `balancer://${config.balancers[target.balancer]!.name}${target.path}`;
  }
  if (target.kind === 'worker') return `${config.workers[target.worker]!.name}${target.path}`;
  return null;
}

/** Of each server all that it tries, in their order, and those it does not have from the main server. */
function ownMappings({ servers: [main, ...others] }: ProxyConfig) {
  const inherited = new Set(main.mappings.map(({ place }) => keyOf(place)));
  return [
    { own: main.mappings, all: main.mappings },
    ...others.map(({ mappings }) => ({
      own: mappings.filter(({ place }) => !inherited.has(keyOf(place))),
      all: mappings,
    })),
  ];
}

/** Of all servers, those of Locations included, each once. */
function allMappings(config: ProxyConfig): readonly Mapping[] {
  return oncePerPlace([
    ...config.servers.flatMap(({ mappings }) => mappings),
    ...config.servers.flatMap(({ sections }) => sections.flatMap(({ mapping }) => mapping ?? [])),
  ]);
}

function plainMappings(config: ProxyConfig): readonly Mapping[] {
  return allMappings(config).filter(({ regex }) => !regex);
}

function oncePerPlace<T extends { readonly place: Place }>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [keyOf(item.place), item])).values()];
}

function keyOf({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}
