/** `fairlead proxy`: reads a configuration, listens, says so, and ends when it is told to. */
import { extname } from 'node:path';
import type { ProxyConfig } from '../config/config.ts';
import { LabError } from '../problems/errors.ts';
import { announcement, notes } from '../proxy/announce.ts';
import { startProxy } from '../proxy/proxy.ts';
import { withAdmin } from './admin.ts';
import { unproxied } from './unproxied.ts';

/** How long requests in flight may take once the proxy is told to end. */
const DRAIN_MS = 30_000;

export interface ProxyOptions {
  readonly define?: readonly string[];
  readonly quiet?: boolean;
  /** As `withAdmin` reads it. */
  readonly admin?: string;
}

/**
 * Runs until SIGTERM or SIGINT, then until what is in flight is done; a second signal ends it at once.
 * @throws LabError when the configuration or an address of it cannot be used.
 */
export async function proxy(
  file: string,
  { define = [], quiet, admin }: ProxyOptions,
): Promise<void> {
  const addAdmin = await withAdmin(admin, (line) => {
    if (!quiet) process.stderr.write(`fairlead: ${line}\n`);
  });
  const read = await configOf(file, define, quiet);
  if (read.listen.length === 0) throw nowhere(file);
  const config = addAdmin(read);
  if (!quiet) process.stderr.write(notes(config) + unproxied(config));
  const log = (line: string) => process.stderr.write(`${new Date().toISOString()} ${line}\n`);
  const running = await startProxy(config, quiet ? {} : { log });
  process.stdout.write(announcement(config, running.addresses));
  await new Promise<void>((resolve) => {
    let told = false;
    const end = (signal: NodeJS.Signals) => {
      const inFlight = running.open;
      if (!quiet && !told && inFlight > 0) {
        const many = inFlight === 1 ? '1 request' : `${inFlight} requests`;
        process.stderr.write(
          `fairlead: ${signal}: finishing ${many}, at most ${DRAIN_MS / 1000} s; again to end at once\n`,
        );
      }
      void running.close(told ? 0 : DRAIN_MS).then(resolve);
      told = true;
    };
    process.on('SIGUSR1', () => running.reopenLogs());
    process.on('SIGTERM', end);
    process.on('SIGINT', end);
  });
}

function nowhere(file: string): LabError {
  const message =
    'there is no Listen line, so there is nowhere to listen; add one, such as Listen 127.0.0.1:8080.';
  return new LabError([
    { file, line: 0, column: 0, path: 'Listen', message, code: 'MISSING', severity: 'error' },
  ]);
}

/** By the name's ending: YAML (which JSON is part of), else an httpd.conf. */
async function configOf(
  file: string,
  defines: readonly string[],
  quiet = false,
): Promise<ProxyConfig> {
  if (['.yaml', '.yml', '.json'].includes(extname(file).toLowerCase())) {
    const { proxyConfigOf } = await import('../scenario/proxy-config.ts');
    return proxyConfigOf(file);
  }
  const { readHttpdFile } = await import('./httpd-file.ts');
  return readHttpdFile(file, { defines, quiet });
}
