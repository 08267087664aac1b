/** Options and help of `explain` and `lint`: what a configuration says. */
import { type Command, Option } from 'commander';
import { define, json, positive, quiet, seed, VARIABLES } from './options.ts';

export function addConfigurations(program: Command): void {
  program
    .command('explain')
    .description(
      'the decision log: every worker, eligible or why not, and who was elected by which rule',
    )
    .argument('<config>', 'a scenario (.yaml, .yml, .json), or an httpd.conf (any other name)')
    .option('--balancer <name>', 'which one of an httpd.conf that has several')
    .option(
      '--lbmethod <name>',
      "an lbmethod ('fairlead lbmethods') or a path to a module, instead of the scenario's",
    )
    .addOption(
      new Option('--request <n>', 'only request number n, counted from 1').argParser(positive),
    )
    .option('--at <time>', 'from the first request at or after this time, for example 3m')
    .addOption(
      new Option('--count <n>', 'how many requests to explain').argParser(positive).default(10),
    )
    .addOption(json)
    .addOption(seed)
    .addOption(quiet)
    .addHelpText(
      'after',
      `
The run starts empty, without warm-up; times are those of the events. An httpd.conf says nothing of
traffic: one request a second, each answered before the next, shows whom its rules elect in turn.

Examples:
  fairlead explain scenarios/node-loss.yaml --at 61s --count 1
  fairlead explain scenarios/production.conf`,
    )
    .action(async (scenario, options) => {
      const { explain } = await import('../explain.ts');
      await explain(scenario, options);
    });

  program
    .command('lint')
    .description('every problem of a configuration with its line, predicted shares, and traps')
    .argument('<config>', 'a scenario (.yaml, .yml, .json), or an httpd.conf (any other name)')
    .addOption(define)
    .addOption(json)
    .addOption(quiet)
    .addHelpText(
      'after',
      `
An httpd.conf is read with everything it includes: its traps, the shares of every balancer, and
what was ignored.
${VARIABLES}

Examples:
  fairlead lint scenarios/production.yaml
  fairlead lint scenarios/production.conf
  (. /etc/apache2/envvars; fairlead lint /etc/apache2/apache2.conf)

Exit codes: 0 no errors, perhaps warnings · 1 errors found · 2 cannot be read or used`,
    )
    .action(async (config, options) => {
      const { lint } = await import('../lint.ts');
      await lint(config, options);
    });
}
