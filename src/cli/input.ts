/** From what the command line names to a scenario and its lbmethods. */
import { extname, relative, resolve } from 'node:path';
import { lbmethodOf } from '../config/lbmethod-of.ts';
import { lbmethods } from '../core/index.ts';
import { LabError, optionError } from '../problems/errors.ts';
import { onlyProxied } from '../scenario/lint/lint-file.ts';
import { checkStability } from '../scenario/load.ts';
import { loadScenario } from '../scenario/parse.ts';
import type { LbMethodRef, Scenario } from '../scenario/scenario.ts';
import { modulePath } from '../scenario/schema-lbmethod.ts';

/** httpd's own, in the order of its manual. */
const HTTPD_FOUR = ['byrequests', 'bytraffic', 'bybusyness', 'heartbeat'];

/**
 * Reads a scenario that can be simulated. `seed` takes the place of its own.
 * @throws LabError for anything wrong with it, an unstable load included.
 */
export function scenarioFrom(path: string, seed?: string): Scenario {
  refuseConf(path);
  const scenario = loadScenario(path);
  checkStability(scenario);
  return seed === undefined ? scenario : { ...scenario, seed };
}

/** What is only proxied says nothing of traffic and backends, so it cannot be simulated by itself. @throws LabError */
export function refuseConf(file: string): void {
  if (extname(file) !== '.conf') {
    refuseProxied(file);
    return;
  }
  const message = `the file is an httpd.conf by its name, which does not say what traffic comes and how fast backends are; write a scenario (YAML) with balancer: { httpd: ${file} }, backends and clients, as in scenarios/production.yaml, and name that here. (explain, lint and proxy take an httpd.conf.)`;
  throw new LabError([
    { file, line: 0, column: 0, path: '', message, code: 'SYNTAX', severity: 'error' },
  ]);
}

function refuseProxied(file: string): void {
  const document = onlyProxied(file);
  if (document === null) return;
  const message =
    'listen is here and clients is not: the file tells a proxy what to do, and not what traffic comes and how fast backends are; to have it simulated add clients and backends, as in scenarios/production.yaml. (lint and proxy take it as it is.)';
  throw new LabError([document.problem('MISSING', ['listen'], message, 'key')]);
}

/** One lbmethod: `text` as given on the command line, else the scenario's own. */
export async function methodFrom(
  text: string | undefined,
  scenario: Scenario,
): Promise<LbMethodRef> {
  return named(text === undefined ? scenario.balancer.lbmethod : refOf(text));
}

/** The lbmethods to compare, the baseline first. */
export async function methodsFrom(
  text: string | undefined,
  scenario: Scenario,
): Promise<LbMethodRef[]> {
  const own = scenario.balancer.lbmethod;
  const names = text?.split(',').map((item) => item.trim()) ?? HTTPD_FOUR;
  if (names.includes('')) {
    const expected = "expected names ('fairlead lbmethods') or paths, separated by commas.";
    throw optionError('--lbmethod', `--lbmethod ${text}: a name is empty; ${expected}`);
  }
  const list = names.map(refOf);
  const wanted = text === undefined || list.length === 1 ? [own, ...list] : list;
  const refs = toldApart(await Promise.all(wanted.map(named)));
  return [...new Map(refs.map((ref) => [ref.name, ref])).values()];
}

/** Modules whose methods have one name are called by their paths, too. */
function toldApart(refs: readonly LbMethodRef[]): LbMethodRef[] {
  return refs.map((ref) => {
    const { name, file } = ref;
    const isShared = refs.some((other) => other.name === name && other.file !== file);
    return isShared && file !== null ? { ...ref, name: `${name} (${relative('', file)})` } : ref;
  });
}

/** An lbmethod by its name, or by the path of its module. */
export function refOf(text: string): LbMethodRef {
  return { name: text, file: modulePath.test(text) ? resolve(text) : null };
}

/** Modules go by the name they export, unless a method of ours has it. */
async function named(ref: LbMethodRef): Promise<LbMethodRef> {
  const { name } = await lbmethodOf(ref);
  const taken = ref.file !== null && lbmethods.some((method) => method.name === name);
  return taken ? { ...ref, name: `${name} (${ref.name})` } : { ...ref, name };
}
