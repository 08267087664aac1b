/** lbmethods against the traffic: what bytes and idle hosts make of them (spec: httpd 3.3, 3.5). */
import { isUsable } from '../load.ts';
import type { BackendSpec, BalancerSpec, Scenario } from '../scenario.ts';
import { round, type Trap, when } from './trap.ts';
import { methodPath, underMethod } from './weights.ts';

/** Waiting for a slot anywhere more often than this, heartbeat will now and then see every host busy. */
const ALL_BUSY_MAX = 0.01;

export const hostTraps: readonly Trap[] = [
  {
    code: 'bytraffic-constant',
    severity: 'warning',
    find: (view) =>
      underMethod(view, 'bytraffic', () =>
        when(
          answersAreEqual(view.scenario),
          methodPath,
          'every answer has the same size; counting bytes is then counting requests, as byrequests does; give response.bytes a distribution',
        ),
      ),
  },
  {
    code: 'heartbeat-all-small',
    severity: 'error',
    find: (view) =>
      underMethod(view, 'heartbeat', (balancer) =>
        when(
          hosts(view.scenario, balancer).every(isSmall),
          methodPath,
          'no host has 4 slots; an idle host counts a quarter of its slots, cut, which is 0 here: when all are idle, every request is answered 503; use another lbmethod',
        ),
      ),
  },
  {
    code: 'heartbeat-small-host',
    severity: 'warning',
    find: (view) =>
      underMethod(view, 'heartbeat', (balancer) => {
        const small = hosts(view.scenario, balancer).filter(isSmall);
        if (small.length === hosts(view.scenario, balancer).length) return [];
        return [...new Set(small)].map(({ name, slots }) => ({
          path: ['backends', name, 'slots'],
          says: `a host of ${slots} slots under heartbeat; idle, it counts a quarter of them, cut to 0, and gets next to nothing; give it 4 slots or more, or use another lbmethod`,
        }));
      }),
  },
  {
    code: 'heartbeat-all-busy',
    severity: 'warning',
    find: (view) =>
      underMethod(view, 'heartbeat', (balancer) => {
        const slots = hosts(view.scenario, balancer).reduce((sum, host) => sum + host.slots, 0);
        const { total } = view.load;
        const share = total === null ? 0 : allBusy(slots, total);
        return when(
          share > ALL_BUSY_MAX,
          methodPath,
          `at load ${round(total ?? 0)} all ${slots} slots are busy at least ${round(share * 100)} % of the time; hosts that report no idle slot get nothing until they report again, and when none has one, every request is answered 503; use another lbmethod, or more slots`,
        );
      }),
  },
];

function answersAreEqual({ balancer, backends, clients }: Scenario): boolean {
  if (clients.some(({ arrival }) => arrival.kind === 'trace')) return false;
  const sizes = balancer.workers.map(({ backend }) => backends[backend]!.bytes);
  return (
    new Set(sizes.map((size) => (size.kind === 'constant' ? size.value : null))).size === 1 &&
    sizes[0]?.kind === 'constant'
  );
}

/** Backends of the workers that heartbeat considers. */
function hosts({ backends }: Scenario, { workers }: Pick<BalancerSpec, 'workers'>): BackendSpec[] {
  return workers.filter(isUsable).map(({ backend }) => backends[backend]!);
}

function isSmall({ slots }: BackendSpec): boolean {
  return slots < 4;
}

/**
 * Share of time in which all `slots` are busy if they had one queue (Erlang C): a lower bound for several
 * queues. O(slots). Source: Kleinrock, Queueing Systems vol. 1 (1975), section 3.5.
 */
function allBusy(slots: number, load: number): number {
  if (load >= 1) return 1;
  let blocking = 1;
  for (let c = 1; c <= slots; c++)
    blocking = (slots * load * blocking) / (c + slots * load * blocking);
  return blocking / (1 - load * (1 - blocking));
}
