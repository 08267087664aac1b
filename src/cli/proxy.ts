/** `fairlead proxy`: reads a configuration, listens, says so, takes over later ones, and ends when it is told to. */
import { availableParallelism } from 'node:os';
import type { LoadedConfig } from '../config/httpd.ts';
import { LabError, type Problem, renderProblems } from '../problems/errors.ts';
import { announcement, notes } from '../proxy/announce.ts';
import { DRAIN_NS } from '../proxy/drain.ts';
import {
  type RunningProxy,
  type ProxyOptions as StartOptions,
  startProxy,
} from '../proxy/proxy.ts';
import { withAdmin } from './admin.ts';
import { FileWatch } from './file-watch.ts';
import { readProxied } from './proxied-file.ts';
import type { NamedShadow } from './shadow.ts';
import { unproxied } from './unproxied.ts';

const ENDS = ['SIGTERM', 'SIGINT'] as const;

export interface ProxyOptions {
  readonly define?: readonly string[];
  readonly quiet?: boolean;
  readonly watch?: boolean;
  /** As `withAdmin` reads it. */
  readonly admin?: string;
  /** An lbmethod that decides beside the balancers' own. */
  readonly shadow?: string;
  /** Default: one per processor. */
  readonly threads?: number;
}

/**
 * Runs until SIGTERM or SIGINT, then until what is under way is done; a second signal ends it at once. SIGHUP, and
 * with `watch` a change of its files, has the configuration read again.
 * @throws LabError when the first configuration or an address of it cannot be used.
 */
export async function proxy(file: string, options: ProxyOptions): Promise<void> {
  const { define: defines = [], quiet = false, watch = false, admin } = options;
  const tell = (text: string) => void (quiet || process.stderr.write(text));
  const told = new Set<string>();
  const addAdmin = await withAdmin(admin, (line) => {
    if (!told.has(line)) tell(`fairlead: ${line}\n`);
    told.add(line);
  });
  const read = async (silent: boolean) => {
    const config = await readProxied(file, { defines, quiet: silent });
    return { ...config, ...addAdmin(config) };
  };
  let wanted = false; // a SIGHUP while it starts
  let reload: (why: string) => void = () => {
    wanted = true;
  };
  process.on('SIGHUP', () => reload('SIGHUP'));
  let reopen = () => {}; // while it starts the logs are new; without a listener Node would open its debugger
  process.on('SIGUSR1', () => reopen());
  const leave = () => process.exit(0); // nobody is served yet
  for (const signal of ENDS) process.on(signal, leave);
  const config = await read(quiet);
  tell(notes(config) + unproxied(config));
  const log = (line: string) => process.stderr.write(`${new Date().toISOString()} ${line}\n`);
  const running = await started(config, options, quiet ? {} : { log });
  process.stdout.write(announcement(config, running.addresses));
  const reloading = new Reloading(file, config, running, read, tell);
  reload = (why) => void reloading.reload(why);
  if (wanted) reload('SIGHUP');
  if (watch) reloading.watch();
  reopen = () => running.reopenLogs();
  for (const signal of ENDS) process.off(signal, leave);
  await ended(running, reloading, tell);
  if (running.shadow.length > 0) {
    const { shadowSummary } = await import('./shadow.ts');
    process.stdout.write(shadowSummary(running.shadow));
  }
}

/** One thread needs none of what several share. */
async function started(
  config: LoadedConfig,
  { shadow, threads }: ProxyOptions,
  options: Pick<StartOptions, 'log'>,
): Promise<RunningProxy> {
  const beside = shadow === undefined ? null : await shadowNamed(shadow);
  const many = threads ?? availableParallelism();
  if (many === 1) {
    return startProxy(config, { ...options, ...(beside !== null && { shadow: beside.lbmethod }) });
  }
  const { startThreads } = await import('../proxy/threads/supervisor.ts');
  const shared = { ...options, threads: many, ...(beside !== null && { shadow: beside.ref }) };
  return startThreads(config, shared);
}

