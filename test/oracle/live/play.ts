/**
 * Plays one case: every step is done to all sides at once, then everything they can tell is compared, before
 * the next step begins. So the sides share backends, time and trouble.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ask, Case, Got, MemberState, Played, Seen, Step } from '../case.ts';
import { CoreSide } from '../core-side.ts';
import { gotDifference, seenDifference, stateDifference } from './compare.ts';
import { Margins } from './margins.ts';
import type { CaseSide } from './side.ts';
import { Stage } from './stage.ts';

export interface Outcome {
  readonly played: readonly Played[];
  /** The first difference, and the step (from 0) that showed it; null: there is none. */
  readonly difference: { readonly step: number; readonly text: string } | null;
  /** A decision came so close to the end of a retry time that the sides may rightly differ. */
  readonly doubtful: boolean;
}

/** How long counters may lag behind an answer, in looks of growing distance: some seconds in all. */
const LOOKS = 60;

interface Held {
  readonly release: () => void;
  /** What each side's client gets. */
  readonly gots: readonly Promise<Got>[];
}

/** What a side shows right after a step. */
interface Shown {
  readonly seen: Seen | null;
  readonly got: Got | null;
}

/** `sides[0]` is httpd. Its backends listen on `ports`. */
export async function playCase(
  each: Case,
  ports: readonly number[],
  sides: readonly CaseSide[],
): Promise<Outcome> {
  const player = new Player(each, ports, sides);
  try {
    return await player.play();
  } finally {
    await player.close();
  }
}

class Player {
  readonly #case: Case;
  readonly #sides: readonly CaseSide[];
  readonly #stage: Stage;
  readonly #held = new Map<string, Held>();
  readonly #core: CoreSide;
  readonly #margins: Margins;
  readonly #startedNs = process.hrtime.bigint();

  constructor(each: Case, ports: readonly number[], sides: readonly CaseSide[]) {
    this.#case = each;
    this.#sides = sides;
    this.#stage = new Stage(each, ports);
    this.#core = new CoreSide(each);
    this.#margins = new Margins(this.#core.balancer);
  }

  async play(): Promise<Outcome> {
    await this.#stage.open();
    const played: Played[] = [];
    for (const [index, step] of this.#case.steps.entries()) {
      if (step.op === 'request') await this.#margins.wait(() => this.#nowNs());
      const nowNs = this.#nowNs();
      const shown = await this.#do(step, index);
      if (step.op === 'request') this.#margins.passed(nowNs, this.#nowNs());
      const { seen, got } = shown[0];
      const core = this.#core.play(step, nowNs, seen);
      this.#margins.note(nowNs, this.#nowNs());
      const { text, state } = await this.#compare(shown, core);
      played.push({ at: Math.round(nowNs / 1e3) / 1e6, seen, got, state });
      if (text !== null) {
        const difference = { step: index, text };
        return { played, difference, doubtful: this.#margins.doubtful };
      }
    }
    return { played, difference: null, doubtful: this.#margins.doubtful };
  }

  async close(): Promise<void> {
    for (const { release } of this.#held.values()) release();
    await this.#stage.close();
    await Promise.all([...this.#held.values()].flatMap(({ gots }) => gots));
  }

  #nowNs(): number {
    return Number(process.hrtime.bigint() - this.#startedNs);
  }

  /** Does `step` to every side. */
  async #do(step: Step, index: number): Promise<Shown[]> {
    const nothing = () => this.#sides.map((): Shown => ({ seen: null, got: null }));
    if (step.op === 'request') return this.#request(step, index);
    if (step.op === 'release') {
      const held = this.#held.get(step.hold);
      if (!held) return nothing();
      const { release, gots } = held;
      release();
      const answers = await Promise.all(gots);
      this.#held.delete(step.hold);
      return answers.map((got) => ({ seen: null, got }));
    }
    if (step.op === 'wait') await sleep(step.seconds * 1000);
    else if (step.op === 'manage') {
      await Promise.all(this.#sides.map((side) => side.manage(step.member, step.set)));
    } else await this.#stage.backends[step.member][step.op]();
    return nothing();
  }

  async #request(ask: Ask, index: number): Promise<Shown[]> {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    if (ask.hold === null) release();
    this.#stage.even();
    const sends = this.#sides.map((side, i) =>
      this.#stage.send(side, ask, `${index + 100}-${i}`, released),
    );
    if (ask.hold !== null) {
      this.#held.set(ask.hold, { release, gots: sends.map(({ got }) => got) });
    }
    const shown = sends.map(async ({ seen }) => ({ seen: await seen, got: null }));
    const all = await Promise.all(shown);
    const nobody = all.every(({ seen }) => seen.got !== null);
    if (ask.hold !== null && nobody) this.#held.delete(ask.hold);
    return all;
  }

  /** Compares every side with httpd, and httpd with the core; waits for counters that lag. */
  async #compare(shown: readonly Shown[], core: Shown) {
    const names = [...this.#sides.map(({ name }) => name), 'core'];
    const all = [...shown, core];
    let text: string | null = null;
    let states: (readonly MemberState[])[] = [];
    for (let look = 0; look < LOOKS; look++) {
      if (look > 0) await sleep(Math.min(look * 2, 100));
      states = await Promise.all(this.#sides.map((side) => side.state()));
      states.push(this.#core.state());
      text = null;
      for (const i of states.keys()) {
        if (i > 0) text ??= stateDifference([names[0], states[0]], [names[i], states[i]]);
      }
      if (text === null) break;
    }
    for (const i of all.keys()) {
      if (i > 0) text = shownDifference([names[0], all[0]], [names[i], all[i]]) ?? text;
    }
    return { text, state: states[0] };
  }
}

function shownDifference(
  [oneName, one]: readonly [string, Shown],
  [otherName, other]: readonly [string, Shown],
): string | null {
  if (one.seen !== null && other.seen !== null) {
    return seenDifference([oneName, one.seen], [otherName, other.seen]);
  }
  if (one.got === null || other.got === null) return null;
  return gotDifference([oneName, one.got], [otherName, other.got]);
}
