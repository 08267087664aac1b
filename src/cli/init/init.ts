/** `fairlead init`: a scenario, its baseline and a workflow to start from. Asks nothing and overwrites nothing. */
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { loadHttpd } from '../../config/httpd.ts';
import { LabError, optionError, type Problem } from '../../problems/errors.ts';
import { check } from '../check/check.ts';
import { type Parts, plain, scenarioText, workflowText } from './templates.ts';

export interface InitOptions {
  readonly httpd?: string;
  readonly quiet?: boolean;
}

/** Writes into `folder`, made when missing. @throws LabError when any of the files is there already */
export async function init(folder: string, { httpd, quiet = false }: InitOptions): Promise<void> {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false) {
    throw optionError(
      'init',
      `${folder} is a file; expected a folder, which is made when missing.`,
    );
  }
  const scenario = join(folder, 'shop.yaml');
  const baseline = join(folder, 'baselines', 'shop.yaml');
  const workflow = join(folder, '.github', 'workflows', 'fairlead.yml');
  const there = [scenario, baseline, workflow].filter((path) => existsSync(path));
  if (there.length > 0) throw new LabError(there.map(inTheWay));
  write(scenario, scenarioText(httpd === undefined ? plain : fromHttpd(httpd, folder)));
  try {
    await check([scenario], { update: true, quiet });
  } catch (error) {
    rmSync(scenario); // as it was before: what cannot be simulated is no start
    throw error;
  }
  write(workflow, workflowText('shop.yaml'));
  if (quiet) return;
  console.error(`fairlead: written: ${scenario}`);
  console.error(`fairlead: written: ${workflow}`);
  console.error(`fairlead: next: fairlead check ${scenario}, then commit the three files`);
}

function inTheWay(file: string): Problem {
  const message =
    'is there already, and init overwrites nothing; remove it or name another folder: fairlead init DIR.';
  return { file, line: 0, column: 0, path: '', message, code: 'DUPLICATE', severity: 'error' };
}

/** The balancer with the most members of an httpd.conf; one backend for all until somebody measures them. */
function fromHttpd(file: string, folder: string): Parts {
  const { balancers } = loadHttpd(file);
  const [largest] = [...balancers].sort((a, b) => b.workers.length - a.workers.length);
  if (largest === undefined || largest.workers.length === 0) {
    throw optionError(
      '--httpd',
      `${file} has no balancer; expected <Proxy balancer://NAME> with a BalancerMember.`,
    );
  }
  const path = relative(resolve(folder), resolve(file)).split(sep).join('/');
  const shown = path.startsWith('.') ? path : `./${path}`;
  const others = balancers.filter(({ name }) => name !== largest.name).map(({ name }) => name);
  const comment = others.length === 0 ? '' : ` # or ${others.join(', ')}`;
  const slots = Math.max(1, Math.ceil(10 / largest.workers.length));
  return {
    balancer: `balancer: { httpd: ${JSON.stringify(shown)}, name: ${largest.name} }${comment}\n`,
    backends: `  default: { slots: ${slots}, service: { lognormal: { mean: 60ms, cv: 1 } }, rtt: 1ms } # or one named like its host\n`,
    isSticky: largest.sticky !== null,
  };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { flag: 'wx' });
}
