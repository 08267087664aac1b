/** Events that do nothing, or more than they seem to. */
import { firstInLine, targetShares } from '../load.ts';
import type { EventSpec } from '../scenario.ts';
import { phaseAt } from './phases.ts';
import { canServe, looksAtAll } from './sets.ts';
import { seconds, type Trap, type View, when } from './trap.ts';
import { expectedEndNs } from './window.ts';

/** An event that lasts. */
type Incident = Exclude<EventSpec, { kind: 'manager' }>;

/** The end of a run of so many requests is a guess: this much later is surely after it. */
const LATE = 1.1;

export const incidents: readonly Trap[] = [
  {
    code: 'event-after-end',
    severity: 'error',
    find: (view) => {
      const exact = view.scenario.run.durationNs !== null;
      const endNs = expectedEndNs(view) ?? Number.POSITIVE_INFINITY;
      return view.scenario.events.flatMap(({ atNs }, i) =>
        when(
          atNs >= endNs * (exact ? 1 : LATE),
          [...view.eventPath(i), 'at'],
          `the run ends ${exact ? 'at' : 'about'} ${seconds(endNs)}; the event is never seen; let it happen earlier, or run longer`,
        ),
      );
    },
  },
  {
    code: 'event-does-nothing',
    severity: 'error',
    find: ({ scenario, eventPath }) =>
      scenario.events.flatMap((event, i) => {
        const nothing =
          (event.kind === 'slow' && event.factor === 1) ||
          ((event.kind === 'errors' || event.kind === 'reset') && event.share === 0);
        return when(
          nothing,
          [...eventPath(i), event.kind],
          `${event.kind === 'slow' ? 'slow: 1 is the usual speed' : `${event.kind}: 0 are none`}; the event changes nothing; correct the value, or remove the event`,
        );
      }),
  },
  {
    code: 'slow-is-fast',
    severity: 'warning',
    find: ({ scenario, eventPath }) =>
      scenario.events.flatMap((event, i) =>
        when(
          event.kind === 'slow' && event.factor < 1,
          [...eventPath(i), 'slow'],
          'below 1; service takes that many times as long, so that the worker gets faster; use a value above 1 to slow it down',
        ),
      ),
  },
  {
    code: 'manager-changes-nothing',
    severity: 'warning',
    find: ({ phases, eventPath }) =>
      phases.flatMap(({ event, balancer }, i) =>
        when(
          event !== null && JSON.stringify(balancer) === JSON.stringify(phases[i - 1]?.balancer),
          event === null ? [] : [...eventPath(event), 'manager'],
          'everything is so already; the event changes nothing; correct it, or remove it',
        ),
      ),
  },
  {
    code: 'everybody-down',
    severity: 'warning',
    find: (view) =>
      incidentsOf(view).flatMap(([event, i]) => {
        const balancer = phaseAt(view.phases, event.atNs);
        const falling = downAt(view, event.atNs);
        const down = new Set(falling.flatMap(({ workers }) => workers));
        const left = balancer.workers.filter((_, w) => !down.has(w) && canServe(balancer, w));
        return when(
          left.length === 0 &&
            falling.at(-1) === event &&
            event.workers.some((w) => canServe(balancer, w)),
          [...view.eventPath(i), event.kind],
          `from ${seconds(event.atNs)} no worker is left; every request fails until one is back; if that is not meant, spare a worker or let the events not overlap`,
        );
      }),
  },
  {
    code: 'event-on-idle-worker',
    severity: 'warning',
    find: (view) =>
      incidentsOf(view).flatMap(([event, i]) => {
        const balancer = phaseAt(view.phases, event.atNs);
        if (looksAtAll(balancer)) return [];
        const shares = targetShares(balancer);
        const isIdle = (worker: number) =>
          shares[worker] === 0 && !balancer.workers[worker]!.status.includes('N');
        const serving = [...firstInLine(balancer.workers)].map((w) => balancer.workers.indexOf(w));
        const isMeant = incidentsOf(view).some(
          ([other]) => overlaps(other, event) && other.workers.some((w) => serving.includes(w)),
        );
        return when(
          event.workers.every(isIdle) && !isMeant && !changesWithin(view, event),
          [...view.eventPath(i), 'worker'],
          'it gets no requests at that time, as others come first; the event changes nothing; hit a worker that serves, or let the others fail at the same time',
        );
      }),
  },
  {
    code: 'retry-outlasts-crash',
    severity: 'warning',
    find: (view) =>
      incidentsOf(view).flatMap(([event, i]) => {
        const { workers } = view.scenario.balancer;
        const slow = event.workers.find((w) => workers[w]!.retrySeconds * 1e9 > event.forNs);
        return when(
          (event.kind === 'crash' || event.kind === 'blackhole') && slow !== undefined,
          [...view.eventPath(i), event.kind],
          `${workers[slow ?? 0]!.name} is back after ${seconds(event.forNs)}, but its retry is ${workers[slow ?? 0]!.retrySeconds} s; it gets nothing until that is over; shorten retry if that is not meant`,
        );
      }),
  },
  {
    code: 'hang-unnoticed',
    severity: 'warning',
    find: (view) =>
      incidentsOf(view).flatMap(([event, i]) => {
        const { workers, failontimeout } = view.scenario.balancer;
        const late = event.workers.some((w) => workers[w]!.timeoutNs >= event.forNs);
        const why = failontimeout ? 'its timeout is longer than that' : 'failontimeout is Off';
        return when(
          event.kind === 'hang' && (late || !failontimeout),
          [...view.eventPath(i), 'hang'],
          `a hung worker takes requests and answers none, and ${why}; it keeps its share of the requests as long as it hangs; set a short timeout on the worker and failontimeout: On`,
        );
      }),
  },
  {
    code: 'blackhole-unnoticed',
    severity: 'warning',
    find: (view) =>
      incidentsOf(view).flatMap(([event, i]) => {
        const { workers } = view.scenario.balancer;
        const patient = event.workers.find((w) => workers[w]!.connectTimeoutNs >= event.forNs);
        return when(
          (event.kind === 'blackhole' || event.kind === 'partition') && patient !== undefined,
          [...view.eventPath(i), event.kind],
          `whoever connects to ${workers[patient ?? 0]!.name} waits ${seconds(workers[patient ?? 0]!.connectTimeoutNs)} for an answer, longer than the event; the worker keeps its share and its requests are late; set connectiontimeout to what a connection may take`,
        );
      }),
  },
  {
    code: 'errors-keep-worker',
    severity: 'warning',
    find: (view) =>
      incidentsOf(view).flatMap(([event, i]) =>
        when(
          event.kind === 'errors' &&
            event.share > 0 &&
            !view.scenario.balancer.failonstatus.includes(500) &&
            view.scenario.balancer.modifiers?.outlier === undefined,
          [...view.eventPath(i), 'errors'],
          'answers 500 are passed on, neither tried elsewhere nor held against the worker; it goes on getting requests, under bybusyness even more of them; set failonstatus: [500], or modifiers: { outlier: {} }',
        ),
      ),
  },
];

