/** When something goes wrong or an operator does something: events at their times, faults at random ones. */
import type { EventSpec, FaultSpec } from '../src/scenario/scenario.ts';
import { distributionOf } from './distributions/index.ts';
import type { Uniform } from './streams.ts';
import type { Timers } from './timers.ts';
import type { Trouble, Troubles } from './troubles.ts';

export type ManagerEvent = Extract<EventSpec, { kind: 'manager' }>;

/** Schedules every beginning and end; times of events count from the window's begin. */
export function scheduleEvents(
  events: readonly EventSpec[],
  windowBeginNs: number,
  timers: Timers,
  troubles: Troubles,
  manage: (event: ManagerEvent, nowNs: number) => void,
): void {
  for (const event of events) {
    const beginNs = windowBeginNs + event.atNs;
    if (event.kind === 'manager') timers.at(beginNs, (nowNs) => manage(event, nowNs));
    else {
      timers.at(beginNs, (nowNs) => troubles.begin(event, nowNs));
      timers.at(beginNs + event.forNs, (nowNs) => troubles.end(event, nowNs));
    }
  }
}

/** Starts the faults, warm-up included: by its end they are as they always are. */
export function startFaults(
  faults: readonly FaultSpec[],
  stream: (name: string) => Uniform,
  timers: Timers,
  troubles: Troubles,
): void {
  for (const fault of faults) {
    const uniform = stream(fault.stream);
    const up = distributionOf(fault.up);
    const down = distributionOf(fault.down);
    const { kind, workers, factor } = fault;
    const trouble: Trouble = kind === 'slow' ? { kind, workers, factor } : { kind, workers };
    const goWell = (nowNs: number): void => {
      timers.at(nowNs + wholeNs(up.sample(uniform())), (laterNs) => {
        troubles.begin(trouble, laterNs);
        timers.at(laterNs + wholeNs(down.sample(uniform())), (endNs) => {
          troubles.end(trouble, endNs);
          goWell(endNs);
        });
      });
    };
    goWell(0);
  }
}

/** At least one, so that time goes on. */
function wholeNs(sample: number): number {
  return Math.max(1, Math.round(sample));
}
