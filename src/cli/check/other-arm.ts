/** The other side of `--against`: the scenario with the policy of a git revision, or of another file. */
import { existsSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { LabError, optionError, type Problem } from '../../problems/errors.ts';
import { checkStability } from '../../scenario/load.ts';
import { isModule } from '../../scenario/module-files.ts';
import { loadPlaced, loadScenario } from '../../scenario/parse.ts';
import type { LbMethodRef, Scenario } from '../../scenario/scenario.ts';
import { isYamlName } from '../../scenario/yaml-name.ts';
import { methodFrom } from '../input.ts';
import type { Subject } from './cases.ts';
import { atRevision, type Revision } from './git-revision.ts';

export interface OtherArm {
  readonly label: string;
  readonly scenario: Scenario;
  readonly lbmethod: LbMethodRef;
  /** What to know of the comparison. */
  readonly notes: readonly string[];
}

/**
 * `against`: `git:REF`, a scenario, an httpd.conf or a module with an lbmethod; files go by their names, and what is
 * neither YAML nor a module is an httpd.conf.
 * @returns null when the scenario is not in that revision
 * @throws LabError for what cannot be read there
 */
export async function otherArm(against: string, subject: Subject): Promise<OtherArm | null> {
  const { scenario } = subject;
  if (against.startsWith('git:')) return fromGit(against, scenario);
  if (!existsSync(against)) {
    throw optionError(
      '--against',
      `--against is ${against}, which does not exist; expected git:REF (a branch, tag or commit), or a scenario (.yaml), an httpd.conf or a module with an lbmethod (.mjs, .js).`,
    );
  }
  if (isYamlName(against)) return arm(against, loadScenario(against));
  if (!isModule(against)) return fromConf(against, subject);
  const lbmethod = await methodFrom(resolve(against), scenario);
  return { label: against, scenario, lbmethod, notes: [] };
}

async function arm(
  label: string,
  scenario: Scenario,
  notes: readonly string[] = [],
): Promise<OtherArm> {
  checkStability(scenario);
  return { label, scenario, lbmethod: await methodFrom(undefined, scenario), notes };
}

/** The scenario as it is, with the balancer of another httpd.conf: of the one it has, only the world around stays. */
function fromConf(
  conf: string,
  { scenario: { file }, document, root }: Subject,
): Promise<OtherArm> {
  const own = root.reduce<unknown>((at, key) => Object(at)[key], document.data);
  const { httpd, name, modifiers, proxies, heartbeat } = own as Record<string, unknown>;
  const kept =
    httpd === undefined ? { proxies, heartbeat } : { name, modifiers, proxies, heartbeat };
  const value = JSON.stringify({ httpd: relative(dirname(resolve(file)), resolve(conf)), ...kept });
  const label = `--against ${conf}`;
  const told = (problem: Problem) =>
    problem.file !== file || problem.message.startsWith(label)
      ? problem
      : { ...problem, message: `${label}: ${problem.message}` };
  const override = { path: root.join('.'), value, label };
  return retold(told, async () => arm(conf, loadScenario(file, [override])));
}

async function fromGit(label: string, { file }: Scenario): Promise<OtherArm | null> {
  const revision = atRevision(label.slice('git:'.length), file);
  if (revision === null) return null;
  const shown = (text: string) => text.replaceAll(`${revision.folder}${sep}`, `${label}:`);
  const told = (problem: Problem) => ({
    ...problem,
    file: shown(problem.file),
    message: shown(problem.message),
  });
  return retold(told, async () => {
    const { scenario, files } = loadPlaced(revision.file);
    return arm(label, scenario, notOfIt(revision, files, label));
  });
}

/** Tells of files that both sides have as they are now. Of the repository's own, that would compare nothing. */
function notOfIt({ folder, root }: Revision, files: readonly string[], label: string): string[] {
  const others = files.filter((file) => !file.startsWith(folder + sep));
  const own = others.find((file) => file.startsWith(root + sep));
  if (own !== undefined) {
    const message = `--against ${label}: ${own} is named by its absolute path or found below an absolute ServerRoot, and would be read as it is now instead of as it was there; expected a path relative to the file that names it.`;
    throw optionError('--against', message);
  }
  return others.map((file) => `${file} is not in the repository: both sides have it as it is now`);
}

/** What `load` yields; its problems as `told` says them. */
async function retold<T>(told: (problem: Problem) => Problem, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    throw new LabError(error.problems.map(told), { cause: error });
  }
}
