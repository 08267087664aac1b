/**
 * Mutation test of the core: plants each fault of `mutants.mjs` in a copy of the tree and sees whether a test notices,
 * else whether `fairlead check` on the scenarios does. Prints the survivors; exit code 1 if there are any that
 * `harmless.mjs` does not explain. `npm run mutation [-- PART]` of "FILE: FAULT". Takes ten seconds a fault and more.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { harmless } from './harmless.mjs';
import { mutants } from './mutants.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** What sees the core, the quickest and most telling first; one after the other, for most faults fall at the first. */
const suites = [
  ['core/worked-examples', 'core/lbmethods'],
  ['core', 'oracle/decisions.test.ts'],
  ['oracle/fixtures.test.ts', 'parity'],
  ['conformance'],
].map((names) => names.map((name) => `test/${name}`));
/** A fault may make a test run for ever. */
const TIMEOUT_MS = 300_000;

const wanted = process.argv[2] ?? '';
const chosen = mutants.filter(({ file, why }) => `${file}: ${why}`.includes(wanted));
const lost = chosen.filter(({ file, find }) => read(root, file).split(find).length !== 2);
for (const { file, find } of lost)
  console.error(`not there exactly once, ${file}: ${find.split('\n')[0]}`);

const tree = copy();
process.once('exit', () => rmSync(tree, { recursive: true, force: true }));
if (!passesTests() || !passesCheck()) {
  console.error('the suites or the check fail without any fault; mend that first');
  process.exit(2);
}
const caught = { tests: 0, check: 0 };
const survivors = [];
for (const mutant of chosen) {
  if (lost.includes(mutant)) continue;
  const path = join(tree, 'src/core', mutant.file);
  const before = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    before.replace(mutant.find, () => mutant.replace),
  );
  const by = !passesTests() ? 'tests' : !passesCheck() ? 'check' : null;
  writeFileSync(path, before);
  if (by === null) survivors.push(mutant);
  else caught[by]++;
  console.log(`${by ?? 'SURVIVES'}\t${mutant.file}: ${mutant.why}`);
}
const explained = survivors.filter(({ why }) => why in harmless);
console.log(
  `\n${chosen.length - lost.length} faults: ${caught.tests} caught by tests, ${caught.check} by check, ${survivors.length} survive`,
);
for (const { file, why } of survivors)
  console.log(`- ${file}: ${why}${why in harmless ? ` (${harmless[why]})` : ''}`);
process.exitCode = lost.length + survivors.length > explained.length ? 1 : 0;

/** The sources, with the packages of this tree; nothing in this tree changes. */
function copy() {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-mutation-'));
  const skipped = /^(?:node_modules|dist|\.git)(?:$|[\\/])/;
  cpSync(root, folder, { recursive: true, filter: (path) => !skipped.test(relative(root, path)) });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  return folder;
}

function passesTests() {
  // Threads and no wrapper: a test that runs for ever ends with the one process.
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--bail=1', '--no-isolate'];
  const options = ['--pool=threads', '--testTimeout=120000'];
  return suites.every((suite) => succeeds([process.execPath, ...vitest, ...options, ...suite]));
}

function passesCheck() {
  const build = ['tsc', '-p', 'tsconfig.json', '--noCheck', '--declaration', 'false'];
  execFileSync('npx', build, { cwd: tree, stdio: 'ignore' });
  const check =
    'node dist/src/cli/main.js check scenarios/*.yaml --baseline scenarios/baselines --quiet';
  return succeeds(['sh', '-c', check]);
}

function succeeds([program, ...args]) {
  const { status, error } = spawnSync(program, args, {
    cwd: tree,
    stdio: 'ignore',
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  if (error?.code === 'ETIMEDOUT')
    console.log(`${args.join(' ')}: not done in ${TIMEOUT_MS / 1000} s`);
  return status === 0;
}

function read(folder, file) {
  return readFileSync(join(folder, 'src/core', file), 'utf8');
}
