/** Options and help of `sweep`, `merge`, `worker` and `capacity`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { AxisOption } from '../../../sim/sweep/axes.ts';
import { json, out, quiet, seed, threads } from './options.ts';

export function addSweep(program: Command): void {
  // One list for both options: a --zip goes with the --vary before it.
  const axes: AxisOption[] = [];
  const collect = (option: AxisOption['option']) => (text: string) => {
    axes.push({ option, text });
    return text;
  };
  const repeated = (text: string, before: string[] = []) => [...before, text];
  program
    .command('sweep')
    .description('a grid over any fields of the scenario: one row per cell, resumable')
    .argument('<scenario>', 'a scenario file (YAML)')
    .addOption(
      new Option('--vary <path=values>', 'a field and its values; may be repeated').argParser(
        collect('--vary'),
      ),
    )
    .addOption(
      new Option('--zip <path=values>', 'in step with the --vary before it').argParser(
        collect('--zip'),
      ),
    )
    .addOption(
      new Option(
        '--where <expression>',
        'only cells for which it holds; may be repeated',
      ).argParser(repeated),
    )
    .option('--lbmethod <list>', "lbmethods of every cell (default: the scenario's own)")
    .option('--dry-run', 'say how many cells, requests and minutes; run nothing')
    .option(
      '--shard <i/n>',
      'only every n-th cell, from the i-th on; fairlead merge joins the folders',
    )
    .option('--queue <url>', "run the cells on the machines where 'fairlead worker' runs")
    .addOption(new Option('--out <dir>', 'keep every cell there, and write the report there'))
    .addOption(json)
    .addOption(seed)
    .addOption(threads)
    .addOption(quiet)
    .addHelpText(
      'after',
      `
A path names keys, and list entries by number (from 0) or by name: clients.0.arrival.poisson,
balancer.workers.a.max, balancer.lbmethod, seed. Values are V1,V2,... or A..B:STEP, with units.
All lbmethods of a cell meet the same traffic, and so do all cells as far as they can.

With --out, cells that are there already are not run again: after an interruption the same command
goes on. A cell that is unstable or cannot be read is a row that says so.

With --queue, a Redis hands the cells to whatever machines run 'fairlead worker --queue' of the same
version; the results are the same bytes.

Examples:
  fairlead sweep shop.yaml --vary clients.0.arrival.poisson=20/s..80/s:20/s \\
    --lbmethod byrequests,bybusyness
  fairlead sweep shop.yaml --vary balancer.workers.a.max=10,20 --zip balancer.workers.b.max=5,10
  fairlead sweep shop.yaml --vary backends.app.slots=2..8:2 --vary backends.app.rtt=1ms,5ms \\
    --where 'backends.app.slots > 2' --out sweep --dry-run
  fairlead sweep shop.yaml --vary seed=1..100:1 --shard 3/10 --out shard-3
  fairlead sweep shop.yaml --vary seed=1..100:1 --queue redis://10.0.0.5:6379 --out sweep

Exit codes: 0 done · 2 unusable · 3 a cell has not reached the precision asked for
            4 no cell has an answer · 5 a cell failed · 130 interrupted`,
    )
    .action(async (scenario, options) => {
      const { sweep } = await import('../sweep.ts');
      await sweep(scenario, { ...options, axes, where: options.where ?? [] });
    });

  program
    .command('merge')
    .description('folders of sweep --shard to one sweep and its report')
    .argument('<dir...>', 'folders that sweep --out wrote')
    .addOption(new Option('--out <dir>', 'write the merged cells and their report there'))
    .addOption(json)
    .addOption(quiet)
    .addHelpText(
      'after',
      `
Says which cells are missing, and which are of another sweep. The same cell with different results
means that the same input gave two of them: exit 5. Otherwise it ends as the sweep would.

Exit codes: 0 complete · 2 not ledgers of one sweep
            3 a cell has not reached the precision asked for
            4 cells are missing, or none has an answer · 5 conflicting cells, or a cell failed`,
    )
    .action(async (dirs, options) => {
      const { merge } = await import('../merge.ts');
      await merge(dirs, options);
    });
}

export function addWorker(program: Command): void {
  program
    .command('worker')
    .description('runs cells that sweep --queue hands out, here or on another machine')
    .addOption(
      new Option(
        '--queue <url>',
        'the Redis that has them: redis://[:PASSWORD@]HOST:PORT, rediss:// for TLS',
      ).makeOptionMandatory(),
    )
    .option('--until-empty', 'end when no cell waits any more (default: wait for more)')
    .addOption(threads)
    .addOption(quiet)
    .addHelpText(
      'after',
      `
As many workers as you like, on as many machines, at any time. One that dies leaves its cells to the
others within a minute. SIGTERM and SIGINT (Ctrl-C) let the cells under way finish; a second one
ends at once. Redis keeps a result for a day, so that an interrupted sweep goes on.

Example, three shells:
  redis-server --bind 127.0.0.1 --port 6379 --save ''
  fairlead worker --queue redis://127.0.0.1:6379
  fairlead sweep shop.yaml --vary seed=1..100:1 --queue redis://127.0.0.1:6379 --out sweep

Exit codes: 0 ended by a signal, or nothing waits · 2 no Redis there`,
    )
    .action(async (options) => {
      const { worker } = await import('../worker.ts');
      await worker(options);
    });
}

export function addCapacity(program: Command): void {
  const repeated = (text: string, before: string[] = []) => [...before, text];
  const names = (text: string, before: string[] = []) => [...before, ...text.split(',')];
  const replications = (text: string) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= 10) return value;
    throw new InvalidArgumentError('Expected a whole number from 10.');
  };
  program
    .command('capacity')
    .description('the highest arrival rate that holds an objective, with a 95 % interval')
    .argument('<scenario>', 'a scenario file (YAML)')
    .addOption(
      new Option('--slo <line>', 'METRIC OP BOUND, as in expect; may be repeated').argParser(
        repeated,
      ),
    )
    .addOption(new Option('--without <names>', 'with these workers disabled').argParser(names))
    .addOption(
      new Option(
        '--client <names>',
        'vary only the rates of these clients (default: all)',
      ).argParser(names),
    )
    .option('--lbmethod <list>', "one search for each (default: the scenario's own)")
    .option('--precision <share>', 'half of the width that the interval is to have', '2%')
    .addOption(
      new Option('--max-replications <n>', 'at most so many at one rate')
        .argParser(replications)
        .default(200),
    )
    .addOption(out)
    .addOption(json)
    .addOption(seed)
    .addOption(threads)
    .addOption(quiet)
    .addHelpText(
      'after',
      `
The rates of all open clients go up and down by one factor; the answer is in requests a second, all
of them together. Every rate meets the same random numbers. The interval holds the rates at which
the objective's own 95 % interval contains the bound; its ends are rates that were simulated.
Where queues have no limit, the capacity is below the rate at which they would grow for ever.

Examples:
  fairlead capacity shop.yaml --slo 'sojourn.p99 < 200ms' --out report
  fairlead capacity shop.yaml --slo 'sojourn.p99 < 200ms' --slo 'errors.rate <= 1%' --without a
  fairlead capacity shop.yaml --slo 'sojourn.mean < 50ms' --lbmethod byrequests,bybusyness

Exit codes: 0 found · 1 missed even at the lowest rate · 2 unusable
            3 wider than asked, or no limit found · 4 no data · 5 broken invariant · 130 interrupted`,
    )
    .action(async (scenario, options) => {
      const { capacity } = await import('../capacity.ts');
      const { slo = [], without = [], client = [] } = options;
      await capacity(scenario, { ...options, slo, without, client });
    });
}
