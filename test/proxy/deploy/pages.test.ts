/** The pages on running the proxy do what they say: their commands run, one after the other, as they stand. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ended, folder, program } from '../../cli/cli.ts';
import { commandsOf, fencesOf, linksOf } from '../../readme/markdown.ts';
import { backend } from '../rig.ts';
import { freePort } from '../servers/httpd.ts';

const at = (path: string) => fileURLToPath(new URL(`../../../src/proxy/${path}`, import.meta.url));

test.each(['running.md', 'from-httpd.md'])('%s', async (page) => {
  const text = readFileSync(at(page), 'utf8').replace(/^ {3}/gm, '');
  const members = await Promise.all(['a', 'b'].map((name) => backend(name)));
  const ports: Readonly<Record<string, number>> = {
    18080: await freePort(),
    18081: await freePort(),
    19001: members[0]!.port,
    19002: members[1]!.port,
  };
  const here = (shown: string) =>
    shown.replace(/\b(?:1808[01]|1900[12])\b/g, (port) => `${ports[port]}`);
  const dir = folder({ fairlead: `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n` });
  mkdirSync(join(dir, 'bin'));
  symlinkSync(join(dir, 'fairlead'), join(dir, 'bin', 'fairlead'));
  const fences = fencesOf(text);
  for (const { file, lines } of fences.filter((fence) => fence.file !== '')) {
    writeFileSync(join(dir, file), `${here(lines.join('\n'))}\n`);
  }
  const commands = fences.flatMap(commandsOf).map(({ command }) => here(command));
  expect(commands.length).toBeGreaterThan(5);
  const script = ['set -e', `chmod +x "${join(dir, 'fairlead')}"`, ...commands].join('\n');
  const env = { ...process.env, PATH: `${join(dir, 'bin')}:${process.env['PATH']}` };
  const { code, stdout, stderr } = await ended(spawn('bash', ['-c', script], { cwd: dir, env }));
  expect(`${code} ${code === 0 ? '' : stderr}`).toBe('0 ');
  expect(stdout).toMatch(/listening on/);
  expect(members.reduce((sum, { seen }) => sum + seen, 0)).toBeGreaterThan(0);
  if (page === 'running.md') expect(stderr).toMatch(/SIGHUP: site\.conf is configuration 2 now/);
});

test.each(['running.md', 'from-httpd.md'])('links of %s lead somewhere', (page) => {
  const text = readFileSync(at(page), 'utf8');
  const named = [...text.matchAll(/`(deploy\/[\w.]+)`/g)].map(([, path]) => path!);
  const paths = [...linksOf(text), ...named].map((target) => join(dirname(at(page)), target));
  expect(paths.length).toBeGreaterThan(0);
  expect(paths.filter((path) => !existsSync(path))).toEqual([]);
});
