/**
 * Traps of what a proxy runs: an httpd.conf, or the YAML form of it. Nothing is known of its traffic, so that
 * only what holds for any traffic is said.
 */
import type { BalancerConf, Ignored, ProxyConfig } from '../../../config/config.ts';
import { loadHttpd } from '../../../config/httpd.ts';
import { factorsOf } from '../../../config/lbmethod-of.ts';
import { handsOn } from '../../../config/tcp.ts';
import { type Factors, hundredths } from '../../../core/index.ts';
import { targetShares } from '../../load.ts';
import { httpdPlaces } from '../../places.ts';
import { workerNames } from '../../worker-names.ts';
import { balancerTraps, byPosition, findingsOf, type LintProblem, warned } from '../lint.ts';
import { phasesOf } from '../phases.ts';
import type { BalancerView } from '../trap.ts';
import { cookies } from './cookies.ts';
import { health } from './health.ts';
import { mappings } from './mappings.ts';
import { passwords } from './passwords.ts';
import type { ConfigTrap } from './trap.ts';

/** Traps beyond those of the balancers, by family. */
export const configTraps: readonly ConfigTrap[] = [mappings, cookies, health, passwords].flat();

/** What the members of a balancer get while all is well, when requests split by load factor. */
export interface BalancerLint {
  readonly name: string;
  readonly lbmethod: string;
  /** What load factors are to it; null for a user's module. */
  readonly factors: Factors | null;
  readonly shares: readonly {
    readonly worker: string;
    /** In hundredths, as httpd keeps it. */
    readonly lbfactor: number;
    readonly share: number;
  }[];
}

export interface ConfigLint {
  readonly file: string;
  /** By file and position: httpd's own warnings and the traps. */
  readonly problems: readonly LintProblem[];
  readonly balancers: readonly BalancerLint[];
  /** Directives that do not concern balancing, by where they stand first. */
  readonly ignored: readonly Ignored[];
}

/** Reads the httpd.conf at `path` and looks for traps. @throws LabError with everything that is refused. */
export function lintHttpd(path: string): ConfigLint {
  return lintConfig(loadHttpd(path));
}

/** Looks for traps in what a proxy runs. Never throws. */
export function lintConfig(config: ProxyConfig): ConfigLint {
  const ofConfig = configTraps.flatMap(({ code, severity, find }) =>
    find(config).map(({ place, subject, says }): LintProblem => {
      return { ...place, path: subject, message: `${subject}: ${says}`, code, severity };
    }),
  );
  const problems = [
    ...config.warnings.map(warned),
    ...config.balancers.flatMap(balancerProblems),
    ...ofConfig,
  ];
  return {
    file: config.file,
    problems: byPosition(problems, config.file),
    balancers: config.balancers.map(balancerLint),
    ignored: config.ignored,
  };
}

function balancerProblems(balancer: BalancerConf): LintProblem[] {
  if (balancer.workers.length === 0) return [];
  const places = httpdPlaces(balancer);
  const view: BalancerView = {
    balancer,
    events: [],
    phases: phasesOf(balancer, []),
    isLive: true,
    handsOn: handsOn(balancer.workers),
    isWritten: places.isWritten,
    textOf: places.textOf,
    eventPath: () => [],
  };
  return balancerTraps.flatMap((trap) => findingsOf(trap, view, places));
}

function balancerLint(balancer: BalancerConf): BalancerLint {
  const { name, lbmethod, workers } = balancer;
  const names = workerNames(workers);
  const shares = targetShares(balancer);
  return {
    name,
    lbmethod: lbmethod.name,
    factors: factorsOf(lbmethod),
    shares: workers.map(({ loadfactor }, i) => ({
      worker: names[i]!,
      lbfactor: hundredths(loadfactor),
      share: shares[i]!,
    })),
  };
}
