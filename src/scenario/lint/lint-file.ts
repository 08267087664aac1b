import { readDocument } from '../document.ts';
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
  return isOnlyProxied(path) ? lintConfig(proxyConfigOf(path)) : lintScenario(path);
}

function isOnlyProxied(path: string): boolean {
  const document = readDocument(decodeScenario(readScenarioBytes(path), path), path);
  return document.has(['listen']) && !document.has(['clients']);
}
