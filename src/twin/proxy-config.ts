/** What a scenario says of its balancer, as a configuration of the proxy in front of backends on loopback. */
import type { MemberConf, Place, ProxyConfig } from '../config/config.ts';
import { nothingSaid, serverDefaults } from '../config/defaults.ts';
import { routeCookie } from '../scenario/proxy/route-cookie.ts';
import type { Scenario, WorkerSpec } from '../scenario/scenario.ts';

/** What the balancer is called. */
const NAME = 'twin';

/** `ports`: where the backend of each worker listens. Members keep the workers' names: hash methods place them by these. */
export function liveConfig(scenario: Scenario, ports: readonly number[]): ProxyConfig {
  const { workers, proxies: _, mode: __, heartbeat: ___, ...rest } = scenario.balancer;
  const { checksAtOnce, ...settings } = rest;
  const place = { file: scenario.file, line: 1, column: 1 };
  const target = { kind: 'balancer', balancer: 0, path: '/' } as const;
  const origin = `balancer://${NAME}`;
  const plain = { regex: false, origin, substitution: null, nocanon: false, noquery: false };
  return {
    file: scenario.file,
    listen: [{ place, host: '127.0.0.1', port: 0 }],
    servers: [
      {
        ...nothingSaid,
        ...serverDefaults,
        place,
        addresses: [],
        mappings: [{ place, path: '/', target, ...plain }],
        sections: settings.sticky === null ? [] : [routeCookie(settings.sticky, NAME, place)],
        balancers: [0],
        healthExpressions: [],
      },
    ],
    balancers: [
      {
        ...settings,
        name: NAME,
        place,
        written: {},
        growth: 0,
        nonce: null,
        workers: workers.map((worker, i) => memberConf(worker, ports[i]!, place)),
      },
    ],
    healthChecksAtOnce: checksAtOnce,
    workers: [],
    ignored: [],
    warnings: [],
  };
}

function memberConf(worker: WorkerSpec, port: number, place: Place): MemberConf {
  const { backend: _, connectTimeoutNs, ttlNs, health, ...spec } = worker;
  const { hcpasses = 1, hcfails = 1, hcconsecutive = false } = spec;
  return {
    ...spec,
    url: { scheme: 'http', host: '127.0.0.1', port, path: '', socket: null },
    place,
    written: {},
    timeoutSeconds: spec.timeoutNs / 1e9,
    connectiontimeoutNs: connectTimeoutNs,
    pingNs: null,
    min: 0,
    ttlSeconds: ttlNs === null ? null : ttlNs / 1e9,
    keepalive: false,
    addressttlSeconds: -1,
    responsefieldsize: 8192,
    upgrade: '',
    health: health && {
      method: health.method,
      intervalNs: health.intervalNs,
      passes: hcpasses,
      fails: hcfails,
      consecutive: hcconsecutive,
      uri: '/',
      expr: '',
      condition: null,
    },
  };
}