/** Why the watch has it read again; it is taken over if it says something else than before. */
const CHANGED = 'its files have changed';

/** The configuration that is at work, and what becomes of later ones. */
class Reloading {
  config: LoadedConfig;
  readonly #file: string;
  readonly #running: RunningProxy;
  readonly #read: (silent: boolean) => Promise<LoadedConfig>;
  readonly #tell: (text: string) => void;
  #watch: FileWatch | null = null;
  #busy: Promise<void> = Promise.resolve();

  constructor(
    file: string,
    config: LoadedConfig,
    running: RunningProxy,
    read: (silent: boolean) => Promise<LoadedConfig>,
    tell: (text: string) => void,
  ) {
    this.#file = file;
    this.config = config;
    this.#running = running;
    this.#read = read;
    this.#tell = tell;
  }

  watch(): void {
    this.#watch = new FileWatch(() => void this.reload(CHANGED));
    this.#watch.watch(watchedOf(this.config));
  }

  close(): void {
    this.#watch?.close();
  }

  /** One after the other, each reading what the files say by then. */
  reload(why: string): Promise<void> {
    this.#busy = this.#busy.then(() => this.#take(why));
    return this.#busy;
  }

  async #take(why: string): Promise<void> {
    const { reloads } = this.#running;
    try {
      const config = await this.#read(true);
      if (why === CHANGED && saysOf(config) === saysOf(this.config)) return;
      await this.#running.reload(config);
      const before = announcement(this.config, this.#running.addresses);
      this.config = config;
      this.#watch?.watch(watchedOf(config));
      this.#tell(`fairlead: ${why}: ${this.#file} is configuration ${reloads.generation} now\n`);
      this.#tell(notes(config) + unproxied(config));
      const now = announcement(config, this.#running.addresses);
      if (now !== before) process.stdout.write(now);
    } catch (error) {
      const problems = error instanceof LabError ? error.problems : [];
      const reasons = problems.length > 0 ? renderProblems(problems) : String(error);
      if (why === CHANGED && reasons === reloads.refusal?.reasons) return;
      reloads.refuse(reasons);
      this.#watch?.watch(watchedOf(this.config, problems));
      process.stderr.write(
        `fairlead: ${why}: refused; configuration ${reloads.generation} goes on:\n${reasons}\n`,
      );
    }
  }
}

/** What has to change until it is worth reading again; `problems`: those of a later one. */
function watchedOf(config: LoadedConfig, problems: readonly Problem[] = []) {
  const { files, folders, pemFiles = [] } = config;
  return { files: [...files, ...pemFiles, ...problems.map(({ file }) => file)], folders };
}

/** Equal texts: all that its files say is the same, certificates, keys and lists of networks among them. */
function saysOf(config: LoadedConfig): string {
  return JSON.stringify(config);
}

function ended(
  running: RunningProxy,
  reloading: Reloading,
  tell: (text: string) => void,
): Promise<void> {
  return new Promise((resolve) => {
    let told = false;
    const end = (signal: NodeJS.Signals) => {
      const { gracefulShutdownNs = DRAIN_NS } = reloading.config;
      const forEver = gracefulShutdownNs === 0;
      const seconds = gracefulShutdownNs / 1e9;
      const limit = forEver ? 'however long they take' : `at most ${seconds} s`;
      reloading.close();
      if (told) {
        tell(`fairlead: ${signal}: ending at once, with ${requests(running.open)} under way\n`);
        void running.close(0).then(resolve);
        return;
      }
      told = true;
      if (running.open > 0) {
        tell(
          `fairlead: ${signal}: finishing ${requests(running.open)}, ${limit}; again to end at once\n`,
        );
      }
      void running.close(forEver ? undefined : seconds * 1000).then(resolve);
    };
    for (const signal of ENDS) process.on(signal, end);
  });
}

async function shadowNamed(text: string): Promise<NamedShadow> {
  const { shadowOf } = await import('./shadow.ts');
  return shadowOf(text);
}

function requests(count: number): string {
  return count === 1 ? '1 request' : `${count} requests`;
}
