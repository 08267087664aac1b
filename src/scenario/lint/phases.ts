import type {
  BalancerChange,
  BalancerSpec,
  Scenario,
  WorkerChange,
  WorkerSpec,
} from '../scenario.ts';

/** What the balancer is from an instant on. */
export interface Phase {
  readonly fromNs: number;
  /** Index of the manager event that begins it; null at the start. */
  readonly event: number | null;
  readonly balancer: BalancerSpec;
}

/** The balancer at the start, then after each manager event. What traffic does to it is not followed. */
export function phasesOf({ balancer, events }: Scenario): [Phase, ...Phase[]] {
  const phases: [Phase, ...Phase[]] = [{ fromNs: 0, event: null, balancer }];
  events.forEach((event, index) => {
    if (event.kind !== 'manager') return;
    const before = phases.at(-1)!.balancer;
    const after =
      event.worker === null
        ? changedBalancer(before, event.change)
        : changedWorker(before, event.worker, event.change);
    phases.push({ fromNs: event.atNs, event: index, balancer: after });
  });
  return phases;
}

/** The phase at an instant. */
export function phaseAt(phases: readonly [Phase, ...Phase[]], atNs: number): BalancerSpec {
  return phases.findLast(({ fromNs }) => fromNs <= atNs)!.balancer;
}

function changedBalancer(
  before: BalancerSpec,
  { stickysession, ...same }: BalancerChange,
): BalancerSpec {
  if (stickysession === undefined) return { ...before, ...same };
  const { separator, scolonpathdelim } = before.sticky ?? {
    separator: '.',
    scolonpathdelim: false,
  };
  const sticky = stickysession === null ? null : { ...stickysession, separator, scolonpathdelim };
  return { ...before, ...same, sticky };
}

function changedWorker(
  before: BalancerSpec,
  index: number,
  { status, ...same }: WorkerChange,
): BalancerSpec {
  const changed = (worker: WorkerSpec): WorkerSpec => ({
    ...worker,
    ...same,
    status: changedLetters(worker.status, status ?? {}),
  });
  const workers = before.workers.map((worker, i) => (i === index ? changed(worker) : worker));
  return { ...before, workers };
}

function changedLetters(letters: string, changes: Readonly<Record<string, boolean>>): string {
  const set = new Set(letters);
  for (const [letter, on] of Object.entries(changes)) {
    if (on) set.add(letter);
    else set.delete(letter);
  }
  return [...set].sort().join('');
}
