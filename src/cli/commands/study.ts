/** Options and help of `compare` and `run`. */
import type { Command } from 'commander';
import { json, out, quiet, seed, threads } from './options.ts';

export function addStudies(program: Command): void {
  program
    .command('compare')
    .description('the same traffic for several lbmethods: differences, intervals, verdicts')
    .argument('<scenario>', 'a scenario file (YAML)')
    .option(
      '--lbmethod <list>',
      "lbmethods ('fairlead lbmethods') or paths to modules, separated by commas (default: httpd's four)",
    )
    .addOption(out)
    .addOption(json)
    .addOption(seed)
    .addOption(threads)
    .addOption(quiet)
    .addHelpText(
      'after',
      `
The first lbmethod of the list, else the scenario's own, is the baseline. With a list of one,
the scenario's own is compared with it. Every lbmethod gets the same arrivals and the same work.`,
    )
    .action(async (scenario, options) => {
      const { compare } = await import('../compare.ts');
      await compare(scenario, options);
    });

  program
    .command('run')
    .description('one lbmethod: metrics with intervals, worker by worker')
    .argument('<scenario>', 'a scenario file (YAML)')
    .option(
      '--lbmethod <name>',
      "an lbmethod ('fairlead lbmethods') or a path to a module, instead of the scenario's",
    )
    .addOption(out)
    .addOption(json)
    .addOption(seed)
    .addOption(threads)
    .addOption(quiet)
    .action(async (scenario, options) => {
      const { run } = await import('../run.ts');
      await run(scenario, options);
    });
}
