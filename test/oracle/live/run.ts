/** Runs many cases side by side on one httpd (and one proxy of ours), so that their waiting times overlap. */
import type { Case } from '../case.ts';
import { configuration } from './conf.ts';
import { type Installed, startHttpd } from './httpd.ts';
import { type Outcome, playCase } from './play.ts';
import { freePort } from './ports.ts';
import { httpdSide, type Side } from './side.ts';

/** Starts our side on a configuration that listens on `port`. */
export type StartOurs = (text: string, port: number) => Promise<Side & AsyncDisposable>;

/** Cases that run at once. */
const BATCH = 24;

/** How often a case that came too close to a retry time is played again. */
const AGAIN = 3;

/** The outcome of every case, in order. `ours` null: httpd beside the core alone. */
export async function runCases(
  installed: Installed,
  ours: StartOurs | null,
  cases: readonly Case[],
  progress: (done: number) => void = () => {},
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let from = 0; from < cases.length; from += BATCH) {
    const batch = cases.slice(from, from + BATCH);
    outcomes.push(...(await runUndoubted(installed, ours, batch)));
    progress(outcomes.length);
  }
  return outcomes;
}

/** Index of the first case that shows a difference; -1: none does. Runs no more batches than that needs. */
export async function firstDifferent(
  installed: Installed,
  ours: StartOurs | null,
  cases: readonly Case[],
): Promise<number> {
  for (let from = 0; from < cases.length; from += BATCH) {
    const outcomes = await runUndoubted(installed, ours, cases.slice(from, from + BATCH));
    const first = outcomes.findIndex(isDifferent);
    if (first >= 0) return from + first;
  }
  return -1;
}

/** Whether the sides differ for sure. */
export function isDifferent({ difference, doubtful }: Outcome): boolean {
  return difference !== null && !doubtful;
}

async function runUndoubted(
  installed: Installed,
  ours: StartOurs | null,
  batch: readonly Case[],
): Promise<Outcome[]> {
  const outcomes = await runBatch(installed, ours, batch);
  for (let again = 0; again < AGAIN; again++) {
    const doubtful = [...outcomes.keys()].filter((i) => outcomes[i].doubtful);
    if (doubtful.length === 0) break;
    const anew = await runBatch(
      installed,
      ours,
      doubtful.map((i) => batch[i]),
    );
    for (const [j, i] of doubtful.entries()) outcomes[i] = anew[j];
  }
  return outcomes;
}

async function runBatch(
  installed: Installed,
  ours: StartOurs | null,
  batch: readonly Case[],
): Promise<Outcome[]> {
  const ports: number[][] = [];
  for (const { members } of batch) {
    const own: number[] = [];
    for (const _ of members) own.push(await freePort());
    ports.push(own);
  }
  const httpdPort = await freePort();
  const httpd = await startHttpd(installed, configuration(batch, ports, httpdPort), httpdPort);
  try {
    const sides: Side[] = [httpdSide(httpd.folder, httpdPort)];
    const ourPort = await freePort();
    const own = await ours?.(configuration(batch, ports, ourPort), ourPort);
    try {
      if (own) sides.push(own);
      return await Promise.all(
        batch.map((each, i) => {
          const caseSides = sides.map((side) => side.of(each.name, ports[i]));
          return playCase(each, ports[i], caseSides);
        }),
      );
    } finally {
      await own?.[Symbol.asyncDispose]();
    }
  } finally {
    await httpd[Symbol.asyncDispose]();
  }
}
