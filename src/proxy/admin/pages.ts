/** Pages for programs that watch the proxy: `SetHandler fairlead-…`, and the addresses of the admin listener. */
import { nowNs } from '../clock.ts';
import { nameWithin } from '../groups.ts';
import { viewOf } from '../manager/view.ts';
import { CONTENT_TYPE } from '../observe/exposition.ts';
import { summed } from '../observe/summed.ts';
import { answerAsked, refuse } from '../own-answer.ts';
import type { Asked } from '../passage.ts';
import { added, type Counts, countsOf } from './counts.ts';
import { EventLoop } from './event-loop.ts';
import type { Inside } from './inside.ts';
import { metricsText } from './metrics.ts';
import { readiness } from './readiness.ts';
import { statusOf, withCounts } from './status.ts';

const JSON_TYPE = 'application/json';
const FRESH = ['Cache-Control', 'no-store'];

const INDEX = `/live              200 while the process answers
/ready             200 while requests should be sent here, else 503 with the reasons
/metrics           for Prometheus
/status            everything, as JSON
/balancer-manager  members and balancers, to look at and to change
`;

type Page = (asked: Asked, inside: Inside) => void;

/** What the other threads have to say to a page. */
interface Others {
  metrics(): Promise<readonly string[]>;
  counts(): Promise<readonly Counts[]>;
}

/** Their numbers come from all threads. */
const METRICS = 'fairlead-metrics';
const STATUS = 'fairlead-status';

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
};

export class Pages {
  readonly #inside: () => Promise<Inside>;
  readonly #others: Others;
  readonly #eventLoop = new EventLoop();

  /** `inside`: looks at the proxy as it is now. */
  constructor(inside: () => Promise<Inside>, others: Others) {
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
    if (page === undefined && handler !== METRICS && handler !== STATUS) return false;
    const { method } = asked.request;
    if (method !== 'GET' && method !== 'HEAD') refuse(asked, 405, ['Allow', 'GET, HEAD']);
    else if (handler === METRICS) void this.#answerMetrics(asked);
    else if (page === undefined) void this.#answerStatus(asked);
    else void this.#inside().then((inside) => page(asked, inside));
    return true;
  }

  async #answerMetrics(asked: Asked): Promise<void> {
    const [own, others] = await Promise.all([this.metrics(), this.#others.metrics()]);
    answerAsked(asked, 200, CONTENT_TYPE, summed(own, others), FRESH);
  }

  async #answerStatus(asked: Asked): Promise<void> {
    const [own, others] = await Promise.all([
      this.#inside().then((inside) => {
        const { balancers } = inside.groups;
        const now = nowNs();
        const views = viewOf(balancers, balancers.map(nameWithin), asked.server, now);
        return { status: statusOf(inside, views, now), counts: countsOf(inside) };
      }),
      this.#others.counts(),
    ]);
    const counted = withCounts(own.status, added(own.counts, others));
    answerAsked(asked, 200, JSON_TYPE, `${JSON.stringify(counted, null, 2)}\n`, FRESH);
  }

  close(): void {
    this.#eventLoop.close();
  }
}
