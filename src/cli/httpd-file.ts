/** An httpd.conf named on the command line. */
import { extname } from 'node:path';
import { type LoadedConfig, loadHttpd } from '../config/httpd.ts';

/**
 * A YAML file by another name would only meet unknown directives, so unless `quiet` it is said what it is read as.
 * @throws LabError with everything that is refused
 */
export function readHttpdFile(
  file: string,
  { defines, quiet = false }: { readonly defines: readonly string[]; readonly quiet?: boolean },
): LoadedConfig {
  if (!quiet && extname(file) !== '.conf') {
    console.error(`fairlead: ${file} is read as an httpd.conf; YAML ends in .yaml, .yml or .json`);
  }
  return loadHttpd(file, { defines });
}
