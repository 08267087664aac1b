/** A thread as the supervisor sees it: started, asked, ended, and started again when it has died. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ProxyConfig } from '../../config/config.ts';
import { LabError } from '../../problems/errors.ts';
import type { ShadowReport } from '../observe/shadow.ts';
import type { Order, Report, Shares, Start } from './messages.ts';

const ENTRY = fileURLToPath(new URL('./thread.js', import.meta.url));

interface Asked {
  resolve(): void;
  reject(error: Error): void;
}

export class WorkerThread {
  readonly number: number;
  readonly worker: Worker;
  /** When it was started, on the clock of `performance.now`. */
  readonly sinceMs = performance.now();
  /** Generations that it has taken over and not left. Whoever buries it clears them. */
  readonly held = new Set<number>();
  /** What its shadow has counted, once it has ended by itself. */
  shadow: readonly ShadowReport[] = [];
  /** What it died of, if it did not end by itself. */
  error: Error | null = null;
  /** Resolves when it serves, or has ended. */
  readonly serving: Promise<void>;
  /** Resolves when it has ended, however. */
  readonly ended: Promise<void>;
  #serves = () => {};
  #isEnded = false;
  /** It has prepared a configuration that it has neither taken over nor let go of. */
  #waits = false;
  /** Who waits for an answer. */
  #ready: Asked | null = null;
  #taken: Asked | null = null;

  /** `log` gets the lines that the thread writes. */
  constructor(start: Start, log: (line: string) => void) {
    this.number = start.number;
    this.worker = new Worker(ENTRY, { workerData: start, name: `fairlead-${start.number}` });
    this.worker.on('message', (report: Report) => this.#hear(report, log));
    this.worker.on('error', (error: Error) => {
      this.error = error;
    });
    this.serving = new Promise((resolve) => {
      this.#serves = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.worker.once('exit', () => {
        this.#isEnded = true;
        this.#serves();
        this.#fail(this.error ?? new Error(`thread ${start.number} has ended`));
        resolve();
      });
    });
  }

  /** Rejects with what is wrong with `config`, or with what the thread died of. */
  prepare(config: ProxyConfig, sockets: Readonly<Record<string, number>>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#ready = { resolve, reject };
      this.#order({ kind: 'prepare', config, sockets });
    });
  }

  /** Rejects when it goes on with what it had, or with what it died of. */
  take(shares: Shares): Promise<void> {
    const { generation } = shares;
    this.held.add(generation);
    return new Promise((resolve, reject) => {
      const failed = (error: Error) => {
        if (!this.#isEnded) this.held.delete(generation);
        reject(error);
      };
      this.#taken = { resolve, reject: failed };
      this.#order({ kind: 'take', shares });
    });
  }

  /** Resolves when it has let go of what it had prepared: what it says next is about something else. */
  drop(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#waits || this.#isEnded) {
        resolve();
        return;
      }
      this.#taken = { resolve, reject: () => resolve() };
      this.#order({ kind: 'drop' });
    });
  }

  get hasEnded(): boolean {
    return this.#isEnded;
  }

  tell(order: Order): void {
    if (!this.#isEnded) this.worker.postMessage(order);
  }

  #order(order: Order): void {
    if (this.#isEnded) this.#fail(this.error ?? new Error(`thread ${this.number} has ended`));
    else this.worker.postMessage(order);
  }

  #hear(report: Report, log: (line: string) => void): void {
    if (report.kind === 'log') log(report.line);
    else if (report.kind === 'shadow') this.shadow = report.reports;
    else if (report.kind === 'left') this.held.delete(report.generation);
    else if (report.kind === 'ready') {
      this.#waits = true;
      this.#ready?.resolve();
      this.#ready = null;
    } else if (report.kind === 'taken') {
      this.#waits = false;
      this.#serves();
      this.#taken?.resolve();
      this.#taken = null;
    } else {
      const { problems, message } = report;
      this.#waits = false;
      this.#fail(problems.length > 0 ? new LabError(problems) : new Error(message));
    }
  }

  #fail(error: Error): void {
    const asked = [this.#ready, this.#taken];
    this.#ready = null;
    this.#taken = null;
    for (const one of asked) one?.reject(error);
  }
}
