/** Options and help of `metrics` and `lbmethods`. */
import type { Command } from 'commander';
import { json, quiet } from './options.ts';

export function addReference(program: Command): void {
  program
    .command('metrics')
    .description('the metrics there are: unit, which way is better, margin, formula, noise floor')
    .argument('[name]', 'one of them')
    .addOption(json)
    .addOption(quiet)
    .addHelpText(
      'after',
      `
m requests (S sessions) over n workers with target shares p. What chance alone makes of a metric is
what it is when each request goes to a worker picked at random, independently of the others.

Examples:
  fairlead metrics
  fairlead metrics fairness.jain`,
    )
    .action(async (name, options) => {
      const { metrics } = await import('../metrics.ts');
      metrics(name, options);
    });

  program
    .command('lbmethods')
    .description('the lbmethods there are: their sources, variants, tie rules and parameters')
    .argument('[name]', 'one of them, or of the modifiers, shown in full')
    .addOption(json)
    .addOption(quiet)
    .addHelpText(
      'after',
      `
Parameters are set in a scenario, such as lbmethod: { p2c: { choices: 3 } }; --lbmethod takes a
name alone and means the defaults. Modifiers are laid over any lbmethod by a line of the balancer.

Examples:
  fairlead lbmethods p2c
  fairlead lbmethods slowstart`,
    )
    .action(async (name, options) => {
      const { lbmethods } = await import('../lbmethods.ts');
      lbmethods(name, options);
    });
}
