/** How late the event loop is: what every request waits beside its work. */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { Exposition } from '../observe/exposition.ts';

const RESOLUTION_MS = 10;
const quantiles = [50, 90, 99, 100];

/** Looks from the first time that somebody asks. */
export class EventLoop {
  #histogram: IntervalHistogram | null = null;

  tell(out: Exposition): void {
    const delay = this.#delay();
    out.metric(
      'fairlead_event_loop_delay_seconds',
      'summary',
      'How late the event loop was, since it was first asked for.',
    );
    for (const percent of quantiles) {
      out.sample({ quantile: `${percent / 100}` }, late(delay.percentile(percent)));
    }
    out.sample({}, delay.count === 0 ? 0 : late(delay.mean) * delay.count, '_sum');
    out.sample({}, delay.count, '_count');
  }

  close(): void {
    this.#histogram?.disable();
  }

  #delay(): IntervalHistogram {
    if (this.#histogram === null) {
      this.#histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      this.#histogram.enable();
    }
    return this.#histogram;
  }
}

/** What is measured is the time between two looks, which are `RESOLUTION_MS` apart when nothing is late. */
function late(ns: number): number {
  return Math.max(0, ns / 1e9 - RESOLUTION_MS / 1000);
}
