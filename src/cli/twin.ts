/** `fairlead twin`: one scenario, simulated and live, and the error between them. */
import { renderTwin } from '../../reports/twin-table.ts';
import { writeFiles } from '../../reports/write.ts';
import { checkStability } from '../scenario/load.ts';
import { loadPlaced } from '../scenario/parse.ts';
import type { TwinResult } from '../twin/result.ts';
import { twin as run } from '../twin/twin.ts';
import { exit } from './exit.ts';
import { methodFrom, refuseConf } from './input.ts';
import { interruptible } from './interruptible.ts';
import { progress } from './progress.ts';
import { checkFolder } from './simulate.ts';
import { terminal } from './terminal.ts';

export interface TwinOptions {
  readonly lbmethod?: string;
  readonly seconds?: number;
  readonly seed?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const exits: Record<TwinResult['verdict'], number> = {
  agrees: exit.done,
  differs: exit.no,
  unclear: exit.inconclusive,
};

/** @throws LabError for anything wrong with the scenario, or that cannot be had on loopback. */
export async function twin(path: string, options: TwinOptions): Promise<void> {
  const { seed, out, seconds, quiet = false } = options;
  refuseConf(path);
  const read = loadPlaced(path);
  checkStability(read.scenario);
  const placed = seed === undefined ? read : { ...read, scenario: { ...read.scenario, seed } };
  if (out !== undefined) checkFolder(out);
  const lbmethod = await methodFrom(options.lbmethod, placed.scenario);
  const title = `${placed.scenario.name}: ${lbmethod.name}`;
  const simulated = progress(`${title}, simulated`, quiet);
  const live = progress(`${title}, live`, quiet, 's');
  const stop = () => {
    simulated.stop();
    live.stop();
  };
  const work = () =>
    run({
      placed,
      lbmethod,
      seconds,
      onNote: (text) => void (quiet || console.error(`${title}: ${text}`)),
      onProgress: (done, total, what) => {
        if (what === 'simulated') simulated.update(done, total);
        else {
          simulated.stop();
          live.update(Math.floor(done), total);
        }
      },
    });
  const result = await interruptible(work, stop);
  stop();
  const document = JSON.stringify(result, null, 2);
  process.stdout.write(options.json ? `${document}\n` : renderTwin(result, terminal()));
  if (out !== undefined) {
    const [file] = await writeFiles(out, [['result.json', `${document}\n`]], []);
    if (!quiet) console.error(`result: ${file}`);
  }
  process.exitCode = exits[result.verdict];
}
