/** The balancer that a log's traffic is put through: of a scenario, of a proxy's YAML, or of an httpd.conf. */
import type { AccessLogConf } from '../../config/config.ts';
import { readDocument } from '../../scenario/document.ts';
import { decodeScenario, readScenarioBytes } from '../../scenario/files.ts';
import type { Override } from '../../scenario/override.ts';
import { loadScenario } from '../../scenario/parse.ts';
import { proxyConfigOf } from '../../scenario/proxy-config.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { isYamlName } from '../../scenario/yaml-name.ts';
import { type ConfOptions, chosenName, confScenario } from '../explain-conf.ts';

/** How often a log is replayed where the configuration does not say. */
const REPLICATIONS = 10;

export interface ReplayConfig {
  /** With whatever traffic the file has, or none worth the name. */
  readonly scenario: Scenario;
  /** Whether the file says how backends serve. */
  readonly hasBackends: boolean;
  /** Access logs that the configuration has written. */
  readonly logs: readonly AccessLogConf[];
}

/** Stands for what a proxy's file does not have and a replay does not need. */
const placeholders = {
  backends: '{ default: { service: 1ms } }',
  clients: '[ { name: none, arrival: { constant: 1/s } } ]',
};

/** @throws LabError with everything that is wrong with the file */
export function replayConfig(path: string, options: ConfOptions): ReplayConfig {
  if (isYamlName(path)) return yamlConfig(path, options);
  const { scenario, config } = confScenario(path, options);
  const run = { ...scenario.run, replications: REPLICATIONS };
  return { scenario: { ...scenario, run }, hasBackends: false, logs: logsOf(config) };
}

function yamlConfig(path: string, { balancer }: ConfOptions): ReplayConfig {
  const document = readDocument(decodeScenario(readScenarioBytes(path), path), path);
  const missing: Override[] = Object.entries(placeholders)
    .filter(([key]) => !document.has([key]))
    .map(([key, value]) => ({ path: key, value }));
  const endless = !document.has(['run', 'requests']) && !document.has(['run', 'duration']);
  if (endless && !document.has(['clients'])) missing.push({ path: 'run.requests', value: '1' });
  const names = document.keysOf(['balancers']);
  const name =
    names.length === 0 && balancer === undefined
      ? undefined
      : chosenName(names.length === 0 ? ['balancer'] : names, balancer, path);
  return {
    scenario: loadScenario(path, missing, name),
    hasBackends: document.has(['backends']),
    logs: document.has(['log']) && document.has(['listen']) ? logsOf(proxyConfigOf(path)) : [],
  };
}

function logsOf({ servers }: ReturnType<typeof proxyConfigOf>): readonly AccessLogConf[] {
  return servers.flatMap(({ accessLogs = [] }) => accessLogs);
}
