/** The other side of `--against`: the scenario with the policy of a git revision, or of another file. */
import { existsSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { LabError, optionError } from '../../problems/errors.ts';
import { checkStability } from '../../scenario/load.ts';
import { loadScenario } from '../../scenario/parse.ts';
import type { LbMethodRef, Scenario } from '../../scenario/scenario.ts';
import { methodFrom } from '../input.ts';
import type { Subject } from './cases.ts';
import { atRevision } from './git-revision.ts';

export interface OtherArm {
  readonly label: string;
  readonly scenario: Scenario;
  readonly lbmethod: LbMethodRef;
}

/**
 * `against`: `git:REF`, a scenario, an httpd.conf or a module with an lbmethod.
 * @returns null when the scenario is not in that revision
 * @throws LabError for what cannot be read there
 */
export async function otherArm(against: string, subject: Subject): Promise<OtherArm | null> {
  if (against.startsWith('git:')) return fromGit(against, subject.scenario);
  if (!existsSync(against)) {
    throw optionError(
      '--against',
      `--against is ${against}, which does not exist; expected git:REF (a branch, tag or commit), or a scenario (.yaml), an httpd.conf (.conf) or a module with an lbmethod (.mjs, .js).`,
    );
  }
  const file = resolve(against);
  const kind = extname(against).toLowerCase();
  if (['.mjs', '.js'].includes(kind)) {
    return {
      label: against,
      scenario: subject.scenario,
      lbmethod: await methodFrom(file, subject.scenario),
    };
  }
  const scenario = kind === '.conf' ? withConf(subject.scenario, file) : loadScenario(against);
  return arm(against, scenario);
}

async function arm(label: string, scenario: Scenario): Promise<OtherArm> {
  checkStability(scenario);
  return { label, scenario, lbmethod: await methodFrom(undefined, scenario) };
}

/** The scenario as it is, with the balancer of another httpd.conf. */
function withConf({ file }: Scenario, conf: string): Scenario {
  const value = JSON.stringify(conf);
  try {
    return loadScenario(file, [{ path: 'balancer.httpd', value }]);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return loadScenario(file, [{ path: 'balancer', value: `{ httpd: ${value} }` }]);
  }
}

async function fromGit(label: string, { file }: Scenario): Promise<OtherArm | null> {
  const revision = atRevision(label.slice('git:'.length), file);
  if (revision === null) return null;
  try {
    return await arm(label, loadScenario(revision.file));
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const problems = error.problems.map((problem) => ({
      ...problem,
      file: problem.file.replace(`${revision.folder}/`, `${label}:`),
      message: problem.message.replaceAll(`${revision.folder}/`, `${label}:`),
    }));
    throw new LabError(problems, { cause: error });
  }
}
