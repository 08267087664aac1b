/** Options and help of `check` and `init`. */
import type { Command } from 'commander';
import { json, quiet, seed, threads } from './options.ts';

export function addGate(program: Command): void {
  program
    .command('check')
    .description('the CI gate: fails when routing got less fair or slower, and never otherwise')
    .argument('<scenario...>', 'scenario files (YAML)')
    .option(
      '--baseline <file>',
      'the baselines: a file for all, or a folder with one each (default: baselines/ beside the scenario)',
    )
    .option('--update', 'write the baselines anew and show what moved')
    .option(
      '--against <what>',
      'compare with git:REF, or with another scenario, httpd.conf or lbmethod module, in the same run',
    )
    .option('--exact', 'every decision must be the same: no change of behaviour is meant')
    .option('--allow-inconclusive', 'what is too close to tell is no failure')
    .option('--junit <file>', 'write JUnit XML')
    .option('--github', "print annotations on the scenario's lines, for GitHub Actions")
    .option('--markdown <file>', 'write a summary, and its chart beside it')
    .option('--bencher <file>', 'write Bencher Metric Format')
    .option('--out <dir>', 'write all of these there')
    .addOption(json)
    .addOption(seed)
    .addOption(threads)
    .addOption(quiet)
    .addHelpText(
      'after',
      `
A scenario is held to its expect lines, to its baseline within the margins written there, and to
what must hold without statistics. All that a run decides is wrong by chance in at most 1 % of the
runs; what is undecided gets more replications, up to four times run.replications.

Examples:
  fairlead check scenarios/*.yaml --update           write baselines; commit them
  fairlead check scenarios/*.yaml --junit check.xml  in CI
  fairlead check shop.yaml --against git:main        the same policy files before this branch

Exit codes: 0 passed · 1 failed · 2 unusable input · 3 inconclusive
            4 no data, unstable load or truncated run · 5 broken invariant`,
    )
    .action(async (scenarios, options) => {
      const { check } = await import('../check/check.ts');
      await check(scenarios, options);
    });

  program
    .command('init')
    .description('a first scenario, its baseline and a CI workflow to start from')
    .argument('[dir]', 'where to write them', '.')
    .option('--httpd <file>', 'take the balancer of this httpd.conf')
    .addOption(quiet)
    .addHelpText('after', '\nAsks nothing; overwrites nothing.')
    .action(async (dir, options) => {
      const { init } = await import('../init/init.ts');
      await init(dir, options);
    });
}
