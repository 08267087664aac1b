/** One configuration and one script, played by httpd and by our proxy, each by itself: for what takes its time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ask, Case, Got, MemberState, Parameters } from '../case.ts';
import { letterOf } from './compare.ts';
import { configuration } from './conf.ts';
import { type Installed, startHttpd } from './httpd.ts';
import { startOurs } from './ours.ts';
import { freePort } from './ports.ts';
import { type CaseSide, httpdSide } from './side.ts';
import { Stage } from './stage.ts';

const plain: Ask = {
  op: 'request',
  method: 'GET',
  target: '/',
  cookie: null,
  post: null,
  chunked: false,
  answer: { status: 200, body: 3, framing: 'length', interim: null, fault: null },
  hold: null,
};

export class Trial {
  readonly stage: Stage;
  readonly #side: CaseSide;
  #orders = 100;

  constructor(each: Case, ports: readonly number[], side: CaseSide) {
    this.stage = new Stage(each, ports);
    this.#side = side;
  }

  /** Status and duration in seconds of a request. */
  async ask(differs: Partial<Ask> = {}): Promise<{ status: number; seconds: number }> {
    const startedMs = performance.now();
    const ask = { ...plain, ...differs };
    const order = `${this.#orders++}-0`;
    const { got } = this.stage.send(this.#side, ask, order, Promise.resolve());
    const { status } = await got;
    return { status, seconds: (performance.now() - startedMs) / 1000 };
  }

  /** Sends a request as far as a backend, which holds it until the returned function is called. */
  async open(): Promise<() => Promise<Got>> {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const ask = { ...plain, hold: 'held' };
    const { seen, got } = this.stage.send(this.#side, ask, `${this.#orders++}-0`, released);
    await seen;
    return () => {
      release();
      return got;
    };
  }

  /** `lb -100 100 busy 1 0 [A:E]`; looks again while it is not `expected`, as `busy` lags behind an answer. */
  async state(expected: string): Promise<string> {
    let shown = '';
    for (let look = 0; look < 50 && shown !== expected; look++) {
      if (look > 0) await sleep(Math.min(look * 5, 100));
      shown = text(await this.#side.state());
    }
    return shown;
  }
}

function text(state: readonly MemberState[]): string {
  const flags = state.map((values, member) => `${letterOf(member)}:${values[5]}`);
  const set = flags.filter((flag) => flag.length > 2);
  const lb = state.map(([lbstatus]) => lbstatus).join(' ');
  const busy = state.map((values) => values[2]).join(' ');
  return `lb ${lb} busy ${busy}${set.length > 0 ? ` [${set.join(' ')}]` : ''}`;
}

/** Plays `script` on both; throws what it throws, with the side's name in front. */
export async function onBoth(
  httpd: Installed,
  balancer: Parameters,
  members: readonly Parameters[],
  script: (trial: Trial) => Promise<void>,
): Promise<void> {
  const each: Case = {
    name: 't000001',
    seed: 0,
    keepAlive: false,
    balancer: { lbmethod: 'byrequests', ...balancer },
    members,
    steps: [],
  };
  await Promise.all([
    play(each, script, async (ports) => {
      const port = await freePort();
      const running = await startHttpd(httpd, configuration([each], [ports], port), port);
      const side = httpdSide(running.folder, port).of(each.name, ports);
      return { side, stop: () => running[Symbol.asyncDispose]() };
    }),
    play(each, script, async (ports) => {
      const port = await freePort();
      const running = await startOurs(configuration([each], [ports], port), port);
      const side = running.of(each.name, ports);
      return { side, stop: () => running[Symbol.asyncDispose]() };
    }),
  ]);
}

async function play(
  each: Case,
  script: (trial: Trial) => Promise<void>,
  start: (ports: readonly number[]) => Promise<{ side: CaseSide; stop: () => PromiseLike<void> }>,
): Promise<void> {
  const ports: number[] = [];
  for (const _ of each.members) ports.push(await freePort());
  const { side, stop } = await start(ports);
  const trial = new Trial(each, ports, side);
  try {
    await trial.stage.open();
    await script(trial);
  } catch (error) {
    if (error instanceof Error) error.message = `${side.name}: ${error.message}`;
    throw error;
  } finally {
    await trial.stage.close();
    await stop();
  }
}
