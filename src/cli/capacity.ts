/** `fairlead capacity`: the highest arrival rate that holds its objectives. */
import { renderCapacity, verdictText } from '../../reports/capacity/table.ts';
import {
  type CapacityLook,
  type CapacityResult,
  capacityOf,
  capacityResult,
  firstReplications,
  type LbmethodCapacity,
} from '../../sim/capacity/capacity.ts';
import type { More } from '../../sim/capacity/search.ts';
import { expectedRequests } from '../../sim/expected.ts';
import { needsPilot, PILOT_REPLICATIONS } from '../../sim/pilot.ts';
import { pool } from '../../sim/pool.ts';
import { LabError, optionError, type Problem } from '../problems/errors.ts';
import { suggestion } from '../problems/suggest.ts';
import { type Path, pathText, type ScenarioDocument } from '../scenario/document.ts';
import { loadPlaced } from '../scenario/parse.ts';
import { isOpen, withoutWorkers } from '../scenario/scaled.ts';
import type { LbMethodRef, Scenario } from '../scenario/scenario.ts';
import { percentPattern, shareOf } from '../scenario/units.ts';
import { requestsPerSecond, timeText } from './calibrate.ts';
import { exit } from './exit.ts';
import { methodFrom, methodsFrom, refuseConf } from './input.ts';
import { interruptible } from './interruptible.ts';
import { Pace } from './pace.ts';
import { checkFolder, percent, type SimulateOptions } from './simulate.ts';
import { terminal } from './terminal.ts';

export interface CapacityCliOptions extends SimulateOptions {
  readonly slo: readonly string[];
  readonly without: readonly string[];
  readonly client: readonly string[];
  readonly lbmethod?: string;
  readonly precision: string;
  readonly maxReplications: number;
}

/** Rates that the last round of a search usually looks at, for estimates. */
const LOOKS = 12;

