/**
 * The Containerfile's steps, in folders instead of images: each COPY copies, the build runs, and what ends up in the
 * image serves. With FAIRLEAD_HEAVY=1, as it compiles everything. Only what npm fetches and prunes is taken from the checkout's own packages.
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ended, folder } from '../../cli/cli.ts';
import { heavy } from '../../heavy.ts';
import { ask, backend } from '../rig.ts';
import { freePort } from '../servers/httpd.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const text = readFileSync(join(root, 'src/proxy/deploy/Containerfile'), 'utf8');

interface Step {
  readonly word: string;
  readonly rest: string;
}

const steps: readonly Step[] = text
  .split('\n')
  .filter((line) => /^[A-Z]/.test(line))
  .map((line) => ({ word: line.split(' ', 1)[0]!, rest: line.slice(line.indexOf(' ') + 1) }));

/** Links to the packages that the lock file wants; `all`: those for development, too. */
function packages(into: string, all: boolean): void {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; bin?: Record<string, string> }>;
  };
  const modules = join(into, 'node_modules');
  rmSync(modules, { recursive: true, force: true });
  mkdirSync(join(modules, '.bin'), { recursive: true });
  for (const [path, { dev = false, bin = {} }] of Object.entries(lock.packages)) {
    if (!/^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) || (dev && !all)) continue;
    mkdirSync(dirname(join(into, path)), { recursive: true });
    symlinkSync(join(root, path), join(into, path));
    for (const [name, file] of Object.entries(bin)) {
      symlinkSync(join(root, path, file), join(modules, '.bin', name));
    }
  }
}

/** Runs the steps up to the last one; returns where the last image's files are. */
function build(dir: string): string {
  let image = '';
  let workdir = '';
  for (const { word, rest } of steps) {
    const here = () => join(dir, image, workdir);
    if (word === 'FROM') image = / AS (\w+)/.exec(rest)?.[1] ?? 'final';
    if (word === 'WORKDIR') mkdirSync(join(dir, image, rest), { recursive: true });
    if (word === 'WORKDIR') workdir = rest;
    if (word === 'COPY') {
      const [, from, files] = /^(?:--from=(\w+) )?(.*)$/.exec(rest)!;
      const names = files!.split(' ');
      const to = names.pop()!;
      for (const name of names) {
        const source = from === undefined ? join(root, name) : join(dir, from, name);
        const target = to.endsWith('./') ? join(here(), name.split('/').at(-1)!) : join(here(), to);
        cpSync(source, target, { recursive: true, verbatimSymlinks: true });
      }
    }
    if (word === 'RUN') {
      if (rest.startsWith('npm ci ')) packages(here(), true);
      else if (rest.startsWith('npm prune ')) packages(here(), false);
      else {
        const run = spawnSync('sh', ['-c', rest], { cwd: here(), encoding: 'utf8' });
        expect(`${run.status} ${run.stderr}${run.status === 0 ? '' : run.stdout}`).toMatch(/^0 /);
      }
    }
  }
  return join(dir, image);
}

test.runIf(heavy)('what ends up in the image serves, and ends by its signal', async () => {
  const dir = folder({});
  const image = build(dir);
  const a = await backend('a');
  const port = await freePort();
  const conf = join(dir, 'site.conf');
  writeFileSync(conf, `Listen 127.0.0.1:${port}\nProxyPass / ${a.url}/\n`);
  const words = (word: string): string[] =>
    JSON.parse(steps.find((step) => step.word === word)!.rest) as string[];
  const [program, ...args] = [...words('ENTRYPOINT'), ...words('CMD'), '--admin', 'off'].map(
    (arg) => arg.replace(/^\/opt\//, `${image}/opt/`).replace('/etc/fairlead/site.conf', conf),
  );
  expect(program).toBe('node');
  const child = spawn(process.execPath, args);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const end = ended(child);
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  await vi.waitUntil(() => said.includes('listening on') || child.exitCode !== null, {
    timeout: 60_000,
  });
  expect((await ask(port, '/')).body).toBe('a');
  child.kill(steps.find(({ word }) => word === 'STOPSIGNAL')!.rest as NodeJS.Signals);
  expect((await end).code).toBe(0);
  expect(steps.findLast(({ word }) => word === 'USER')!.rest).toBe('node');
});
