/**
 * Notices that nothing has happened for some time. What happens is noted by writing a number; a timer of the system
 * is made only when there is none, or one that would come too late. It never keeps the process alive.
 */
import { performance } from 'node:perf_hooks';
import { TIMER_MS_MAX } from '../clock.ts';

export class StallTimer {
  readonly #stalled: () => void;
  #timer: NodeJS.Timeout | null = null;
  #firesAt = 0;
  /** 0: not running. */
  #limitMs = 0;
  #sinceMs = 0;

  constructor(stalled: () => void) {
    this.#stalled = stalled;
  }

  /** From now on `limitMs` may pass between two calls of `touch`; then `stalled` is called, once. */
  start(limitMs: number): void {
    this.touch();
    this.limit(limitMs);
  }

  /** As `start`, counted from the last `touch`. */
  limit(limitMs: number): void {
    const limit = Math.min(Math.max(limitMs, 1), TIMER_MS_MAX);
    this.#limitMs = limit;
    const due = this.#sinceMs + limit;
    if (this.#timer !== null) {
      if (this.#firesAt <= due) return;
      clearTimeout(this.#timer);
    }
    this.#arm(limit, due);
  }

  touch(): void {
    this.#sinceMs = performance.now();
  }

  /** Leaves a timer of the system behind, for the next start. */
  stop(): void {
    this.#limitMs = 0;
  }

  /** Ends it for good. */
  dispose(): void {
    this.#limitMs = 0;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #arm(ms: number, firesAt: number): void {
    this.#firesAt = firesAt;
    this.#timer = setTimeout(fire, ms, this).unref();
  }

  /** The timer of the system went off. When this process was late itself, what arrived meanwhile comes first. */
  fired(): void {
    this.#timer = null;
    if (this.#limitMs !== 0 && !this.#goesOn()) setImmediate(judge, this);
  }

  judge(): void {
    if (this.#timer !== null || this.#limitMs === 0 || this.#goesOn()) return;
    this.#limitMs = 0;
    this.#stalled();
  }

  /** Whether some of the time is left; if so, waits for it. */
  #goesOn(): boolean {
    const now = performance.now();
    const leftMs = this.#sinceMs + this.#limitMs - now;
    if (leftMs > 0) this.#arm(Math.ceil(leftMs), now + leftMs);
    return leftMs > 0;
  }
}

function fire(timer: StallTimer): void {
  timer.fired();
}

function judge(timer: StallTimer): void {
  timer.judge();
}
