import type { BalancerSpec, MemberSpec } from '../../config/spec.ts';
import type { BalancerChange, EventSpec, WorkerChange } from '../scenario.ts';

/** What the balancer is from an instant on. */
export interface Phase<M extends MemberSpec = MemberSpec> {
  readonly fromNs: number;
  /** Index of the manager event that begins it; null at the start. */
  readonly event: number | null;
  readonly balancer: BalancerSpec<M>;
}

/** At least one: what the file says. */
export type Phases<M extends MemberSpec = MemberSpec> = readonly [Phase<M>, ...Phase<M>[]];

/** The balancer at the start, then after each manager event. What traffic does to it is not followed. */
export function phasesOf<M extends MemberSpec>(
  balancer: BalancerSpec<M>,
  events: readonly EventSpec[],
): Phases<M> {
  const phases: [Phase<M>, ...Phase<M>[]] = [{ fromNs: 0, event: null, balancer }];
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
export function phaseAt<M extends MemberSpec>(phases: Phases<M>, atNs: number): BalancerSpec<M> {
  return phases.findLast(({ fromNs }) => fromNs <= atNs)!.balancer;
}

function changedBalancer<M extends MemberSpec>(
  before: BalancerSpec<M>,
  { stickysession, ...same }: BalancerChange,
): BalancerSpec<M> {
  if (stickysession === undefined) return { ...before, ...same };
  const { separator, scolonpathdelim } = before.sticky ?? {
    separator: '.',
    scolonpathdelim: false,
  };
  const sticky = stickysession === null ? null : { ...stickysession, separator, scolonpathdelim };
  return { ...before, ...same, sticky };
}

function changedWorker<M extends MemberSpec>(
  before: BalancerSpec<M>,
  index: number,
  { status, ...same }: WorkerChange,
): BalancerSpec<M> {
  const changed = (worker: M): M => ({
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
