/** The command as a user runs it: the built program, its streams and its exit code. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, onTestFinished, vi } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const program = join(root, 'dist/src/cli/main.js');

vi.setConfig({ testTimeout: 120_000 }); // against hanging; a run takes a second
refuseOldBuild();

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `fairlead` with `args` in `cwd` to its end, in one process for all such runs of a test file. For what a process
 * is, such as its environment, its modules' freshness or how it ends, there is `alone`.
 */
export function fairlead(
  args: readonly string[],
  { cwd = root }: { readonly cwd?: string } = {},
): Promise<Ended> {
  const run = previous.then(() => inResident(args, cwd));
  previous = run.catch(() => {});
  return run;
}

/** Runs `fairlead` with `args` to its end in a process of its own. */
export async function alone(args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  return ended(start(args, options));
}

/** Starts `fairlead` without waiting for it. */
export function start(args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  const env = { ...process.env, FORCE_COLOR: undefined, ...options.env };
  return spawn(process.execPath, [program, ...args], { ...options, env });
}

export async function ended(child: ChildProcess): Promise<Ended> {
  const texts = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    texts.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    texts.stderr += text;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ...texts };
}

let previous: Promise<unknown> = Promise.resolve();
let resident: ChildProcess | undefined;
afterAll(() => resident?.disconnect());

async function inResident(args: readonly string[], cwd: string): Promise<Ended> {
  if (resident === undefined) {
    resident = spawn(process.execPath, [fileURLToPath(new URL('resident.mjs', import.meta.url))], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, FORCE_COLOR: undefined },
    });
  }
  const child = resident;
  return new Promise((resolve, reject) => {
    const gone = () => {
      const last = child.stderr?.read() ?? '';
      reject(new Error(`fairlead ${args.join(' ')} ended the process: ${last}`));
    };
    child.once('exit', gone);
    child.once('message', (message) => {
      child.off('exit', gone);
      resolve(message as Ended);
    });
    child.send({ program, args, cwd });
  });
}

/** A folder with these files, gone after the test. */
export function folder(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'fairlead-cli-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

/** A scenario of three workers at load 0.33 that takes a blink. */
export const small = `name: small
run: { requests: 300, warmup: 1s, replications: 4 }
balancer:
  lbmethod: byrequests
  workers: [{ name: a, loadfactor: 2 }, { name: b }, { name: c }]
backends:
  app: { slots: 1, service: { exponential: 10ms }, rtt: 1ms }
clients:
  - { name: visitors, arrival: { poisson: 100/s } }
`;

/** A fault of ours would show as a stack. */
export const stack = /^\s+at .*\(?(?:file:|node:|\/).*:\d+:\d+\)?$/m;

/** These tests see what was built, so it must be what was written. */
function refuseOldBuild(): void {
  const written = Math.max(...['src', 'sim', 'reports'].map(newestIn));
  if (existsSync(program) && newestIn('dist') >= written) return;
  throw new Error('dist is older than the sources; run `npm run build` first (`npm test` does)');
}

function newestIn(part: string): number {
  const names = readdirSync(join(root, part), { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => /\.[jt]s$/.test(name));
  return Math.max(...files.map((name) => statSync(join(root, part, name)).mtimeMs));
}
