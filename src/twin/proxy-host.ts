/** The proxy's thread, as those who measure have it. */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Change, Listening, Order, Start } from './proxy-thread.ts';

const ENTRY = fileURLToPath(new URL('./proxy-thread.js', import.meta.url));

export class ProxyHost {
  /** Resolves when the proxies listen; rejects with what the thread died of. */
  readonly listening: Promise<Listening>;
  /** Rejects with what the thread died of; never resolves. */
  readonly died: Promise<never>;
  readonly #worker: Worker;

  /** Runs compiled code: the thread loads `proxy-thread.js` beside this file. */
  constructor(start: Start) {
    const worker = new Worker(ENTRY, { workerData: start, name: 'fairlead-twin' });
    this.#worker = worker;
    this.died = new Promise((_, reject) => worker.once('error', reject));
    this.died.catch(() => {}); // whoever waits for it hears of it
    this.listening = Promise.race([
      once(worker, 'message').then(([listening]) => listening as Listening),
      this.died,
    ]);
  }

  manage(proxy: number, change: Change): void {
    this.#order({ kind: 'manage', proxy, change });
  }

  /** The spare proxy is not needed any more. */
  warmedUp(): void {
    this.#order({ kind: 'warmed up' });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #order(order: Order): void {
    this.#worker.postMessage(order);
  }
}
