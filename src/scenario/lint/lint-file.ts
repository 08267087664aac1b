import { readDocument, type ScenarioDocument } from '../document.ts';
import { decodeScenario, readScenarioBytes } from '../files.ts';
import { proxyConfigOf } from '../proxy-config.ts';
import { isYamlName } from '../yaml-name.ts';
import { type ConfigLint, lintConfig, lintHttpd } from './config/lint.ts';
import { type Lint, lintScenario } from './lint.ts';

/**
 * Looks for traps in the file at `path`: a scenario, a YAML file that is only proxied (it has `listen` and no
 * `clients`), or an httpd.conf.
 * @throws LabError with everything that is refused
 */
export function lintFile(path: string): Lint | ConfigLint {
  if (!isYamlName(path)) return lintHttpd(path);
  return onlyProxied(path) === null ? lintScenario(path) : lintConfig(proxyConfigOf(path));
}

/** The YAML file at `path`, if it only says what a proxy does. @throws LabError when it is no YAML */
export function onlyProxied(path: string): ScenarioDocument | null {
  const document = readDocument(decodeScenario(readScenarioBytes(path), path), path);
  return document.has(['listen']) && !document.has(['clients']) ? document : null;
}
