/** Pages for programs that watch the proxy: `SetHandler fairlead-…`, and the addresses of the admin listener. */
import { nowNs } from '../clock.ts';
import { viewOf } from '../manager/view.ts';
import { CONTENT_TYPE } from '../observe/exposition.ts';
import { summed } from '../observe/summed.ts';
import { answerAsked, refuse } from '../own-answer.ts';
import type { Asked } from '../passage.ts';
import { EventLoop } from './event-loop.ts';
import type { Inside } from './inside.ts';
import { metricsText } from './metrics.ts';
import { readiness } from './readiness.ts';
import { statusJson } from './status.ts';

const JSON_TYPE = 'application/json';
const FRESH = ['Cache-Control', 'no-store'];

const INDEX = `/live              200 while the process answers
/ready             200 while requests should be sent here, else 503 with the reasons
/metrics           for Prometheus
/status            everything, as JSON
/balancer-manager  members and balancers, to look at and to change
`;

type Page = (asked: Asked, inside: Inside) => void;

/** Its numbers come from all threads. */
const METRICS = 'fairlead-metrics';

const pages: Readonly<Record<string, Page>> = {
  'fairlead-index': (asked) =>
    asked.target.path === '/'
      ? answerAsked(asked, 200, 'text/plain; charset=utf-8', INDEX)
      : refuse(asked, 404),
  'fairlead-ready': (asked, inside) => {
    const found = readiness(inside, nowNs());
    const text = `${JSON.stringify(found)}\n`;
    answerAsked(asked, found.ready ? 200 : 503, JSON_TYPE, text, FRESH);
  },
  'fairlead-live': (asked) => answerAsked(asked, 200, JSON_TYPE, '{"live":true}\n', FRESH),
  'fairlead-status': (asked, inside) => {
    const { config, groups } = inside;
    const now = nowNs();
    const views = viewOf(groups.balancers, config, asked.server, now);
    answerAsked(asked, 200, JSON_TYPE, statusJson(inside, views, now), FRESH);
  },
};

export class Pages {
  readonly #inside: () => Promise<Inside>;
  readonly #others: () => Promise<readonly string[]>;
  readonly #eventLoop = new EventLoop();

  /** `inside`: looks at the proxy as it is now. `others`: the metrics of other threads. */
  constructor(inside: () => Promise<Inside>, others: () => Promise<readonly string[]>) {
    this.#inside = inside;
    this.#others = others;
  }

  /** This thread's own. */
  async metrics(): Promise<string> {
    return metricsText(await this.#inside(), this.#eventLoop);
  }

  /** Answers, if `handler` is one of these; false: it is not. */
  handle(asked: Asked, handler: string | null): boolean {
    const page = handler === null ? undefined : pages[handler];
    if (page === undefined && handler !== METRICS) return false;
    const { method } = asked.request;
    if (method !== 'GET' && method !== 'HEAD') refuse(asked, 405, ['Allow', 'GET, HEAD']);
    else if (page === undefined) void this.#answerMetrics(asked);
    else void this.#inside().then((inside) => page(asked, inside));
    return true;
  }

  async #answerMetrics(asked: Asked): Promise<void> {
    const [own, others] = await Promise.all([this.metrics(), this.#others()]);
    answerAsked(asked, 200, CONTENT_TYPE, summed(own, others), FRESH);
  }

  close(): void {
    this.#eventLoop.close();
  }
}