/** Everything but manager events, with its index. */
function incidentsOf({ scenario }: View): readonly (readonly [Incident, number])[] {
  return scenario.events.flatMap((event, i) => (event.kind === 'manager' ? [] : [[event, i]]));
}

/** What takes workers down at an instant, in the order of its begin. */
function downAt(view: View, atNs: number): Incident[] {
  return incidentsOf(view)
    .map(([event]) => event)
    .filter((event) => cutsOff(event, view.scenario.balancer.proxies))
    .filter((event) => event.atNs <= atNs && event.atNs + event.forNs > atNs);
}

/** Whether no request of any proxy gets an answer from its workers. A pause only delays them. */
function cutsOff(event: Incident, proxies: number): boolean {
  switch (event.kind) {
    case 'crash':
    case 'hang':
    case 'blackhole':
      return true;
    case 'partition':
      return event.proxies.length === proxies;
    case 'reset':
      return event.share === 1;
    default:
      return false;
  }
}

function overlaps(a: Incident, b: Incident): boolean {
  return a.atNs < b.atNs + b.forNs && b.atNs < a.atNs + a.forNs;
}

/** Whether the manager does something while `event` lasts. */
function changesWithin({ phases }: View, event: Incident): boolean {
  return phases.some(({ fromNs }) => fromNs > event.atNs && fromNs < event.atNs + event.forNs);
}