export async function capacity(file: string, options: CapacityCliOptions): Promise<void> {
  if (options.out !== undefined) checkFolder(options.out);
  const scenario = scenarioOf(file, options);
  const precision = precisionOf(options.precision);
  const { lbmethod, without, maxReplications, quiet, threads: wanted } = options;
  const lbmethods = lbmethod?.includes(',')
    ? await methodsFrom(lbmethod, scenario)
    : [await methodFrom(lbmethod, scenario)];
  const note = (text: string) => {
    if (!quiet) console.error(text);
  };
  const only = clientsOf(scenario, options.client);
  const threads = await pool(wanted);
  const work = async () => {
    if (!quiet) note(await costText(scenario, lbmethods, threads.threads));
    const capacities: LbmethodCapacity[] = [];
    for (const method of lbmethods) {
      const pilots = pilotsOf(scenario);
      const pace = new Pace();
      const found = await capacityOf({
        scenario,
        lbmethod: method,
        only,
        precision,
        replicationsMax: maxReplications,
        runner: threads.runner,
        onLook: (look) => {
          pace.done += look.replications + pilots;
          note(`${method.name}: ${lookText(look)}`);
        },
        onMore: (more) => {
          const seconds = pace.secondsOf(LOOKS * (more.replications + pilots));
          note(`${method.name}: ${moreText(more, precision, maxReplications, seconds)}`);
        },
      });
      capacities.push(found);
    }
    const result = capacityResult(scenario, without, precision, capacities);
    if (options.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    else process.stdout.write(renderCapacity(result, terminal()));
    if (options.out !== undefined) await writeTo(options.out, result, note);
    process.exitCode = Math.max(...capacities.map(exitOf));
  };
  try {
    await interruptible(work);
  } finally {
    await threads.close();
  }
}

async function writeTo(dir: string, result: CapacityResult, note: (text: string) => void) {
  const { writeCapacityReport } = await import('../../reports/capacity/write.ts');
  const files = await writeCapacityReport(result, dir);
  note(`report: ${files.find((name) => name.endsWith('.html'))}`);
}

function exitOf({ state }: LbmethodCapacity): number {
  const codes = { found: exit.done, never: exit.no, 'no data': exit.noAnswer } as const;
  return state === 'always' || state === 'wide' ? exit.inconclusive : codes[state];
}

/** The objectives stand where `expect` lines do, so that the reader of scenarios checks them. */
function scenarioOf(file: string, { slo, without, seed }: CapacityCliOptions): Scenario {
  refuseConf(file);
  if (slo.length === 0) {
    throw optionError(
      '--slo',
      "no objective; expected --slo 'sojourn.p99 < 200ms' or another metric.",
    );
  }
  const override = { path: 'expect', value: JSON.stringify(slo), label: '--slo' };
  const { scenario, document } = loadPlaced(file, [override]);
  refuseUnused(scenario, document);
  const names = scenario.balancer.workers.map(({ name }) => name);
  for (const name of without) checkName('--without', name, 'worker', names);
  if (without.length > 0 && names.every((name) => without.includes(name))) {
    throw optionError('--without', '--without names every worker; leave one.');
  }
  const reduced = withoutWorkers(scenario, without);
  return seed === undefined ? reduced : { ...reduced, seed };
}

/** What a search for a rate cannot do as the scenario says. */
function refuseUnused({ run, events, faults }: Scenario, document: ScenarioDocument): void {
  const problems: Problem[] = [];
  const refuse = (path: Path, message: string) =>
    problems.push(document.problem('NOT_SUPPORTED', path, `${pathText(path)} ${message}`, 'key'));
  if (run.precision !== null) {
    refuse(
      ['run', 'precision'],
      'is not supported yet by capacity, which adds replications until the rate is known to --precision; expected run.replications, or nothing.',
    );
  }
  if (run.durationNs === null && run.requests !== null && events.length + faults.length > 0) {
    refuse(
      ['run', 'requests'],
      'gives no length of time: the more requests a second, the sooner the run ends, and events and faults would fall outside of it; expected run.duration.',
    );
  }
  if (problems.length > 0) throw new LabError(problems);
}

function clientsOf({ clients }: Scenario, named: readonly string[]): readonly string[] | null {
  const open = clients.filter(({ arrival }) => isOpen(arrival)).map(({ name }) => name);
  if (open.length === 0) {
    throw optionError(
      '--client',
      'every client is closed: there is no arrival rate to search for; vary clients.0.arrival.closed.users with fairlead sweep.',
    );
  }
  for (const name of named) checkName('--client', name, 'open client', open);
  return named.length === 0 ? null : named;
}

function checkName(option: string, name: string, what: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  throw optionError(
    option,
    `${option} ${name}: there is no ${what} of this name; ${suggestion(name, known)}`,
  );
}

function precisionOf(text: string): number {
  const value = percentPattern.test(text) ? shareOf(text) : Number.NaN;
  if (value >= 0.001 && value <= 0.5) return value;
  throw optionError(
    '--precision',
    `--precision is ${text}; expected a percentage from 0.1% to 50%.`,
  );
}

async function costText(
  scenario: Scenario,
  lbmethods: readonly LbMethodRef[],
  threads: number,
): Promise<string> {
  const replications = firstReplications(scenario);
  const simulated = replications + pilotsOf(scenario);
  const requests = LOOKS * lbmethods.length * simulated * expectedRequests(scenario);
  const rate = await requestsPerSecond({ scenario, lbmethods });
  const pilots = simulated === replications ? '' : ' and pilots of the warm-up';
  const what = `about ${LOOKS} rates x ${replications} replications${pilots}, ${requests.toLocaleString('en-US')} requests`;
  return `${what}: ${timeText(requests / rate / threads)}, more if the interval stays wide, which is told`;
}

function pilotsOf(scenario: Scenario): number {
  return needsPilot(scenario) ? PILOT_REPLICATIONS : 0;
}

function moreText(
  { half, before, replications }: More,
  precision: number,
  most: number,
  seconds: number,
): string {
  const width = Number.isFinite(half) ? `±${percent(half)}` : 'open on one side';
  const last = replications === most ? ', which is the most allowed' : '';
  return `the interval is ${width} with ${before} replications at each rate, asked for ±${percent(precision)}; now ${replications}${last}: about ${timeText(seconds)}`;
}

function lookText({
  requestsPerSecond: rate,
  replications,
  verdict,
  objectives,
}: CapacityLook): string {
  const values = objectives.map(verdictText).join('; ');
  return `${rate.toPrecision(4)} requests/s, ${replications} replications: ${verdict} (${values})`;
}
