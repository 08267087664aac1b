/** The admin listener: addresses for operators and their programs, apart from what clients reach. */

import { isIP } from 'node:net';
import type { AdminConf, ProxyConfig, Require, SectionConf } from '../../config/config.ts';
import { nothingSaid, serverDefaults } from '../../config/defaults.ts';
import { answerError } from '../answer.ts';
import type { Gateway as Handle } from '../front.ts';
import { labelling } from '../groups.ts';
import { hostOf } from '../rules/server.ts';

const everybody: readonly Require[] = [{ kind: 'all', granted: true, negated: false }];
const thisMachine: readonly Require[] = [{ kind: 'local', negated: false }];

/** Path, handler, and who may ask when nothing is said. Later ones go before earlier ones. */
const pages: readonly (readonly [path: string, handler: string, require: readonly Require[]])[] = [
  ['/', 'fairlead-index', everybody],
  ['/live', 'fairlead-live', everybody],
  ['/ready', 'fairlead-ready', everybody],
  ['/metrics', 'fairlead-metrics', everybody],
  ['/status', 'fairlead-status', thisMachine],
  ['/balancer-manager', 'balancer-manager', thisMachine],
];

/** The same balancers, by names that tell them apart, and the pages instead of what is proxied. */
export function adminConfigOf(
  config: ProxyConfig,
  { require, auth = null }: AdminConf,
): ProxyConfig {
  const [main] = config.servers;
  const sections = pages.map(
    ([path, handler, standard]): SectionConf => ({
      ...nothingSaid,
      place: main.place,
      kind: 'location',
      path,
      regex: false,
      mapping: null,
      handler,
      require: require ?? standard,
      auth,
    }),
  );
  const server = {
    ...nothingSaid,
    ...serverDefaults,
    place: main.place,
    addresses: [],
    mappings: [],
    sections,
    balancers: config.balancers.map((_, index) => index),
    healthExpressions: main.healthExpressions,
  };
  const labels = labelling();
  const balancers = config.balancers.map((one) => ({ ...one, name: labels(one.name) }));
  return { ...config, balancers, servers: [server] };
}

/**
 * A browser on this machine may be led here by a name of somebody else's that stands for 127.0.0.1, and then could read
 * and change what that somebody wants: requests from here must name the machine by an address or as localhost.
 */
export function namedHonestly(handle: Handle): Handle {
  return (request, response) => {
    const local =
      request.remoteAddress === request.localAddress || isLoopback(request.remoteAddress);
    if (local && !namesMachine(hostOf(request.host ?? ''))) {
      answerError(request, response, 403, [], true);
    } else handle(request, response);
  };
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

function namesMachine(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return host === '' || host === 'localhost' || host.endsWith('.localhost') || isIP(bare) !== 0;
}
