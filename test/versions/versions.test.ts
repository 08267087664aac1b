/**
 * The same bytes on every Node that is supported. The versions come from npm's `node` package, into a temporary
 * folder of their own, because they would shadow the real `node` of npm scripts. Only with FAIRLEAD_VERSIONS=1: it
 * downloads about 600 MB; whoever asks and cannot install them sees this fail.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const asked = process.env['FAIRLEAD_VERSIONS'] === '1';

const majors = [20, 22, 24];

const scenarios = [
  'test/versions/distributions.yaml',
  ...[
    'quickstart',
    'node-loss',
    'sticky-skew',
    'hot-standby',
    'rolling-deploy',
    'gray-failure',
    'large-downloads',
    'heartbeat-uneven-hosts',
    'access-log',
  ].map((name) => `scenarios/${name}.yaml`),
];

const name = asked ? 'Node 20, 22 and 24' : 'Node 20, 22 and 24 (FAIRLEAD_VERSIONS=1 runs it)';

describe.skipIf(!asked)(name, () => {
  let folder = '';
  const nodeOf = (major: number) => join(folder, 'node_modules', `node-${major}`, 'bin', 'node');

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fairlead-versions-'));
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    const wanted = majors.map((major) => `node-${major}@npm:node@${major}`);
    const quiet = ['--no-audit', '--no-fund', '--ignore-scripts=false'];
    execFileSync('npm', ['install', ...quiet, ...wanted], { cwd: folder, stdio: 'pipe' });
  }, 600_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }), 600_000);

  function output(major: number, args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(nodeOf(major), args, {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 1e9,
    });
    expect(status, stderr).toBe(0);
    return stdout;
  }

  it.each(majors)('node-%d is that Node', (major) => {
    expect(output(major, ['--version'])).toMatch(new RegExp(`^v${major}\\.`));
  });

  it.each(scenarios)('%s', { timeout: 600_000 }, (scenario) => {
    const args = ['dist/src/cli/main.js', 'run', scenario, '--json', '--quiet'];
    const [first, ...others] = majors.map((major) => output(major, args));
    expect(JSON.parse(first!).runs[0].metrics['sojourn.mean'].mean).toBeGreaterThan(0);
    for (const other of others) expect(other === first, 'other bytes').toBe(true);
  });
});
