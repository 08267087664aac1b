/** `fairlead replay`: what if the traffic of a real log met another lbmethod. */
import { formatCount, formatValue } from '../../../reports/format.ts';
import { renderProblems } from '../../problems/errors.ts';
import { checkStability, offeredLoad } from '../../scenario/load.ts';
import { timeText } from '../calibrate.ts';
import { methodsFrom } from '../input.ts';
import { checkFolder, type SimulateOptions, simulate } from '../simulate.ts';
import { replayConfig } from './config.ts';
import { type ChosenFormat, chosenFormat, type FormatOptions } from './format.ts';
import { type ReadLog, readLog } from './log.ts';
import {
  givenOf,
  leftOut,
  type Replayed,
  type ReplayOptions,
  replayedScenario,
} from './scenario.ts';

const advice =
  'More --slots, shorter --service times or a lower --speed help, or a scenario whose backends bound their queue.';

export interface Options extends SimulateOptions, FormatOptions, ReplayOptions {
  readonly config: string;
  readonly balancer?: string;
  readonly lbmethod?: string;
  readonly seed?: string;
}

export async function replay(file: string, options: Options): Promise<void> {
  const { quiet = false, out } = options;
  if (out !== undefined) checkFolder(out);
  const config = replayConfig(options.config, options);
  const lbmethods = await methodsFrom(options.lbmethod, config.scenario);
  const { sticky } = config.scenario.balancer;
  const format = chosenFormat(file, config.logs, sticky, options);
  const given = givenOf(config, format.reader, options);
  const log = await readLog(file, format.reader, quiet);
  if (!quiet) warn(log);
  const replayed = replayedScenario(file, log, format.reader, config, given);
  if (!quiet) console.error(told(file, log, format, replayed));
  checkStability(replayed.scenario, advice);
  await simulate(replayed.scenario, lbmethods, options);
}

function warn(log: ReadLog): void {
  if (log.misfits === 0) return;
  console.error(renderProblems(log.shown));
  console.error(`warning: ${leftOut(log)[0]}`);
}

/** What was rebuilt, and what it is put through. */
function told(file: string, log: ReadLog, format: ChosenFormat, replayed: Replayed): string {
  const { columns, noRequests } = log;
  const { scenario, service, traceNs } = replayed;
  const { total, requestsPerSecond } = offeredLoad(scenario);
  const slots = scenario.balancer.workers.map(({ backend }) => scenario.backends[backend]!.slots);
  const spare = noRequests > 0 ? `, and ${formatCount(noRequests, 'line')} of no request` : '';
  const rate = formatValue(requestsPerSecond, '1/s');
  return [
    `${file}: ${formatCount(columns.count, 'request')} in ${timeText(traceNs / 1e9)} (${rate})${spare}, read as ${format.as}`,
    `sessions: ${columns.clients.toLocaleString('en-US')}, ${sessionsBy(log)}`,
    `sizes: ${format.reader.hasBytes ? 'from the log' : "the backends'"}; service times: ${service}`,
    `${scenario.file}: slots ${slots.join(', ')}; offered load ${formatValue(total, 'share')}`,
  ].join('\n');
}

function sessionsBy({ columns: { bySession, count } }: ReadLog): string {
  if (bySession === 0) return 'by address';
  if (bySession === count) return 'by what the log says of sessions';
  return `${formatValue(bySession / count, 'share')} of the requests by what the log says of them, the others by address`;
}
