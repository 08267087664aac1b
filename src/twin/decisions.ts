/** Whom the simulated balancer picked and whom the live one did, one by one. */
import type { Flight } from '../../sim/flights.ts';
import type { Witness } from '../../sim/model.ts';
import { NONE } from '../core/index.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { LiveArm } from './live.ts';
import type { Decisions } from './result.ts';

/** Methods that look at load factors and their own draws alone. */
const BLIND: ReadonlySet<string> = new Set(['byrequests', 'swrr', 'edf', 'random', 'first']);

/** Notes what a simulated balancer picks. */
export class PickWitness implements Witness {
  readonly picks: number[] = [];
  /** Requests by number: the worker that was picked last for it. */
  readonly servedBy: number[] = [];

  before(): void {}

  after({ worker, number }: Flight): void {
    if (worker === NONE) return;
    this.picks.push(worker);
    this.servedBy[number] = worker;
  }
}

export function decisionsOf(
  scenario: Scenario,
  lbmethod: string,
  simulated: PickWitness,
  live: Pick<LiveArm, 'picks' | 'servedBy'>,
  allAnswered: boolean,
): Decisions | null {
  if (scenario.balancer.proxies > 1) return null;
  const { workers } = scenario.balancer;
  const picked = live.picks[0]!;
  const picks = Math.min(simulated.picks.length, picked.length);
  const differing = Array.from({ length: picks }, (_, i) => i).filter(
    (i) => picked[i] !== simulated.picks[i],
  );
  const [first] = differing;
  const nameOf = (worker: number) => workers[worker]!.name;
  return {
    picks,
    same: picks - differing.length,
    firstDifference:
      first === undefined
        ? null
        : {
            pick: first + 1,
            simulated: nameOf(simulated.picks[first]!),
            live: nameOf(picked[first]!),
          },
    mustBeSame: BLIND.has(lbmethod) && allAnswered && isPlain(scenario),
    requests: hasNumbers(scenario) ? requestsOf(simulated, live) : null,
  };
}

/** Nothing ever makes a worker unusable, or leads a request past the lbmethod. */
function isPlain({ balancer, events, faults, clients }: Scenario): boolean {
  const { workers, sticky, modifiers } = balancer;
  return (
    events.length === 0 &&
    faults.length === 0 &&
    (sticky === null || clients.every(({ session }) => session === null)) &&
    modifiers === undefined &&
    workers.every(({ health, max }) => health === null && max === 0)
  );
}

/** Whether the n-th request is the same in both arms: not where thinking begins with an answer. */
function hasNumbers({ clients }: Scenario): boolean {
  return clients.every(({ session, arrival }) => {
    return arrival.kind !== 'closed' && (session === null || arrival.kind === 'trace');
  });
}

function requestsOf(simulated: PickWitness, live: Pick<LiveArm, 'servedBy'>) {
  let answered = 0;
  let byTheSame = 0;
  live.servedBy.forEach((worker, number) => {
    if (worker === NONE || simulated.servedBy[number] === undefined) return;
    answered++;
    if (simulated.servedBy[number] === worker) byTheSame++;
  });
  return { answered, byTheSame };
}
