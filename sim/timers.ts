/**
 * What happens seldom, as functions: faults, operators, health checks, heartbeats. What every request goes through
 * has kinds of event of its own, which allocate nothing.
 */
import type { EventQueue } from './event-queue.ts';
import { eventOf, TIMER } from './events.ts';

type Act = (nowNs: number) => void;

export class Timers {
  private readonly queue: EventQueue;
  private readonly acts: (Act | null)[] = [];
  private readonly free: number[] = [];

  constructor(queue: EventQueue) {
    this.queue = queue;
  }

  /** Has `act` done at `timeNs`; at one instant in the order of asking, among all other events. */
  at(timeNs: number, act: Act): void {
    const row = this.free.pop() ?? this.acts.length;
    this.acts[row] = act;
    this.queue.push(timeNs, eventOf(TIMER, row));
  }

  /** Handles TIMER. */
  fire(row: number, nowNs: number): void {
    const act = this.acts[row];
    this.acts[row] = null;
    this.free.push(row);
    act?.(nowNs);
  }
}
