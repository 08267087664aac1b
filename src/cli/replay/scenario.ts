/** A log and a balancer made into a scenario. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { LabError, optionError } from '../../problems/errors.ts';
import { fasterTrace } from '../../scenario/scaled.ts';
import type {
  BackendSpec,
  ClientSpec,
  DistributionSpec,
  Scenario,
  TraceSpec,
} from '../../scenario/scenario.ts';
import { serviceFrom } from '../../scenario/service-text.ts';
import type { LineReader } from '../../scenario/trace-format.ts';
import type { ReplayConfig } from './config.ts';
import type { ReadLog } from './log.ts';

export interface ReplayOptions {
  readonly service?: string;
  readonly slots?: number;
  readonly speed?: number;
  readonly replications?: number;
  readonly seed?: string;
}

/** The options, checked as far as they can be before the log is read. */
export interface Given extends ReplayOptions {
  /** What `service` says; null: nothing, or that the backends say it. */
  readonly spec: DistributionSpec | null;
}

/** @throws LabError naming everything that is not said: not by the configuration, not by an option, not by the format */
export function givenOf(config: ReplayConfig, reader: LineReader, options: ReplayOptions): Given {
  const { service: text } = options;
  const { hasBackends, scenario } = config;
  const problems = [...(noSlots(config, options.slots)?.problems ?? [])];
  if (text === 'backends' && !hasBackends) {
    const message = `--service is backends, but ${scenario.file} has none; expected ${aTime}.`;
    problems.push(...optionError('--service', message).problems);
  } else if (text === undefined && !hasBackends && reader.service === null) {
    problems.push(...noService(config, 'the format of the log does not say').problems);
  }
  if (problems.length > 0) throw new LabError(problems);
  const isOwn = text === undefined || text === 'backends';
  return { ...options, spec: isOwn ? null : serviceFrom(text, '--service') };
}

export interface Replayed {
  readonly scenario: Scenario;
  /** Where service times come from, for a sentence. */
  readonly service: string;
  /** From the first request to the last, as played. */
  readonly traceNs: number;
}

/** @throws LabError when the log does not hold the service times that its format has */
export function replayedScenario(
  file: string,
  log: ReadLog,
  reader: LineReader,
  config: ReplayConfig,
  given: Given,
): Replayed {
  const { scenario } = config;
  const { speed = 1, replications = scenario.run.replications, seed = scenario.seed } = given;
  const service = serviceOf(log, reader, config, given);
  const trace = log.columns.trace(file, reader.resolutionNs);
  const arrivals = fasterTrace({ ...trace, ...service.uniform }, speed);
  const precision = given.replications === undefined ? scenario.run.precision : null;
  const timed = service.uniform === undefined ? [] : [aboutTimes(reader, log)];
  const named = file === '-' ? 'stdin' : basename(file);
  return {
    service: service.from,
    traceNs: arrivals.atNs.at(-1)! + arrivals.resolutionNs,
    scenario: {
      ...scenario,
      name: `${named} through ${scenario.name}`,
      description: `The requests of the access log ${named} as they came, put through the balancer of ${scenario.file}.`,
      seed,
      sha256: digest(scenario, log, reader, given),
      run: { durationNs: null, requests: null, warmupNs: null, replications, precision },
      ...withBackends(config, service.spec, given.slots),
      clients: [clientOf(arrivals)],
      notes: [...timed, ...leftOut(log)],
    },
  };
}

/** Patient clients that never try again: what real ones did is in the log already. */
function clientOf(trace: TraceSpec): ClientSpec {
  const one: DistributionSpec = { kind: 'constant', value: 1 };
  const none: DistributionSpec = { kind: 'constant', value: 0 };
  return {
    name: 'log',
    arrival: { kind: 'trace', trace },
    addresses: null,
    paths: null,
    session: { requests: one, think: none, sticky: 'cookie' },
    timeoutNs: null,
    retry: {
      ...{ attempts: 0, backoffNs: 0, factor: 1, jitter: 0 },
      ...{ maxNs: Number.POSITIVE_INFINITY, budget: null },
    },
    spread: 'session',
    connection: null,
  };
}

