/** The configuration of a proxy, named on the command line. */
import { extname } from 'node:path';
import type { LoadedConfig } from '../config/httpd.ts';
import { LabError } from '../problems/errors.ts';

/**
 * By the name's ending: YAML (which JSON is part of), else an httpd.conf.
 * @throws LabError with every problem; a configuration that listens nowhere is one.
 */
export async function readProxied(
  file: string,
  { defines, quiet }: { readonly defines: readonly string[]; readonly quiet: boolean },
): Promise<LoadedConfig> {
  const config = await read(file, defines, quiet);
  if (config.listen.length === 0) throw nowhere(file);
  return config;
}

async function read(
  file: string,
  defines: readonly string[],
  quiet: boolean,
): Promise<LoadedConfig> {
  if (['.yaml', '.yml', '.json'].includes(extname(file).toLowerCase())) {
    const { proxyConfigOf } = await import('../scenario/proxy-config.ts');
    return proxyConfigOf(file);
  }
  const { readHttpdFile } = await import('./httpd-file.ts');
  return readHttpdFile(file, { defines, quiet });
}

function nowhere(file: string): LabError {
  const message =
    'there is no Listen line, so there is nowhere to listen; add one, such as Listen 127.0.0.1:8080.';
  return new LabError([
    { file, line: 0, column: 0, path: 'Listen', message, code: 'MISSING', severity: 'error' },
  ]);
}
