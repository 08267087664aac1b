/**
 * One scenario that walks into each trap and one next to it that does not. `§` stands right before the
 * place where the problem must be reported.
 */

export interface Case {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly wrong: string;
  readonly right: string;
}

interface Parts {
  readonly run?: string;
  /** Lines of the balancer before its workers. */
  readonly balancer?: string;
  readonly workers?: readonly string[];
  /** `NAME: { … }` of each backend. */
  readonly backends?: readonly string[];
  readonly clients?: readonly string[];
  readonly events?: readonly string[];
  readonly expect?: readonly string[];
  /** Key of the list that is marked as a whole. */
  readonly mark?: string;
}

/** Two workers, one open client at load 0.1, and nothing to find. */
export function scenario(parts: Parts = {}): string {
  const text = textOf(parts);
  return parts.mark === undefined ? text : text.replace(`${parts.mark}:`, `§${parts.mark}:`);
}

function textOf(parts: Parts): string {
  const list = (name: string, items: readonly string[] = []) =>
    items.length === 0 ? '' : `${name}:\n${items.map((item) => `  - ${item}\n`).join('')}`;
  const workers = parts.workers ?? ['{ name: a }', '{ name: b }'];
  const backends = parts.backends ?? ['app: { slots: 4, service: { exponential: 20ms } }'];
  return [
    `run: ${parts.run ?? '{ duration: 10m, warmup: 10s }'}\n`,
    'balancer:\n',
    parts.balancer === undefined ? '' : `  ${parts.balancer}\n`,
    `  workers:\n${workers.map((worker) => `    - ${worker}\n`).join('')}`,
    `backends:\n${backends.map((backend) => `  ${backend}\n`).join('')}`,
    list('clients', parts.clients ?? ['{ name: all, arrival: { poisson: 40/s } }']),
    list('events', parts.events),
    list('expect', parts.expect),
  ].join('');
}

const sticky = 'stickysession: SID';
const shoppers = (more = '') =>
  `{ name: shoppers, arrival: { poisson: 8/s }, session: { requests: 5, think: 1s${more} } }`;
const routed = ['{ name: a, route: a }', '{ name: b, route: b }'];
const app = (more: string) => `app: { slots: 4, service: { exponential: 20ms }, ${more} }`;
const busy = ['{ name: all, arrival: { poisson: 360/s } }'];
const down = '{ at: 1m, worker: [a, b], crash: 2m }';

const error = (code: string, wrong: Parts, right: Parts): Case => ({
  code,
  severity: 'error',
  wrong: scenario(wrong),
  right: scenario(right),
});
const warning = (code: string, wrong: Parts, right: Parts): Case => ({
  ...error(code, wrong, right),
  severity: 'warning',
});