interface Service {
  /** null: each backend's own. */
  readonly spec: DistributionSpec | null;
  /** Of the log's own times. */
  readonly uniform?: { readonly serviceUniform: Float64Array };
  readonly from: string;
}

const aTime = "a time or a distribution, such as 20ms or '{ lognormal: { mean: 20ms, cv: 1.5 } }'";

function serviceOf(
  { columns }: ReadLog,
  { service: item }: LineReader,
  config: ReplayConfig,
  { service: text, spec }: Given,
): Service {
  if (spec !== null) return { spec, from: `${text}` };
  if (text !== 'backends' && columns.timed > 0) {
    const { spec, uniform } = columns.service();
    return { spec, uniform: { serviceUniform: uniform }, from: `${item} of the log` };
  }
  if (config.hasBackends) return { spec: null, from: 'those of the backends' };
  throw noService(config, `${item} of the log, - or whole seconds in every line, does not say`);
}

function noService({ scenario: { file } }: ReplayConfig, found: string): LabError {
  const message = `--service is missing: ${found} how long requests take, and ${file} has no backends that would; expected ${aTime}, or a log with %D and its --format.`;
  return optionError('--service', message);
}

/** Why nobody knows how much each backend serves at once; null when it is known. */
function noSlots({ hasBackends, scenario }: ReplayConfig, slots: number | undefined) {
  const { workers } = scenario.balancer;
  const without = workers.filter(({ max }) => max === 0).map(({ name }) => name);
  if (slots !== undefined || hasBackends || without.length === 0) return null;
  const message = `--slots is missing: ${scenario.file} does not say how many requests a backend serves at once, as max= does (${without.join(', ')}: none); expected a whole number, such as --slots 16, or, where backends differ, a scenario with balancer: { httpd: ${basename(scenario.file)} } and backends as CONFIG.`;
  return optionError('--slots', message);
}

/** The balancer's workers with the backends of the configuration; where it has none, one for each worker. */
function withBackends(
  { hasBackends, scenario }: ReplayConfig,
  spec: DistributionSpec | null,
  slots: number | undefined,
) {
  const { balancer, backends } = scenario;
  const served = (one: BackendSpec, max: number): BackendSpec => {
    return { ...one, service: spec ?? one.service, slots: slots ?? max };
  };
  if (hasBackends) return { balancer, backends: backends.map((one) => served(one, one.slots)) };
  const workers = balancer.workers.map((worker, backend) => ({ ...worker, backend }));
  return {
    balancer: { ...balancer, workers },
    backends: balancer.workers.map(({ name, max, backend }) => {
      return { ...served(backends[backend]!, max), name };
    }),
  };
}

function aboutTimes({ service }: LineReader, { columns: { count, timed } }: ReadLog): string {
  const rest =
    timed < count
      ? `; ${count - timed} of ${count} requests say none and get one of the others' at random`
      : '';
  return `service times are ${service} of the log: they hold what requests waited there, so that they are an upper bound, and loads and sojourn times come out too high rather than too low${rest}`;
}

/** A note about lines that do not count, if there are any. */
export function leftOut({ lines, misfits }: ReadLog): string[] {
  if (misfits === 0) return [];
  const share = Number(((100 * misfits) / lines).toPrecision(2));
  return [
    `${misfits} of ${lines} lines of the log (${share} %) do not fit its format and are left out`,
  ];
}

/** Of all that decides what is simulated. */
function digest(
  { sha256 }: Scenario,
  log: ReadLog,
  { expected }: LineReader,
  { service, slots, speed }: ReplayOptions,
): string {
  const said = JSON.stringify([sha256, log.sha256, expected, service, slots, speed]);
  return createHash('sha256').update(said).digest('hex');
}
