import { decisionTable } from '../../reports/decisions.ts';
import { alternativesOf } from '../../sim/alternatives.ts';
import { type Decision, explain as decide } from '../../sim/explain.ts';
import { lbmethodOf } from '../config/lbmethod-of.ts';
import { optionError } from '../problems/errors.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { durationNs, durationPattern } from '../scenario/units.ts';
import { isYamlName } from '../scenario/yaml-name.ts';
import { version } from '../version.ts';
import { exit } from './exit.ts';
import { scenarioOfConf } from './explain-conf.ts';
import { methodFrom, scenarioFrom } from './input.ts';
import { terminal } from './terminal.ts';

interface ExplainOptions {
  readonly lbmethod?: string;
  readonly request?: number;
  readonly at?: string;
  readonly count: number;
  readonly json?: boolean;
  readonly seed?: string;
  readonly balancer?: string;
  readonly quiet?: boolean;
}

/** `fairlead explain`. */
export async function explain(path: string, options: ExplainOptions): Promise<void> {
  const scenario = explained(path, options);
  const ref = await methodFrom(options.lbmethod, scenario);
  const one = options.request !== undefined;
  const decisions = decide({
    scenario,
    lbmethod: await lbmethodOf(ref),
    alternatives: await alternativesOf(scenario),
    from:
      options.at === undefined ? { request: options.request ?? 1 } : { atNs: instant(options.at) },
    count: one ? 1 : options.count,
  });
  if (options.json) process.stdout.write(`${document(ref.name, scenario.name, decisions)}\n`);
  else process.stdout.write(decisions.map((one) => `${decisionTable(one, terminal())}\n`).join(''));
  if (decisions.length > 0) return;
  console.error('fairlead: the run ended before that request arrived');
  process.exitCode = exit.noAnswer;
}

/** What a file describes: a scenario by its name, else an httpd.conf. */
function explained(path: string, options: ExplainOptions): Scenario {
  if (!isYamlName(path)) return scenarioOfConf(path, options);
  if (options.balancer === undefined) return scenarioFrom(path, options.seed);
  throw optionError('--balancer', '--balancer goes with an httpd.conf; leave it out.');
}

function document(lbmethod: string, scenario: string, decisions: readonly Decision[]): string {
  const format = 'fairlead/explain@1';
  return JSON.stringify({ format, version, scenario, lbmethod, decisions }, null, 2);
}

function instant(text: string): number {
  if (durationPattern.test(text)) return durationNs(text);
  const message = `--at is ${text}; expected a time with its unit, such as 90s or 4m30s`;
  throw optionError('--at', message);
}