export const cases: readonly Case[] = [
  // sets
  error(
    'nobody-serves',
    { workers: ['{ name: a, status: D }', '{ name: b, lbset: 1, status: R }'], mark: 'workers' },
    { workers: ['{ name: a, status: D }', '{ name: b, status: H }'] },
  ),
  warning(
    'nobody-at-start',
    {
      workers: ['{ name: a, status: S }'],
      mark: 'workers',
      events: ['{ at: 1m, manager: { worker: a, status: -S } }'],
    },
    { workers: ['{ name: a, status: S }', '{ name: b }'] },
  ),
  error(
    'spare-alone',
    { workers: ['{ name: a }', '{ name: b, lbset: 1, status: §+R }'] },
    { workers: ['{ name: a }', '{ name: b, status: +R }'] },
  ),
  warning(
    'never-enabled',
    { workers: ['{ name: a }', '{ name: b, status: §+D }'] },
    {
      workers: ['{ name: a }', '{ name: b, status: +D }'],
      events: ['{ at: 1m, manager: { worker: b, status: -D } }'],
    },
  ),
  warning(
    'draining-alone',
    { workers: ['{ name: a }', '{ name: b, status: §N }'] },
    {
      balancer: sticky,
      workers: ['{ name: a, route: a, redirect: b }', '{ name: b, route: b, status: N }'],
      clients: [shoppers()],
    },
  ),
  error(
    'shadowed',
    { workers: ['{ name: a, status: I }', '{ name: b, status: §H }'] },
    { workers: ['{ name: a, status: IN }', '{ name: b, status: H }'] },
  ),
  error(
    'shadowed',
    { workers: ['{ name: a, status: I }', '{ name: b, lbset: §1 }'] },
    { workers: ['{ name: a, status: I, lbset: 1 }', '{ name: b, lbset: 1 }'] },
  ),
  warning(
    'standby-before-next-set',
    { workers: ['{ name: a }', '{ name: s, status: §H }', '{ name: b, lbset: 1 }'] },
    { workers: ['{ name: a }', '{ name: s, status: H, lbset: 2 }', '{ name: b, lbset: 1 }'] },
  ),
  warning(
    'error-flag-lifts',
    { workers: ['{ name: a }', '{ name: b, status: §+E }'] },
    { workers: ['{ name: a }', '{ name: b, status: +SE }'] },
  ),
  warning(
    'ignores-errors',
    { workers: ['{ name: a }', '{ name: b, status: §+I }'] },
    { workers: ['{ name: a }', '{ name: b }'] },
  ),
  warning(
    'draining-without-sticky',
    { events: ['{ at: 1m, manager: { worker: a, status: §+N } }'] },
    {
      balancer: sticky,
      workers: routed,
      clients: [shoppers()],
      events: ['{ at: 1m, manager: { worker: a, status: +N } }'],
    },
  ),
  // stickiness
  error(
    'sticky-without-routes',
    { balancer: 'stickysession: §SID', clients: [shoppers()] },
    { balancer: sticky, workers: routed, clients: [shoppers()] },
  ),
  warning(
    'route-missing',
    { balancer: sticky, workers: ['{ name: a, route: a }', '§{ name: b }'], clients: [shoppers()] },
    { workers: ['{ name: a, route: a }', '{ name: b }'] },
  ),
  warning(
    'route-duplicate',
    {
      balancer: sticky,
      workers: ['{ name: a, route: x }', '{ name: b, route: §x }'],
      clients: [shoppers()],
    },
    {
      balancer: sticky,
      workers: ['{ name: a, route: x }', '{ name: b, route: x, status: H }'],
      clients: [shoppers()],
    },
  ),
  error(
    'route-cut',
    {
      balancer: sticky,
      workers: ["{ name: a, route: §'a;1' }", '{ name: b, route: b }'],
      clients: [shoppers()],
    },
    {
      balancer: sticky,
      workers: ["{ name: a, route: 'a;1' }", '{ name: b, route: b }'],
      clients: [shoppers(', sticky: path')],
    },
  ),
  error(
    'route-cut',
    {
      balancer: sticky,
      workers: ["{ name: a, route: §'a&1' }", '{ name: b, route: b }'],
      clients: [shoppers(', sticky: path')],
    },
    {
      balancer: sticky,
      workers: ["{ name: a, route: 'a&1' }", '{ name: b, route: b }'],
      clients: [shoppers()],
    },
  ),
  error(
    'stickysession-cut',
    { balancer: `stickysession: §${'S'.repeat(64)}`, workers: routed, clients: [shoppers()] },
    { balancer: `stickysession: ${'S'.repeat(63)}`, workers: routed, clients: [shoppers()] },
  ),
  error(
    'redirect-nobody',
    {
      balancer: sticky,
      workers: ['{ name: a, route: a, redirect: §c }', '{ name: b, route: b }'],
      clients: [shoppers()],
    },
    {
      balancer: sticky,
      workers: ['{ name: a, route: a, redirect: b }', '{ name: b, route: b }'],
      clients: [shoppers()],
    },
  ),
  warning(
    'redirect-unused',
    { workers: ['{ name: a, route: a, redirect: §b }', '{ name: b, route: b }'] },
    {
      balancer: sticky,
      workers: ['{ name: a, route: a, redirect: b }', '{ name: b, route: b }'],
      clients: [shoppers()],
    },
  ),
  warning(
    'redirect-cycle',
    {
      balancer: sticky,
      workers: [
        '{ name: a, route: a, redirect: §b, status: D }',
        '{ name: b, route: b, redirect: a, status: D }',
        '{ name: c, route: c }',
      ],
      clients: [shoppers()],
    },
    {
      balancer: sticky,
      workers: [
        '{ name: a, route: a, redirect: b, status: D }',
        '{ name: b, route: b, redirect: a }',
        '{ name: c, route: c }',
      ],
      clients: [shoppers()],
    },
  ),
  warning(
    'sticky-unused',
    { balancer: 'stickysession: §SID', workers: routed },
    { balancer: sticky, workers: routed, clients: [shoppers()] },
  ),
  warning(
    'sessions-not-sticky',
    { clients: ['{ name: c, arrival: { poisson: 8/s }, session: §{ requests: 5 } }'] },
    { backends: [app('sessions: replicated')], clients: [shoppers()] },
  ),
  error(
    'nofailover-without-routes',
    { balancer: 'nofailover: §On' },
    { balancer: 'nofailover: On\n  stickysession: SID', workers: routed, clients: [shoppers()] },
  ),
  // failover
  warning('single-worker', { workers: ['{ name: a }'], mark: 'workers' }, {}),
  error(
    'maxattempts-ignored',
    { workers: ['{ name: a }'], events: ['{ at: 1m, manager: { maxattempts: §3 } }'] },
    {
      balancer: 'maxattempts: 1',
      workers: ['{ name: a }'],
      events: ['{ at: 1m, manager: { maxattempts: 3 } }'],
    },
  ),
  warning('no-failover', { balancer: 'maxattempts: §0' }, { balancer: 'maxattempts: 1' }),
  warning('maxattempts-cycles', { balancer: 'maxattempts: §2' }, { balancer: 'maxattempts: 1' }),
  warning(
    'forcerecovery-defeated',
    { workers: ['{ name: a }', '{ name: b }', '{ name: c, status: §D }'] },
    {
      balancer: 'forcerecovery: Off',
      workers: ['{ name: a }', '{ name: b }', '{ name: c, status: D }'],
    },
  ),
  warning(
    'retry-zero',
    { workers: ['{ name: a, retry: §0s }', '{ name: b }'] },
    { workers: ['{ name: a, retry: 1s }', '{ name: b }'] },
  ),
  warning(
    'acquire-marks-error',
    { workers: ['{ name: a, max: 4, acquire: §1s }', '{ name: b }'] },
    { workers: ['{ name: a, max: 4 }', '{ name: b }'] },
  ),
  warning(
    'acquire-unused',
    { workers: ['{ name: a, acquire: §1s }', '{ name: b }'] },
    { workers: ['{ name: a, max: 4, acquire: 1s }', '{ name: b }'] },
  ),
  warning('balancer-timeout', { balancer: 'timeout: §5s' }, {}),
  error(
    'failonstatus-success',
    { balancer: 'failonstatus: §[200, 500]' },
    { balancer: 'failonstatus: [500]' },
  ),
  warning(
    'failonstatus-client-error',
    { balancer: 'failonstatus: §404' },
    { balancer: 'failonstatus: 500' },
  ),
  warning(
    'overload-marks-error',
    { balancer: 'failonstatus: 503', backends: [app('queue: §9')] },
    { balancer: 'failonstatus: 500', backends: [app('queue: 9')] },
  ),
  warning(
    'overload-marks-error',
    { backends: [app('queue: §{ places: 9, full: refuse }')] },
    { backends: [app('queue: { places: 9, full: 503 }')] },
  ),
  warning(
    'failontimeout-without-timeout',
    { balancer: 'failontimeout: §On' },
    { balancer: 'failontimeout: On', workers: ['{ name: a, timeout: 5s }', '{ name: b }'] },
  ),
  warning(
    'timeout-keeps-worker',
    { workers: ['{ name: a, timeout: §5s }', '{ name: b }'] },
    { balancer: 'failontimeout: On', workers: ['{ name: a, timeout: 5s }', '{ name: b }'] },
  ),
  // weights
  warning(
    'loadfactor-cut',
    { workers: ['{ name: a, loadfactor: §1.15 }', '{ name: b }'] },
    { workers: ['{ name: a, loadfactor: 1.25 }', '{ name: b }'] },
  ),
  warning(
    'loadfactor-cut',
    { events: ['{ at: 1m, manager: { worker: a, loadfactor: §2.999 } }'] },
    { events: ['{ at: 1m, manager: { worker: a, loadfactor: 2.99 } }'] },
  ),
  warning(
    'bybusyness-ignores-factors',
    { balancer: 'lbmethod: §bybusyness', workers: ['{ name: a, loadfactor: 2 }', '{ name: b }'] },
    { balancer: 'lbmethod: byrequests', workers: ['{ name: a, loadfactor: 2 }', '{ name: b }'] },
  ),
  warning(
    'bytraffic-constant',
    { balancer: 'lbmethod: §bytraffic' },
    {
      balancer: 'lbmethod: bytraffic',
      backends: [app('response: { bytes: { exponential: 2KiB } }')],
    },
  ),
  warning(
    'heartbeat-ignores',
    { balancer: 'lbmethod: §heartbeat', workers: ['{ name: a }', '{ name: b, status: H }'] },
    { balancer: 'lbmethod: heartbeat' },
  ),
  error(
    'heartbeat-all-small',
    {
      balancer: 'lbmethod: §heartbeat',
      backends: ['app: { slots: 3, service: 20ms }'],
    },
    {
      balancer: 'lbmethod: byrequests',
      backends: ['app: { slots: 3, service: 20ms }'],
    },
  ),
  warning(
    'heartbeat-small-host',
    {
      balancer: 'lbmethod: heartbeat',
      backends: ['a: { slots: §3, service: 20ms }', 'b: { slots: 16, service: 20ms }'],
    },
    {
      balancer: 'lbmethod: heartbeat',
      backends: ['a: { slots: 4, service: 20ms }', 'b: { slots: 16, service: 20ms }'],
    },
  ),
  warning(
    'heartbeat-all-busy',
    {
      balancer: 'lbmethod: §heartbeat',
      clients: ['{ name: c, arrival: { poisson: 300/s } }'],
    },
    { balancer: 'lbmethod: heartbeat', clients: ['{ name: c, arrival: { poisson: 100/s } }'] },
  ),
  warning(
    'one-path',
    { balancer: 'lbmethod: §uri' },
    {
      balancer: 'lbmethod: uri',
      clients: ['{ name: all, arrival: { poisson: 40/s }, paths: 100 }'],
    },
  ),
  warning(
    'one-path',
    { balancer: 'lbmethod: §maglev' },
    { balancer: 'lbmethod: { maglev: { key: source } }' },
  ),
  warning(
    'one-address',
    {
      balancer: 'lbmethod: source',
      clients: ['{ name: all, arrival: { poisson: 40/s }, addresses: §1 }'],
    },
    {
      balancer: 'lbmethod: source',
      clients: ['{ name: all, arrival: { poisson: 40/s }, addresses: 9 }'],
    },
  ),
  warning(
    'first-without-max',
    {
      balancer: 'lbmethod: first',
      workers: ['{ name: a, max: 4 }', '§{ name: b }', '{ name: c }'],
    },
    { balancer: 'lbmethod: first', workers: ['{ name: a, max: 4 }', '{ name: b }'] },
  ),
  // capacity
  error(
    'unstable',
    { clients: ['{ name: all, arrival: { poisson: 401/s } }'], mark: 'clients' },
    { backends: [app('queue: 9')], clients: ['{ name: all, arrival: { poisson: 401/s } }'] },
  ),
  error(
    'worker-unstable',
    {
      workers: ['{ name: a, loadfactor: §4 }', '{ name: b }'],
      clients: ['{ name: c, arrival: { poisson: 300/s } }'],
    },
    { clients: ['{ name: c, arrival: { poisson: 300/s } }'] },
  ),
  warning(
    'worker-overloaded',
    {
      workers: ['{ name: a, loadfactor: §4 }', '{ name: b }'],
      backends: [app('queue: 9')],
      clients: ['{ name: c, arrival: { poisson: 300/s } }'],
    },
    { backends: [app('queue: 9')], clients: ['{ name: c, arrival: { poisson: 300/s } }'] },
  ),
  warning(
    'load-high',
    { clients: ['{ name: c, arrival: { poisson: 384/s } }'], mark: 'clients' },
    { clients: ['{ name: c, arrival: { poisson: 376/s } }'] },
  ),
  warning(
    'peak-overload',
    {
      clients: [
        '{ name: c, arrival: { mmpp: [ { rate: 10/s, mean: 9s }, { rate: 400/s, mean: 1s } ] } }',
      ],
      mark: 'clients',
    },
    {
      clients: [
        '{ name: c, arrival: { mmpp: [ { rate: 10/s, mean: 9s }, { rate: 300/s, mean: 1s } ] } }',
      ],
    },
  ),
  warning(
    'warmup-short',
    { run: '{ duration: 10m, warmup: §10ms }' },
    { run: '{ duration: 10m, warmup: auto }' },
  ),
  warning(
    'backend-unused',
    {
      workers: ['{ name: a, backend: app }', '{ name: b, backend: app }'],
      backends: [app('queue: 9'), '§old: { slots: 1, service: 20ms }'],
    },
    {
      workers: ['{ name: a, backend: app }', '{ name: b, backend: old }'],
      backends: [app('queue: 9'), 'old: { slots: 1, service: 20ms }'],
    },
  ),
  // window
  error(
    'p999-absent',
    { run: '{ requests: 9999 }', expect: ['§sojourn.p999 <= 1s'] },
    { run: '{ requests: 10000 }', expect: ['sojourn.p999 <= 1s'] },
  ),
  error(
    'p999-absent',
    { run: '{ duration: 4m }', expect: ['§sojourn.p999 <= 1s'] },
    { run: '{ duration: 5m }', expect: ['sojourn.p999 <= 1s'] },
  ),
  error(
    'p999-absent',
    {
      clients: ['{ name: c, arrival: { closed: { users: 9, think: 1s } } }'],
      expect: ['§sojourn.p999 <= 1s'],
    },
    {
      clients: ['{ name: c, arrival: { closed: { users: 20, think: 1s } } }'],
      expect: ['sojourn.p999 <= 1s'],
    },
  ),
  warning(
    'percentile-short',
    { run: '{ requests: 900 }', expect: ['§sojourn.p99 <= 1s'] },
    { run: '{ requests: 900 }', expect: ['sojourn.p95 <= 1s'] },
  ),
  warning(
    'one-replication',
    { run: '{ duration: 10m, replications: §1 }' },
    { run: '{ duration: 10m, replications: 2 }' },
  ),
  error(
    'expect-without-sessions',
    { expect: ['§sessions.broken <= 1%'] },
    { balancer: sticky, workers: routed, clients: [shoppers()], expect: ['sessions.broken <= 1%'] },
  ),
  warning(
    'percentile-optimistic',
    { run: '{ duration: 60s, warmup: 1m }', clients: busy, expect: ['§sojourn.p99 <= 1s'] },
    { run: '{ duration: 400s, warmup: 1m }', clients: busy, expect: ['sojourn.p99 <= 1s'] },
  ),
  error(
    'expect-without-crash',
    { events: ['{ at: 1m, worker: a, hang: 1m }'], expect: ['§failover.detect <= 1s'] },
    { events: ['{ at: 1m, worker: a, crash: 1m }'], expect: ['failover.detect <= 1s'] },
  ),
  warning(
    'recovery-unseen',
    { events: ['{ at: 9m, worker: a, crash: 1m }'], expect: ['§failover.recover <= 1s'] },
    { events: ['{ at: 8m, worker: a, crash: 1m }'], expect: ['failover.recover <= 1s'] },
  ),
  // incidents
  error(
    'event-after-end',
    { events: ['{ at: §10m, worker: a, crash: 1m }'] },
    { events: ['{ at: 9m, worker: a, crash: 1m }'] },
  ),
  error(
    'event-after-end',
    { run: '{ requests: 1000 }', events: ['{ at: §28s, worker: a, crash: 1m }'] },
    { run: '{ requests: 1000 }', events: ['{ at: 27s, worker: a, crash: 1m }'] },
  ),
  error(
    'event-does-nothing',
    { events: ['{ at: 1m, worker: a, slow: §1, for: 1m }'] },
    { events: ['{ at: 1m, worker: a, slow: 2, for: 1m }'] },
  ),
  error(
    'event-does-nothing',
    { events: ['{ at: 1m, worker: a, errors: §0%, for: 1m }'] },
    { events: ['{ at: 1m, worker: a, errors: 1%, for: 1m }'] },
  ),
  warning(
    'slow-is-fast',
    { events: ['{ at: 1m, worker: a, slow: §0.5, for: 1m }'] },
    { events: ['{ at: 1m, worker: a, slow: 2, for: 1m }'] },
  ),
  warning(
    'manager-changes-nothing',
    { events: ['{ at: 1m, manager: §{ worker: a, status: -D } }'] },
    { events: ['{ at: 1m, manager: { worker: a, status: +D } }'] },
  ),
  warning(
    'everybody-down',
    { events: ['{ at: 1m, worker: a, crash: 2m }', '{ at: 2m, worker: b, crash: §1m }'] },
    { events: ['{ at: 1m, worker: a, crash: 1m }', '{ at: 2m, worker: b, crash: 1m }'] },
  ),
  warning(
    'everybody-down',
    { events: ['{ at: 1m, worker: a, hang: 2m }', '{ at: 2m, worker: b, reset: §100%, for: 1m }'] },
    { events: ['{ at: 1m, worker: a, hang: 2m }', '{ at: 2m, worker: b, reset: 99%, for: 1m }'] },
  ),
  warning(
    'everybody-down',
    {
      balancer: 'proxies: 2',
      workers: ['{ name: a, connectiontimeout: 1s }', '{ name: b }'],
      events: ['{ at: 1m, worker: a, blackhole: 2m }', '{ at: 2m, worker: b, crash: §1m }'],
    },
    {
      balancer: 'proxies: 2',
      workers: ['{ name: a, connectiontimeout: 1s }', '{ name: b }'],
      events: ['{ at: 1m, proxy: 1, partition: a, for: 2m }', '{ at: 2m, worker: b, crash: 1m }'],
    },
  ),
  warning(
    'blackhole-unnoticed',
    { events: ['{ at: 1m, worker: a, blackhole: §60s }'] },
    {
      workers: ['{ name: a, connectiontimeout: 1s }', '{ name: b }'],
      events: ['{ at: 1m, worker: a, blackhole: 60s }'],
    },
  ),
  warning(
    'event-on-idle-worker',
    {
      workers: ['{ name: a }', '{ name: b }', '{ name: s, status: H }'],
      events: ['{ at: 1m, worker: §s, crash: 2m }'],
    },
    {
      workers: ['{ name: a }', '{ name: b }', '{ name: s, status: H }'],
      events: [down, '{ at: 2m, worker: s, crash: 2m }'],
    },
  ),
  warning(
    'retry-outlasts-crash',
    { events: ['{ at: 1m, worker: a, crash: §30s }'] },
    { events: ['{ at: 1m, worker: a, crash: 60s }'] },
  ),
  warning(
    'hang-unnoticed',
    { events: ['{ at: 1m, worker: a, hang: §2m }'] },
    {
      balancer: 'failontimeout: On',
      workers: ['{ name: a, timeout: 1s }', '{ name: b }'],
      events: ['{ at: 1m, worker: a, hang: 2m }'],
    },
  ),
  warning(
    'errors-keep-worker',
    { events: ['{ at: 1m, worker: a, errors: §50%, for: 1m }'] },
    {
      balancer: 'failonstatus: [500]',
      events: ['{ at: 1m, worker: a, errors: 50%, for: 1m }'],
    },
  ),

  warning(
    'errors-keep-worker',
    { events: ['{ at: 1m, worker: a, errors: §50%, for: 1m }'] },
    {
      balancer: 'modifiers: { outlier: {} }',
      events: ['{ at: 1m, worker: a, errors: 50%, for: 1m }'],
    },
  ),

  // modifiers
  warning(
    'slowstart-without-factors',
    { balancer: 'modifiers: { §slowstart: 30s }\n  lbmethod: bybusyness' },
    { balancer: 'modifiers: { slowstart: 30s }' },
  ),
  warning(
    'slowstart-without-factors',
    { balancer: 'modifiers: { §slowstart: 30s }\n  lbmethod: jsq' },
    { balancer: 'modifiers: { slowstart: 30s }\n  lbmethod: p2c' },
  ),
  warning(
    'ejection-never',
    { balancer: 'modifiers: { outlier: { §successRate: { stdevs: 1 } } }' },
    { balancer: 'modifiers: { outlier: {} }' },
  ),
  warning(
    'ejection-never',
    { balancer: 'modifiers: { outlier: { §successRate: { hosts: 2, stdevs: 1 } } }' },
    { balancer: 'modifiers: { outlier: { successRate: { hosts: 2, stdevs: 0.9 } } }' },
  ),
  warning(
    'ejection-never',
    { balancer: 'modifiers: { outlier: { §failurePercentage: On } }' },
    { balancer: 'modifiers: { outlier: { failurePercentage: { hosts: 2 } } }' },
  ),
  warning(
    'retrybudget-without-failover',
    { balancer: 'modifiers: { §retrybudget: { min: 3 } }\n  maxattempts: 0' },
    { balancer: 'modifiers: { retrybudget: { min: 3 } }' },
  ),

  // what a proxy obeys and the simulator does not
  warning(
    'not-simulated',
    { workers: ['{ name: a }', '{ name: b, url: "http://10.0.0.1", ping: §1s }'] },
    { workers: ['{ name: a }', '{ name: b, url: "http://10.0.0.1", timeout: 1s }'] },
  ),
];
