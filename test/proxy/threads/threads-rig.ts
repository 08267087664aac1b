/** A proxy of several threads between real sockets. Threads load compiled code, so this is the built one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { type RunningThreads, startThreads } from '../../../dist/src/proxy/threads/supervisor.js';
import type { LbMethodRef } from '../../../src/config/spec.ts';
import { type Answer, type Asking, ask, configuration, onFreePorts } from '../rig.ts';

vi.setConfig({ testTimeout: 120_000 });

const THREADS = 4;

/** Patience for whatever takes threads to start or to end. */
export const patient = { timeout: 60_000, interval: 5 };

export class ThreadsRig {
  readonly proxy: RunningThreads;
  readonly port: number;
  /** What was logged. */
  readonly lines: string[];

  constructor(proxy: RunningThreads, lines: string[]) {
    this.proxy = proxy;
    this.port = proxy.addresses[0]!.port;
    this.lines = lines;
  }

  /** The balancer `c`. */
  get core() {
    return this.proxy.balancers.get('c')!.balancer;
  }

  column(name: 'lbstatus' | 'busy' | 'elected'): number[] {
    return [...this.core.workers[name]];
  }

  get(path = '/', asking: Asking = {}): Promise<Answer> {
    return ask(this.port, path, asking);
  }

  /** So many requests, so many at a time, each on a connection of its own. */
  async load(count: number, atOnce: number, asking: Asking = {}): Promise<Answer[]> {
    const answers: Answer[] = [];
    let left = count;
    const client = async () => {
      while (left-- > 0) answers.push(await this.get('/', asking));
    };
    await Promise.all(Array.from({ length: atOnce }, client));
    return answers;
  }

  /** Resolves when nothing is open and nothing is charged. */
  async idle(): Promise<void> {
    await vi.waitUntil(() => this.proxy.open === 0, patient);
    if (!this.proxy.balanced) throw new Error(`busy is ${this.column('busy')} with nothing open`);
  }
}

/** A configuration whose first Listen is at a free port. */
export function listening(lines: string) {
  return onFreePorts(configuration(lines));
}

export async function threadsRig(
  lines: string,
  lbmethod: LbMethodRef = { name: 'byrequests', file: null },
  shadow: LbMethodRef | null = null,
): Promise<ThreadsRig> {
  const told: string[] = [];
  const config = listening(lines);
  const balancers = config.balancers.map((one) => ({ ...one, lbmethod }));
  const proxy = await startThreads(
    { ...config, balancers },
    {
      threads: THREADS,
      rng: [1, 2, 3, 4],
      log: (line) => told.push(line),
      ...(shadow !== null && { shadow }),
    },
  );
  onTestFinished(() => proxy.close(0));
  return new ThreadsRig(proxy, told);
}

/** How many of `answers` have each body. */
export function bodies(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { body } of answers) counts[body] = (counts[body] ?? 0) + 1;
  return counts;
}

/** A module of a user's own, written for this test. */
export function lbmethodFile(source: string): LbMethodRef {
  const dir = mkdtempSync(join(tmpdir(), 'fairlead-threads-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, 'mine.mjs');
  writeFileSync(file, source);
  return { name: file, file };
}
